// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Rulebook
import Vocabulary
import Wire

/// The supervisor's side of the gateway: the connection, the listening sockets, what it said.
struct GatewayPost {
    /// The connection, from the moment it stands.
    private(set) var connection: PeerConnection<GatewayReport>?
    /// Which connection this is: news of an earlier one matches nothing.
    private(set) var number = 0
    /// How often it was started again.
    var restarts = -1
    /// Whether it was told to leave so that another comes in its place.
    var isReplaced = false
    /// What it was asked: no number is given twice, whichever gateway answers.
    var questions = Questions()
    private var isGreeted = false
    /// What it runs; nothing until it has said.
    private(set) var program: ProgramIdentity?
    private var arriving: [HeldLane] = []
    private var held: [Listener: Descriptor] = [:]

    /// The connection, once the rulebook knows what the gateway holds: whatever is decided before
    /// that is decided again.
    var joined: PeerConnection<GatewayReport>? { isGreeted ? connection : nil }

    /// Takes a connection; what arrives next is the gateway's greeting.
    mutating func connect(number: Int, _ connection: PeerConnection<GatewayReport>) {
        self.connection = connection
        self.number = number
        program = nil
        isReplaced = false
        isGreeted = false
        arriving = []
        held = [:]
    }

    /// Forgets the connection.
    mutating func disconnect() {
        connection = nil
        isGreeted = false
        arriving = []
        held = [:]
    }

    /// A greeting: the lanes and the listening sockets that the gateway holds.
    struct Greeting {
        let lanes: [HeldLane]
        let listeners: [Listener: Descriptor]
        let program: ProgramIdentity?
    }

    /// Hears one part of the greeting; all of it when it is whole.
    mutating func hear(_ report: GatewayReport, _ descriptors: [Descriptor]) -> Greeting? {
        switch report {
        case .hello(_, let program):
            self.program = program
        case .listening(let listener):
            held[listener] = descriptors.first
        case .holding(let run, let isReady):
            arriving.append(HeldLane(run: run, isReady: isReady))
        case .helloEnd:
            isGreeted = true
            return Greeting(lanes: arriving, listeners: held, program: program)
        default: break
        }
        return nil
    }
}
