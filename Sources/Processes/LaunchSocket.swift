// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import CLaunch
import Glibc
import Wire

/// The node's end of one launch: what the child says on its way, stamped with its pid.
final class LaunchSocket {
    /// What came.
    enum News: Hashable {
        /// The process that the node will reap is there and waits to be let go.
        case arrived(Int32)
        /// The scorer's own pid, just before its program.
        case scorer(Int32)
        /// The program runs.
        case started
        /// A step failed: nothing was started.
        case failed(LaunchFailure)
        /// The scorer's wait status, told by its init.
        case ended(Int32)
        /// Nobody is at the other end any more.
        case closed
    }

    private let near: Descriptor
    /// The child's end, until it was handed over.
    private(set) var far: Descriptor?

    /// Makes the pair and puts the plan and its detached mounts into it.
    init(plan: LaunchPlan, trees: [Descriptor] = []) throws(SystemError) {
        var pair: [Int32] = [-1, -1]
        guard launch_host_pair(&pair) == 0 else { throw SystemError("make a launch socket") }
        near = Descriptor(owning: pair[0])
        far = Descriptor(owning: pair[1])
        let memory = try SealedMemory.holding(plan.bytes, name: "launch-plan")
        // A number is no reference: what owns it must outlive the call, or an optimised build has
        // closed it by then.
        let sent = withExtendedLifetime((memory, trees)) {
            let numbers = trees.map(\.number)
            return launch_host_send_plan(
                near.number,
                memory.number,
                numbers,
                Int32(numbers.count)
            )
        }
        guard sent == 0 else { throw SystemError("send a launch plan") }
    }

    /// The descriptor, for polling.
    var descriptor: Int32 { near.number }

    /// Starts the launcher with the child's end; answers its pid.
    func start(launcher: String, lane: Descriptor, log: Descriptor) throws(SystemError) -> Int32 {
        guard let far else { throw SystemError("start a launcher twice", number: EBUSY) }
        var pid: pid_t = 0
        let answer = withExtendedLifetime((far, lane, log)) {
            launch_host_start(launcher, far.number, lane.number, log.number, &pid)
        }
        self.far = nil
        guard answer == 0 else { throw SystemError("start '\(launcher)'") }
        return pid
    }

    /// Gives up the child's end, once it was sent elsewhere.
    func forgetFar() { far = nil }

    /// Lets a child that has arrived go on.
    func letGo() throws(SystemError) {
        guard launch_host_go(near.number) == 0 else { throw SystemError("let a child go on") }
    }

    /// The next report; nothing while there is none.
    func next() -> News? {
        while true {
            var report = launch_report()
            var sender: pid_t = 0
            let got = launch_host_receive(near.number, &report, &sender)
            if got < 0 { return errno == EAGAIN ? nil : .closed }
            guard got > 0 else { return .closed }
            // An unknown kind is a child's nonsense: the next word may be a better one.
            if let news = Self.news(report, sender) { return news }
        }
    }

    private static func news(_ report: launch_report, _ sender: Int32) -> News? {
        switch report.kind {
        case LAUNCH_ARRIVED.rawValue: .arrived(sender)
        case LAUNCH_SCORER.rawValue: .scorer(sender)
        case LAUNCH_STARTED.rawValue: .started
        case LAUNCH_ENDED.rawValue: .ended(report.value)
        case LAUNCH_FAILED.rawValue: .failed(LaunchFailure(report))
        default: nil
        }
    }
}
