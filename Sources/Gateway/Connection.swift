// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import NIOCore
import Vocabulary

/// One client's connection: requests in, answers out in the same order.
///
/// It knows HTTP and turns; what a request means is the core's business, and bytes are its socket's.
final class Connection {
    /// Requests that may wait for their turn on one connection; no more is read beyond.
    private static let pipelineLimit = 32
    /// A refused request's body up to this length is read and thrown away; beyond, we hang up.
    private static let discardLimit = 64 << 10
    /// Parts are taken over for a client that does not keep up, and for answers that wait for their
    /// turn, until so much waits: a scorer is free for others once its answer is here.
    private static let backlogLimit = 1 << 20

    private let core: GatewayCore
    /// The endpoint whose routes stand at the root of this connection's listener.
    let owner: EndpointName?
    private let socket: ClientSocket
    private var codec = RequestCodec()
    /// Whether parts are being taken out of the codec: what one leads to may not begin it again.
    private var isReadingOn = false
    /// In the order of the requests; the first may write.
    private var exchanges = CircularBuffer<Exchange>()
    /// The one whose body is being read.
    private var incoming: Exchange?
    private var isReadingPaused = false
    /// Since when the client has not taken what was written.
    private var stalledSince: Moment?
    /// Whether no further request is taken.
    private var isClosing = false
    private var isUnflushed = false
    /// Whole requests that wait to be dispatched.
    private var heldBack = 0
    /// What it counts for in the room for answers that clients have not kept up with.
    private var backlogHeld = 0
    private var slowness = ReadingPace()
    /// Whether the next request is the last: its answer says so.
    private var takesNoMore = false
    private(set) var pace: ConnectionPace
    /// The last target, and where it led.
    var route = RouteMemory()

    init(core: GatewayCore, owner: EndpointName?, _ socket: ClientSocket, at now: Moment) {
        self.core = core
        self.socket = socket
        self.owner = owner
        self.pace = ConnectionPace(at: now)
    }

    // MARK: - The socket's life

    /// Begins to serve what comes.
    func open() {
        socket.serve(self)
        core.opened(self)
    }

    /// The socket is closed: whatever was asked on it, nobody waits for.
    func ended() {
        incoming = nil
        codec.discard()
        holdBacklog(0)
        core.closed(self)
        while let exchange = exchanges.popFirst() {
            exchange.connection = nil
            core.clientGone(exchange)
        }
    }

    /// The socket takes more, after it had not.
    func wokenByRoom() { core.beginTurn() }

    /// The client has taken so much of what was written that more may be made for it.
    func roomCame() {
        stalledSince = nil
        if backlogHeld > 0 { holdBacklog(waitingBytes) }
        for exchange in exchanges { acknowledge(exchange) }
        resumeReadingWherePossible()
        if heldBack > 0 { core.goOn(self) }
    }

    // MARK: - Requests in

    /// Takes over what came; what of it is kept for later is copied, for its memory is shared.
    func received(_ bytes: ByteBuffer) {
        guard !isClosing || incoming != nil else { return }
        core.beginTurn()
        codec.add(bytes)
        readOn()
        codec.compact()
    }

    /// Takes part after part of what came, up to the next head where no further one may be read.
    func readOn() {
        guard !isReadingOn else { return }
        isReadingOn = true
        defer { isReadingOn = false }
        while incoming != nil || !(isClosing || isReadingPaused) {
            do throws(RequestFault) {
                switch try codec.next() {
                case .head(let head): begin(head)
                case .body(let bytes): receive(bytes)
                case .end: end()
                case nil:
                    if incoming == nil, !codec.isEmpty { pace.touch(at: core.now) }
                    return
                }
            } catch {
                refuse(error)
            }
        }
        if isClosing, incoming == nil { codec.discard() }
    }

    private func begin(_ head: borrowing RequestHead) {
        let exchange = Exchange(head, on: self, at: core.now)
        exchanges.append(exchange)
        incoming = exchange
        pace.beginBody(at: core.now)
        if takesNoMore { exchange.isKeptAlive = false }
        if !exchange.isKeptAlive { isClosing = true }
        core.begin(exchange, head)
    }

    private func receive(_ bytes: ByteBuffer) {
        guard let exchange = incoming else { return }
        exchange.owesContinue = false
        pace.count(bytes.readableBytes)
        if exchange.isDiscarding { return }
        core.receive(bytes, for: exchange)
    }

    private func end() {
        guard let exchange = incoming else { return }
        incoming = nil
        exchange.isRead = true
        // Behind its body: one of which only the head is here could wait for the rest for ever.
        if exchanges.count >= Self.pipelineLimit { pauseReading() }
        pace.endRequest(at: core.now)
        if exchange.isDiscarding {
            advance()
        } else if exchanges.count == 1, stalledSince == nil {
            core.end(exchange)
        } else {
            holdBack(exchange)
        }
    }

    /// Has a request wait for those before it, or for a client that does not read.
    private func holdBack(_ exchange: Exchange) {
        guard core.holdBack(exchange) else { return }
        exchange.isHeldBack = true
        heldBack += 1
        dispatch()
    }

    /// Has what was held back scored, in its order, as far as its turn is near.
    ///
    /// What is first goes at once; of those behind it so many that together they keep no more of
    /// their deployment's calls from others than one connection's share.
    func dispatch() {
        guard heldBack > 0, stalledSince == nil, socket.isOpen else { return }
        var under = 0
        for exchange in exchanges {
            if exchange.progress == .complete { continue }
            if exchange.isHeldBack {
                // Some are over before they were dispatched: their deadline passed.
                guard under == 0 || under < core.share(of: exchange) else { return }
                exchange.isHeldBack = false
                heldBack -= 1
                core.end(exchange)
                // Its answer may be here at once, and lead here.
                guard heldBack > 0 else { return }
            }
            under += 1
        }
    }

    /// What came is not a request: says so, reads nothing more.
    private func refuse(_ fault: RequestFault) {
        guard socket.isOpen else { return }
        if let exchange = incoming, exchange.progress == .awaited {
            incoming = nil
            exchange.isRead = true
            exchange.isKeptAlive = false
            isClosing = true
            core.refuse(exchange, fault)
        } else if let broken = incoming {
            // Its answer is under way already; what follows cannot be told from its body.
            incoming = nil
            broken.isKeptAlive = false
            isClosing = true
            advance()
        } else if isClosing {
            if exchanges.isEmpty { socket.close() }
        } else {
            let exchange = Exchange(refusedOn: self, at: core.now)
            exchanges.append(exchange)
            isClosing = true
            core.refuse(exchange, fault)
        }
        pauseReading()
    }

    /// The request is answered without its body: a short one is read past, a long one ends the
    /// connection.
    func discardBody(of exchange: Exchange) {
        exchange.isDiscarding = true
        guard exchange.framing != .none, !exchange.isRead else { return }
        let isShort = (exchange.announced ?? .max) <= Self.discardLimit
        if !isShort || exchange.owesContinue {
            exchange.owesContinue = false
            exchange.isKeptAlive = false
            isClosing = true
        }
    }

    /// The client may send the body now.
    func continueBody(of exchange: Exchange) {
        guard exchange.owesContinue, exchange.request != .none, exchanges.first === exchange
        else { return }
        exchange.owesContinue = false
        var buffer = buffer(capacity: 32)
        buffer.writeStaticString("HTTP/1.1 100 Continue\r\n\r\n")
        write(buffer)
    }

    // MARK: - Answers out

    /// Room for an answer's bytes.
    func buffer(capacity: Int) -> ByteBuffer { socket.buffer(capacity: capacity) }

    /// Hands bytes of an answer over; they leave in the answer's turn.
    func send(_ bytes: ByteBuffer, for exchange: Exchange, isLast: Bool) {
        exchange.progress = isLast ? .complete : .streaming
        if exchanges.first === exchange {
            write(bytes)
            if isLast { advance() }
        } else {
            if exchange.held == nil {
                exchange.held = bytes
            } else {
                exchange.held?.writeImmutableBuffer(bytes)
            }
            if isLast, heldBack > 0 { dispatch() }
        }
    }

    /// Parts were taken over: their scorer may write the next as soon as the client keeps up, or
    /// while there is room to keep it.
    func acknowledge(_ exchange: Exchange) {
        guard !exchange.unacknowledged.isEmpty, socket.isOpen,
            exchanges.first === exchange && socket.hasRoom || takesOver()
        else { return }
        slowness.tookPart()
        for part in exchange.unacknowledged {
            part.station.acknowledge(part.ticket)
            core.decide(.partRead(exchange.request))
        }
        exchange.unacknowledged = []
    }

    /// Whether one more part may be kept here for a client that has not come to it.
    private func takesOver() -> Bool {
        let backlog = waitingBytes
        guard backlog < Self.backlogLimit, core.backlog.has(backlog - backlogHeld) else {
            return false
        }
        holdBacklog(backlog)
        return true
    }

    private func holdBacklog(_ bytes: Int) {
        core.backlog.free(backlogHeld)
        backlogHeld = core.backlog.take(bytes) ? bytes : 0
    }

    /// Bytes of answers that are here and not with the client.
    private var waitingBytes: Int {
        exchanges.reduce(socket.unsentBytes) { $0 + ($1.held?.readableBytes ?? 0) }
    }

    /// Ends the connection though an answer is not whole: the client must see that it is not.
    ///
    /// A missing last chunk tells it. HTTP/1.0 has none: there only a reset does.
    func breakOff() {
        if let first = exchanges.first, first.isVersion10, first.progress == .streaming {
            socket.reset()
        } else {
            socket.close()
        }
    }

    /// Forgets an answer in parts that waits for its turn, so that another can be given in its
    /// place; false where it has had its turn.
    func takeBack(_ exchange: Exchange) -> Bool {
        guard exchanges.first !== exchange else { return false }
        exchange.held = nil
        exchange.progress = .awaited
        return true
    }

    /// Takes no request beyond what is under way, or one where nothing is; closes after its answer.
    ///
    /// Shape: `atOnce` an idle connection closes now, but not one on which a request has begun.
    func leave(atOnce: Bool) {
        takesNoMore = true
        guard let last = exchanges.last else {
            if atOnce, codec.isEmpty { socket.close() }
            return
        }
        isClosing = true
        if last.progress == .awaited { last.isKeptAlive = false }
    }

    func flush() {
        guard isUnflushed else { return }
        isUnflushed = false
        socket.flush()
    }

    private func write(_ bytes: ByteBuffer) {
        guard socket.isOpen else { return }
        socket.write(bytes)
        if !socket.hasRoom, stalledSince == nil {
            // Whoever does not read answers may not ask for more of them.
            stalledSince = core.now
            pauseReading()
        }
        if !isUnflushed {
            isUnflushed = true
            core.needsFlush(self)
        }
    }

    /// Gives the turn on from answers that are complete.
    private func advance() {
        while let first = exchanges.first {
            if let held = first.held {
                first.held = nil
                write(held)
                if backlogHeld > 0 { holdBacklog(waitingBytes) }
                acknowledge(first)
            }
            guard first.progress == .complete, first.isRead || !first.isKeptAlive else {
                continueBody(of: first)
                resumeReadingWherePossible()
                if heldBack > 0 { dispatch() }
                return
            }
            exchanges.removeFirst()
            first.connection = nil
            if first.isHeldBack { heldBack -= 1 }
            if !first.isKeptAlive {
                hangUp(hasUnreadBody: !first.isRead)
                return
            }
        }
        if isClosing, incoming == nil { hangUp(hasUnreadBody: false) }
        resumeReadingWherePossible()
    }

    /// Closes after what was written.
    ///
    /// Where the client is still sending, only our direction is
    /// closed at first: closing both would reset the connection and lose the answer.
    private func hangUp(hasUnreadBody: Bool) {
        guard socket.isOpen else { return }
        isClosing = true
        incoming = nil
        isUnflushed = false
        if hasUnreadBody { pace.linger(at: core.now) }
        socket.end(hasUnreadBody ? .output : .all)
    }

    private func pauseReading() {
        guard !isReadingPaused else { return }
        isReadingPaused = true
        socket.pauseReading()
    }

    private func resumeReadingWherePossible() {
        guard isReadingPaused, stalledSince == nil, !isClosing || incoming != nil,
            incoming != nil || exchanges.count < Self.pipelineLimit / 2
        else { return }
        isReadingPaused = false
        socket.resumeReading()
        // In a turn of its own: an answer may have led here, and others are being taken.
        if !codec.isEmpty { core.readOn(self) }
    }

    // MARK: - What the client has not taken

    /// Bytes of answers that wait for a client that does not read; none for one that does.
    var unsentBytes: Int {
        guard stalledSince != nil, socket.isOpen else { return 0 }
        return waitingBytes
    }

    /// Since when it has not read; far in the future for one that does.
    var unreadSince: Moment { stalledSince ?? .never }

    // MARK: - Time

    /// Looks whether the client is too slow; called about once a second.
    func look(at now: Moment) {
        guard socket.isOpen else { return }
        if let stalledSince, now - stalledSince > ConnectionPace.idleLimit {
            socket.close()
            return
        }
        let isBlocking = stalledSince != nil && exchanges.first.map(core.isInTheWay) ?? false
        if slowness.isTooSlow(at: now, isBlocking: isBlocking, within: core.readingGrace) {
            breakOff()
            return
        }
        guard !isReadingPaused || isClosing else { return }
        let isWaitingForUs = incoming == nil && !exchanges.isEmpty
        switch pace.judge(at: now, isReadingBody: incoming != nil, isOurTurn: isWaitingForUs) {
        case .well: return
        case .silent: socket.close()
        case .slowHead: refuse(RequestFault(status: 408, what: "the request's head took too long"))
        case .slowBody:
            refuse(RequestFault(status: 408, what: "the request's body comes too slowly"))
        }
    }
}
