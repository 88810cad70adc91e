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

    /// Where it is answered; nothing once the answer was written or the connection is gone.
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
    var request = RequestID.none
    var deadline = Moment.never
    var progress = Progress.awaited
    /// Whether the answer's body comes in parts.
    var isStreamed = false
    /// Whether its status allows no body: what a scorer gives is left out.
    var isBodiless = false
    /// Whether the whole request has been read.
    var isRead = false
    /// Whether what comes of its body is thrown away.
    var isDiscarding = false
    /// Whether the client waits for `100 Continue`.
    var owesContinue: Bool
    /// Bytes that wait for the turn of the answer, in pipelining.
    var held: ByteBuffer?
    /// Parts that came and that the client has not kept up with, one entry each: two at most.
    var unacknowledged: [(station: LaneStation, ticket: Ticket)] = []

    init(_ head: borrowing RequestHead, on connection: Connection, at now: Moment) {
        self.connection = connection
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
        self.arrival = now
        self.method = .get
        self.isVersion10 = false
        self.framing = .none
        self.isKeptAlive = false
        self.owesContinue = false
        self.isRead = true
    }

    /// The length that the client announced.
    var announced: Int? {
        if case .length(let length) = framing { return length }
        return framing == .none ? 0 : nil
    }
}
