// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import NIOCore
import RequestDispatch
import RequestQueue
import Vocabulary

/// One request and its answer on one connection.
///
/// Confined to the loop.
final class Exchange {
    /// How far the answer is.
    enum Progress {
        /// Nothing of it is there.
        case awaited
        /// Its head and perhaps parts of its body have been handed over; more follow.
        case streaming
        /// All of it has been handed over.
        case complete
    }

    /// Where it is answered; nothing once the answer was written or the connection is gone, and for
    /// a copy.
    ///
    /// The connection clears it whenever it lets go of the exchange: a weak reference would make
    /// every retain of a connection several times dearer.
    var connection: Connection?
    let arrival: Moment
    let method: RequestHead.Method
    let isVersion10: Bool
    let framing: RequestHead.Framing
    var isKeptAlive: Bool
    var identifier = RequestIdentifier.none
    var clientIdentifier: [UInt8] = []
    /// What the scorer is shown before the body: request line and fields.
    var scorerHead: [UInt8] = []
    var body = RequestBody()
    var deployment: Deployment?
    /// How a model's own failures are shown to its client.
    var statuses = StatusStyle.direct
    /// Whether it is the copy of a live request: nobody waits for its answer.
    let isCopy: Bool
    /// Where a copy of it may go once it is whole.
    var mirror: Mirror?
    /// What the scorers there are shown before the body, where that is something else; empty where
    /// they cannot be asked.
    var mirroredHead: [UInt8]?
    /// Where its answer is kept, to be compared with another.
    var pair: AnswerPair?
    /// What comes of its answer, where the whole is wanted.
    var sample: SampledAnswer?
    /// Who is asked what was asked before; nothing for what a caller asks.
    var trial: Trial?
    var request = RequestID.none
    /// What the lane that held it last serves; nothing where none did.
    var revision: Revision?
    /// When that lane got it.
    var heldAt = Moment.never
    /// When it was whole and its turn had come; `never` until then.
    var wholeAt = Moment.never
    var deadline = Moment.never
    var progress = Progress.awaited
    /// Whether the answer's body comes in parts.
    var isStreamed = false
    /// Whether its status allows no body: what a scorer gives is left out.
    var isBodiless = false
    /// Whether the whole request has been read.
    var isRead = false
    /// Whether it is whole and waits, behind others of its connection, to be dispatched.
    var isHeldBack = false
    /// Whether what comes of its body is thrown away.
    var isDiscarding = false
    /// Whether the client waits for `100 Continue`.
    var owesContinue: Bool
    /// Bytes that wait for the turn of the answer, in pipelining.
    var held: ByteBuffer?
    /// Why it could not be handed to its scorer.
    var unsent: LaneError?
    /// Parts that came and that the client has not kept up with, one entry each: two at most.
    var unacknowledged: [(station: LaneStation, ticket: Ticket)] = []

    init(_ head: borrowing RequestHead, on connection: Connection, at now: Moment) {
        self.connection = connection
        self.isCopy = false
        self.arrival = now
        self.method = head.method
        self.isVersion10 = head.isVersion10
        self.framing = head.framing
        self.isKeptAlive = head.isKeptAlive
        self.owesContinue = head.expectsContinue && head.framing != .none
    }

    /// A request that could not be read: only its answer goes its way.
    init(refusedOn connection: Connection, at now: Moment) {
        self.connection = connection
        self.isCopy = false
        self.arrival = now
        self.method = .get
        self.isVersion10 = false
        self.framing = .none
        self.isKeptAlive = false
        self.owesContinue = false
        self.isRead = true
    }

    /// The copy of a request that is whole: shares its body.
    init(copyOf live: Exchange, for deployment: Deployment, at now: Moment) {
        self.isCopy = true
        self.arrival = now
        self.method = live.method
        self.isVersion10 = false
        self.framing = .none
        self.isKeptAlive = false
        self.owesContinue = false
        self.isRead = true
        self.scorerHead = live.mirroredHead ?? live.scorerHead
        self.body = live.body
        self.deployment = deployment
    }

    /// The length that the client announced.
    var announced: Int? {
        if case .length(let length) = framing { return length }
        return framing == .none ? 0 : nil
    }
}
