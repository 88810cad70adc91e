// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import CLinux
import Foundation
import Glibc
import Vocabulary
import Wire

/// One warmed parent: a Python process that has done an environment's imports and forks when asked.
///
/// It is as untrusted as the packages it imports. Where the node is root it is root only inside a
/// user namespace of its own, over a block of uids of which each of its scorers takes one.
final class WarmedParent {
    /// Whose uids its scorers have.
    enum Users: Hashable {
        /// A block of the host's: the parent is the first, each scorer another.
        case block(Range<UInt32>)
        /// The parent's own, which its scorers share.
        case shared(own: UInt32?)
    }

    /// What it says on its control socket.
    enum News {
        case warmed
        case forked
        case failed(String)
        case closed
    }

    /// Says nothing of the run: whatever the parent is told, its later scorers can find.
    private struct Order: Encodable {
        var fork = true
    }

    private struct Answer: Decodable {
        var warm: Bool?
        var error: String?
    }

    let environment: String
    let launch: LaunchSocket
    let log: LogCapture
    private(set) var group: ControlGroup?
    /// Whether it gives way to all that serves.
    private(set) var givesWay: Bool
    let users: Users
    /// Folders whose contents its scorers can reach through it.
    let visible: [String]
    private let control: PacketSocket
    private var freeUsers: [UInt32] = []
    private(set) var process: Int32?
    private var handle: Descriptor?
    var isControlOpen = true
    var isLaunchOpen = true
    var isLogOpen = true
    var failure: LaunchFailure?

    init(
        environment: String,
        launch: LaunchSocket,
        control: Descriptor,
        log: LogCapture,
        group: ControlGroup?,
        givesWay: Bool,
        users: Users,
        visible: [String]
    ) {
        self.environment = environment
        self.launch = launch
        self.control = PacketSocket(control)
        self.log = log
        self.group = group
        self.givesWay = givesWay
        self.users = users
        self.visible = visible
        _ = fcntl(control.number, F_SETFL, O_NONBLOCK)
        if case .block(let block) = users { freeUsers = Array(1..<UInt32(block.count)) }
    }

    /// The control socket's descriptor, for polling.
    var descriptor: Int32 { control.descriptor.number }

    /// Takes note of the process that was started and holds on to it.
    func follow(_ pid: Int32) {
        process = pid
        let number = linux_pidfd_open(pid)
        if number >= 0 { handle = Descriptor(owning: number) }
    }

    /// Lets the process go on into its sandbox, once it is in its cgroup.
    func arrived() throws(SystemError) {
        if let process {
            try group?.add(process)
            if group == nil, givesWay { _ = linux_give_way(process, 1) }
        }
        try launch.letGo()
    }

    /// Has it give way to all that serves, or count as any other.
    ///
    /// It forks with what it counts for, until a run's processes are in the run's own group.
    func setGivesWay(_ gives: Bool) throws(SystemError) {
        guard gives != givesWay else { return }
        givesWay = gives
        if group != nil {
            if gives { try group?.giveWay() } else { try group?.countInFull() }
        } else if let process {
            let tree = ProcessTree(root: process)
            if gives { tree.giveWay() } else { tree.countInFull() }
        }
    }

    /// A uid inside its namespace for one scorer; nothing when all are taken.
    func takeUser() -> UInt32? {
        freeUsers.isEmpty ? nil : freeUsers.removeFirst()
    }

    /// Takes a scorer's uid back.
    func giveBack(_ user: UInt32) {
        freeUsers.append(user)
    }

    /// Asks for one scorer; its launch socket, lane and log go along.
    func ask(with descriptors: [Descriptor]) throws(SystemError) {
        try control.send(Order(), with: descriptors)
    }

    /// The next thing it says; nothing while it says nothing.
    func next() -> News? {
        do throws(SystemError) {
            guard let packet = try control.receive() else { return .closed }
            guard let answer = try? packet.decode(Answer.self) else {
                return .failed("it said something that is no answer")
            }
            if let error = answer.error { return .failed(error) }
            return answer.warm == true ? .warmed : .forked
        } catch {
            return error.number == EAGAIN ? nil : .closed
        }
    }

    /// Ends it, and what it may have started besides scorers.
    func end() {
        if let handle { _ = linux_pidfd_send_signal(handle.number, SIGKILL) }
        group?.kill()
    }
}
