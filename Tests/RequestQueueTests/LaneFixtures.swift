// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import CLaneKit
import CLinux
import CScorerABI
import Glibc
import Vocabulary
import Wire

@testable import RequestQueue

/// Both ends of a lane's socket; the near one never blocks.
func makeEnds() throws -> (near: Descriptor, far: Descriptor) {
    var pair: [Int32] = [-1, -1]
    guard linux_packet_pair(&pair, 0) == 0 else { throw SystemError("make a socket pair") }
    let ends = (near: Descriptor(owning: pair[0]), far: Descriptor(owning: pair[1]))
    guard fcntl(ends.near.number, F_SETFL, O_NONBLOCK) == 0 else {
        throw SystemError("make a socket non-blocking")
    }
    return ends
}

func makeLane(
    _ near: Descriptor,
    calls: Int = 1,
    ahead: Int = 0,
    areaBytes: Int = 65_536,
    generation: UInt64 = 1
) throws(LaneError) -> Lane {
    try Lane(
        socket: near,
        shape: LaneShape(calls: calls, ahead: ahead, areaBytes: areaBytes),
        generation: generation
    )
}

/// What a completion said, kept.
struct Seen: Equatable {
    var ticket: Ticket
    var outcome: Completion.Outcome
    var status: Int
    var head: String
    var body: [UInt8]
}

extension Lane {
    func post(
        _ body: String,
        head: String = "",
        deadline: Moment = .never,
        sharing: Bool = false,
        gathered: Bool = false
    ) throws -> Ticket {
        try post(
            Array(body.utf8),
            head: head,
            deadline: deadline,
            sharing: sharing,
            gathered: gathered
        )
    }

    func post(
        _ body: [UInt8],
        head: String = "",
        deadline: Moment = .never,
        sharing: Bool = false,
        gathered: Bool = false
    ) throws -> Ticket {
        let head = Array(head.utf8)
        return try head.withUnsafeBytes { head in
            try body.withUnsafeBytes { body in
                try post(
                    head: head,
                    body: body,
                    deadline: deadline,
                    sharesCalls: sharing,
                    isGathered: gathered
                )
            }
        }
    }

    func drained() throws(ProtocolViolation) -> [Seen] {
        var seen: [Seen] = []
        try drain { completion in
            seen.append(
                Seen(
                    ticket: completion.ticket,
                    outcome: completion.outcome,
                    status: completion.status,
                    head: String(decoding: completion.head(), as: UTF8.self),
                    body: completion.body()
                )
            )
        }
        return seen
    }

    /// What waits in the socket, read as the gateway reads it; nothing at its end.
    func received() throws(ProtocolViolation) -> [ScorerPacket]? {
        var said: [ScorerPacket] = []
        var bytes = [UInt8](repeating: 0, count: 4_608)
        while true {
            let count = read(socket.number, &bytes, bytes.count)
            if count < 0, errno == EINTR { continue }
            guard count != 0 else { return nil }
            guard count > 0 else { return errno == EAGAIN ? said : nil }
            let result = bytes.withUnsafeBytes { bytes in
                Result { () throws(ProtocolViolation) in
                    try interpret(packet: UnsafeRawBufferPointer(rebasing: bytes.prefix(count)))
                }
            }
            if let packet = try result.get() { said.append(packet) }
        }
    }

    /// Sleeps as an event loop would until the lane's socket is readable.
    func sleep() {
        var poller = pollfd(fd: socket.number, events: Int16(POLLIN), revents: 0)
        while poll(&poller, 1, -1) < 0 {}
    }

    /// Drains and sleeps until enough completions have come.
    func completions(_ count: Int) throws -> [Seen] {
        var seen = try drained()
        while seen.count < count {
            if arm() {
                sleep()
                guard try received() != nil else { return seen + (try drained()) }
            }
            seen += try drained()
        }
        return seen
    }

    func waitUntilReady() throws {
        while true {
            sleep()
            guard let said = try received() else { throw SystemError("wait for a scorer") }
            if said.contains(.ready) { return }
        }
    }
}

/// A scorer that keeps the rules, on the test's own thread: nothing that it is asked blocks.
final class HonestScorer {
    struct Failure: Error, Equatable {
        var result: UInt32
    }

    let end: Descriptor
    private let lane: OpaquePointer

    init(_ end: Descriptor) throws {
        var lane: OpaquePointer?
        let result = scorer_attach(end.number, &lane)
        guard result == SCORER_OK, let lane else { throw Failure(result: result.rawValue) }
        self.lane = lane
        self.end = end
    }

    deinit { scorer_detach(lane) }

    func ready() { _ = scorer_ready(lane) }

    func fail(_ reason: String) { _ = scorer_failed(lane, reason, reason.utf8.count) }

    @discardableResult
    func share(_ most: UInt32) -> scorer_result { scorer_shares(lane, most) }

    func tell(_ facts: String) { _ = scorer_tell(lane, facts, facts.utf8.count) }

    func take() throws -> scorer_request {
        var request = scorer_request()
        let result = scorer_take(lane, &request)
        guard result == SCORER_OK else { throw Failure(result: result.rawValue) }
        return request
    }

    func take(most: Int) throws -> [scorer_request] {
        var requests = [scorer_request](repeating: scorer_request(), count: most)
        var count: UInt32 = 0
        let result = scorer_take_many(lane, &requests, UInt32(most), &count)
        guard result == SCORER_OK else { throw Failure(result: result.rawValue) }
        return Array(requests.prefix(Int(count)))
    }

    func isCancelled(_ request: inout scorer_request) -> Bool {
        scorer_is_cancelled(lane, &request)
    }

    @discardableResult
    func answer(
        _ request: inout scorer_request,
        _ body: String,
        status: UInt16 = 200
    ) -> scorer_result {
        scorer_answer(lane, &request, status, "h: 1\n", 5, body, UInt64(body.utf8.count))
    }

    @discardableResult
    func part(_ request: inout scorer_request, _ body: String) -> scorer_result {
        scorer_part(lane, &request, 200, nil, 0, body, UInt64(body.utf8.count))
    }

    @discardableResult
    func last(_ request: inout scorer_request, _ body: String) -> scorer_result {
        scorer_last(lane, &request, body, UInt64(body.utf8.count))
    }
}

extension scorer_request {
    var bodyText: String {
        let bytes = UnsafeRawBufferPointer(start: body, count: Int(body_length))
        return String(decoding: bytes, as: UTF8.self)
    }

    var headText: String {
        let bytes = UnsafeRawBufferPointer(start: head, count: Int(head_length))
        return String(decoding: bytes, as: UTF8.self)
    }
}

/// A scorer in a process of its own.
final class ForkedScorer {
    let pid: pid_t
    private var hasEnded = false

    init(_ scorer: kit_scorer, on end: consuming Descriptor) throws {
        pid = kit_start(scorer, end.number)
        guard pid > 0 else { throw SystemError("fork a scorer") }
    }

    deinit {
        guard !hasEnded else { return }
        kill()
        _ = kit_wait(pid)
    }

    func kill() { _ = Glibc.kill(pid, SIGKILL) }

    private var state: Character? {
        get throws {
            let words = try readWhole("/proc/\(pid)/stat").split(separator: ")").last
            return words?.dropFirst().first
        }
    }

    /// Waits until it sleeps, whatever for.
    func waitUntilAsleep() throws { try wait { try state == "S" } }

    /// Waits for what it is to do; an error where it has ended instead, or does not in a minute.
    func wait(until isDone: () throws -> Bool) throws {
        let end = ContinuousClock.now + .seconds(60)
        while try !isDone() {
            guard try state != "Z", ContinuousClock.now < end else {
                throw SystemError("wait for a scorer", number: ETIMEDOUT)
            }
            sched_yield()
        }
    }

    /// Waits for its end; the exit code, or 128 and the signal.
    func end() -> Int32 {
        hasEnded = true
        return kit_wait(pid)
    }
}

/// Reads a file of /proc, which has no length to go by.
func readWhole(_ path: String) throws -> String {
    let file = Descriptor(owning: open(path, O_RDONLY | O_CLOEXEC))
    var text: [UInt8] = []
    var piece = [UInt8](repeating: 0, count: 65_536)
    while true {
        let count = read(file.number, &piece, piece.count)
        guard count >= 0 else { throw SystemError("read '\(path)'") }
        if count == 0 { return String(decoding: text, as: UTF8.self) }
        text += piece.prefix(count)
    }
}
