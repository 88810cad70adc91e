// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Rulebook
import Vocabulary
import Wire

/// The supervisor's side of one node: the connection and what the node said of itself.
struct NodePost {
    /// The node.
    let name: NodeName
    /// What it gives out: a node that outlived an earlier supervisor may have been told otherwise.
    let share: MachineShare
    /// The connection, from the moment it stands.
    private(set) var connection: PeerConnection<NodeReport>?
    /// Which connection this is: news of an earlier one matches nothing.
    private(set) var number = 0
    /// What the node said of itself first.
    private(set) var hello: NodeHello?
    /// How often it was started again.
    var restarts = -1
    /// Whether it was told to leave so that another comes in its place.
    var isReplaced = false
    /// Whether it answers.
    var watch = NodeWatch()
    private var arriving: [HeldProcess] = []
    private var isGreeted = false

    /// The connection, once the rulebook knows what the node holds: whatever is decided before that
    /// is decided again.
    var joined: PeerConnection<NodeReport>? { isGreeted ? connection : nil }

    /// Makes a post that nobody stands at.
    init(name: NodeName, share: MachineShare) {
        self.name = name
        self.share = share
    }

    /// Takes a connection; what arrives next is the node's greeting.
    mutating func connect(
        number: Int,
        _ connection: PeerConnection<NodeReport>
    ) {
        self.connection = connection
        self.number = number
        isReplaced = false
        hello = nil
        watch = NodeWatch()
        arriving = []
        isGreeted = false
    }

    /// Forgets the connection.
    mutating func disconnect() {
        connection = nil
        hello = nil
        arriving = []
        isGreeted = false
    }

    /// Hears one part of the greeting; the inventory when it is whole.
    mutating func hear(_ report: NodeReport) -> NodeInventory? {
        switch report {
        case .hello(let hello):
            self.hello = hello
        case .holding(let held) where !isGreeted:
            arriving.append(HeldProcess(run: held.run, pid: held.pid))
        case .starting(let run) where !isGreeted:
            arriving.append(HeldProcess(run: run, pid: nil))
        case .helloEnd:
            guard let hello else { return nil }
            isGreeted = true
            return NodeInventory(
                name: name,
                millicores: share.millicores,
                memoryBytes: share.memoryBytes,
                isolation: hello.isolation,
                held: arriving
            )
        default: break
        }
        return nil
    }
}
