// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import CLinux
import Glibc
import RequestQueue
import Vocabulary
import Wire

/// One life of the scorer under trial: its process, the gateway's end of its lane, and what came.
///
/// The lane is the real one, so what a scorer may not do is found by the checks that find it when it
/// serves.
final class Stage {
    let settings: ConformanceSettings
    let process: ScorerProcess
    private(set) var lane: Lane
    private var generation: UInt64 = 1
    private(set) var isReady = false
    /// Why it said that it cannot start.
    private(set) var failure: String?
    /// Requests that one call of its model may have, as it said.
    private(set) var shares = 1
    /// Requests that it works on at once, as it said.
    private(set) var threads: Int?
    private(set) var bells = BellCount()
    private(set) var hasHungUp = false
    /// How many completions came.
    private(set) var completions = 0
    private var output: OutputTail
    /// Requests of the lane that is open now.
    private var labels: [Ticket: Label] = [:]
    var asked: [Label: Asked] = [:]
    /// What the drain found, told once it is over.
    private var lie: Interruption?

    /// Starts the scorer and greets it.
    ///
    /// Errors: `machine`.
    init(_ program: ScorerProgram, _ settings: ConformanceSettings) throws(Interruption) {
        self.settings = settings
        let ends = try Self.pair(nonblocking: true)
        let lane = try Self.open(ends.0, settings, generation: 1)
        let (reading, writing) = try Self.pair(nonblocking: true)
        _ = fcntl(ends.1.number, F_SETFL, 0)
        _ = fcntl(writing.number, F_SETFL, 0)
        do throws(Problem) {
            process = try ScorerProcess(
                program,
                lane: ends.1,
                manner: .apart(output: writing.number)
            )
        } catch {
            throw .machine(error)
        }
        withExtendedLifetime((ends, writing)) {}
        self.lane = lane
        output = OutputTail(reading)
    }

    private static func pair(nonblocking: Bool) throws(Interruption) -> (Descriptor, Descriptor) {
        var pair: [Int32] = [-1, -1]
        guard linux_packet_pair(&pair, nonblocking ? 1 : 0) == 0 else {
            let error = SystemError("make a pair of sockets")
            throw .machine(Problem(.failed, code: "socket", what: "\(error)"))
        }
        return (Descriptor(owning: pair[0]), Descriptor(owning: pair[1]))
    }

    private static func open(
        _ socket: Descriptor,
        _ settings: ConformanceSettings,
        generation: UInt64
    ) throws(Interruption) -> Lane {
        let shape = LaneShape(calls: settings.laneCalls, ahead: settings.ahead)
        do throws(LaneError) {
            return try Lane(socket: socket, shape: shape, generation: generation)
        } catch {
            throw .machine(Problem(.failed, code: "lane", what: error.description))
        }
    }

    static var now: Moment { Moment(nanoseconds: linux_monotonic_nanoseconds()) }

    /// What it wrote last.
    var lastLines: [String] {
        output.read()
        return output.lines
    }

    /// Whether it has taken the greeting out of its socket.
    ///
    /// What an end of a socket that was closed has not read is gone as if it had been read: it must
    /// still be open after the look.
    var hasTakenGreeting: Bool {
        if isReady || failure != nil { return true }
        var unread: Int32 = -1
        guard ioctl(lane.socket.number, UInt(TIOCOUTQ), &unread) == 0, unread == 0 else {
            return false
        }
        var end = pollfd(fd: lane.socket.number, events: 0, revents: 0)
        return poll(&end, 1, 0) == 0
    }

    /// A new life of the gateway: new memory over the same socket.
    func greetAgain() throws(Interruption) {
        generation += 1
        lane = try Self.open(lane.socket, settings, generation: generation)
        isReady = false
        labels = [:]
        bells.restart()
    }

    /// Whether it has completed something that was not drained.
    var hasUnread: Bool {
        defer {
            lane.disarm()
            bells.disarm()
        }
        bells.arm()
        return !lane.arm()
    }

    /// The gateway and the node are gone: the socket ends.
    func hangUp() {
        _ = shutdown(lane.socket.number, Int32(SHUT_RDWR))
        hasHungUp = true
    }

    /// Puts a request into the lane.
    func post(_ label: Label, _ request: Request) throws(Interruption) {
        let head = request.head.bytes(type: settings.contentType)
        let deadline = request.deadline.map { Self.now + $0 } ?? .never
        do throws(LaneError) {
            let result = head.withUnsafeBytes { head in
                request.body.withUnsafeBytes { body in
                    Result { () throws(LaneError) in
                        try lane.post(
                            head: head,
                            body: body,
                            deadline: deadline,
                            sharesCalls: request.shares
                        )
                    }
                }
            }
            keep(label, try result.get(), request.body, deadline, request.reader)
        } catch {
            throw .machine(Problem(.failed, code: "post", what: error.description))
        }
    }

    /// Asks for a sign of life.
    func ping(_ label: Label) throws(Interruption) {
        do throws(LaneError) {
            keep(label, try lane.ping(deadline: .never), [], .never, .quick)
        } catch {
            throw .machine(Problem(.failed, code: "ping", what: error.description))
        }
    }

    private func keep(
        _ label: Label,
        _ ticket: Ticket,
        _ body: [UInt8],
        _ deadline: Moment,
        _ reader: Asked.Reader
    ) {
        labels[ticket] = label
        asked[label] = Asked(
            ticket: ticket,
            body: body,
            deadline: deadline.nanoseconds,
            reader: reader
        )
    }

    /// Takes what the lane has.
    ///
    /// Errors: `lied`.
    func drain() throws(Interruption) {
        var acknowledged: [Ticket] = []
        do throws(ProtocolViolation) {
            try lane.drain { completion in
                if let ticket = take(completion) { acknowledged.append(ticket) }
            }
        } catch {
            throw .lied(.rule(error.rule), error.description)
        }
        if let lie { throw lie }
        for ticket in acknowledged { lane.acknowledgePart(of: ticket) }
    }

    /// Keeps a completion; the ticket whose part was read.
    private func take(_ completion: borrowing Completion) -> Ticket? {
        let ticket = completion.ticket
        completions += 1
        guard let label = labels[ticket], var known = asked[label] else { return nil }
        if !lane.wasTaken(ticket), lie == nil {
            lie = .lied(.untaken, "it completed a request that it had not marked as taken")
        }
        known.outcome = completion.outcome
        var isRead = false
        switch completion.outcome {
        case .answer, .part, .last:
            if known.parts == 0 {
                known.status = completion.status
                if lie == nil, let fault = HeaderLines.fault(in: completion.head()) {
                    lie = .lied(.headerLines, fault)
                }
            }
            known.parts += 1
            // One without end must not fill our memory: it is never the right one either.
            if known.answer.count <= max(known.body.count, settings.largest) {
                known.answer += completion.body()
            }
            isRead = completion.outcome == .part && known.reader == .quick
            if isRead { known.read += 1 }
        case .declined, .pong: break
        }
        if known.isOver { labels[ticket] = nil }
        asked[label] = known
        return isRead ? ticket : nil
    }

    /// Takes over one part of an answer that is read slowly.
    func read(_ label: Label) {
        guard let known = asked[label], known.read < known.parts else { return }
        asked[label]?.read += 1
        lane.acknowledgePart(of: known.ticket)
    }

    /// Whether it has taken a request and not completed it.
    func isInHand(_ label: Label) -> Bool {
        guard let known = asked[label] else { return false }
        return !known.isOver && lane.wasTaken(known.ticket)
    }

    /// Calls a request by another name.
    func rename(_ label: Label, to other: Label) {
        guard let known = asked.removeValue(forKey: label) else { return }
        asked[other] = known
        labels[known.ticket] = other
    }

    /// Reads the packets that wait in the socket.
    ///
    /// Errors: `lied`.
    func hear() throws(Interruption) {
        while !hasHungUp {
            var packet = ReceivedPacket()
            guard packet.receive(from: lane.socket) else { return }
            guard packet.count > 0 else { return hasHungUp = true }
            if packet.carriesDescriptors {
                throw .lied(.descriptors, "it sent descriptors beside a packet")
            }
            let said = try interpret(packet)
            bells.heard(aBell: said == .bell)
            switch said {
            case .ready: isReady = true
            case .failed(let reason): failure = reason
            case .shares(let most): shares = most
            case .threads(let count): threads = count
            case .bell, .told, .metrics, nil: break
            }
            if bells.isTooMany {
                throw .lied(
                    .bells,
                    "it rang \(bells.heard) times while the gateway had announced its sleep "
                        + "\(bells.allowed) times"
                )
            }
        }
    }

    private func interpret(_ packet: ReceivedPacket) throws(Interruption) -> ScorerPacket? {
        do throws(ProtocolViolation) {
            return try packet.withBytes { bytes throws(ProtocolViolation) in
                try lane.interpret(packet: bytes)
            }
        } catch {
            throw .lied(.rule(error.rule), error.description)
        }
    }

    /// Sleeps as the gateway does, until something comes or the moment does.
    func sleep(until limit: Moment) throws(Interruption) {
        let isQuiet = lane.arm()
        bells.arm()
        defer {
            lane.disarm()
            bells.disarm()
        }
        guard isQuiet else { return }
        var waits = [
            pollfd(fd: process.exit.number, events: Int16(POLLIN), revents: 0),
            pollfd(fd: output.descriptor.number, events: Int16(POLLIN), revents: 0),
            pollfd(fd: hasHungUp ? -1 : lane.socket.number, events: Int16(POLLIN), revents: 0),
        ]
        let left = limit == .never ? -1 : max(0, (limit - Self.now).nanosecondsSaturated)
        let milliseconds = left < 0 ? -1 : Int32(clamping: (left + 999_999) / 1_000_000)
        _ = poll(&waits, nfds_t(waits.count), milliseconds)
        if waits[1].revents != 0 { output.read() }
    }
}
