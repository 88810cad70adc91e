// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import CScorerABI
import Foundation
import Synchronization

/// A scorer on threads of the test, over the real library and a real lane.
final class ScorerUnderTest: Sendable {
    /// A request as the scorer sees it.
    struct Asked: Sendable {
        let head: String
        let body: [UInt8]
        var text: String { String(decoding: body, as: UTF8.self) }
    }

    /// What the scorer does with it.
    enum Answer: Sendable {
        case whole(status: UInt16, head: String, body: [UInt8])
        case parts([[UInt8]])
        /// In parts, written as the closure likes; the last part is empty.
        case stream(head: String, @Sendable (PartWriter) -> Void)
        /// Parts, and then it says that it cannot go on.
        case broken([[UInt8]])
        /// Its process is gone: nothing is said.
        case none

        static func echo(_ asked: Asked) -> Answer {
            .whole(status: 200, head: "content-type: text/plain\n", body: asked.body)
        }
    }

    private let socket: Int32
    /// What it was asked, in order.
    let asked = Mailbox<Asked>()
    /// Why it was told to take no more requests.
    let farewell = Mailbox<scorer_result>()
    private let count = Atomic(0)

    /// Requests that it has begun.
    var begun: Int { count.load(ordering: .sequentiallyConsistent) }

    /// A scorer that has loaded; with a gate to doze at it takes nothing until that opens.
    init(
        socket: Int32,
        threads: Int,
        dozingAt gate: Gate? = nil,
        _ work: @escaping @Sendable (Asked) -> Answer
    ) {
        self.socket = socket
        Thread.detachNewThread { [self] in
            var opened: OpaquePointer?
            guard scorer_attach(socket, &opened) == SCORER_OK, let opened else { return }
            nonisolated(unsafe) let lane = opened
            scorer_ready(lane)
            for _ in 0..<threads {
                Thread.detachNewThread {
                    gate?.pass()
                    self.loop(lane, work)
                }
            }
        }
    }

    /// Dies: the other end sees its socket close, as when a process ends.
    func die() { shutdown(socket, Int32(SHUT_RDWR)) }

    private func loop(_ lane: OpaquePointer, _ work: (Asked) -> Answer) {
        var request = scorer_request()
        while true {
            let result = scorer_take(lane, &request)
            if result == SCORER_INTERRUPTED { continue }
            guard result == SCORER_OK else { return farewell.put(result) }
            let head = UnsafeRawBufferPointer(
                start: request.head,
                count: Int(request.head_length)
            )
            let body = UnsafeRawBufferPointer(
                start: request.body,
                count: Int(request.body_length)
            )
            let asked = Asked(head: String(decoding: head, as: UTF8.self), body: Array(body))
            count.add(1, ordering: .sequentiallyConsistent)
            self.asked.put(asked)
            switch work(asked) {
            case .whole(let status, let head, let body):
                let length = UInt64(body.count)
                scorer_answer(lane, &request, status, head, head.utf8.count, body, length)
            case .parts(let parts):
                send(parts.dropLast(), lane, &request)
                let last = parts.last ?? []
                scorer_last(lane, &request, last, UInt64(last.count))
            case .stream(let head, let write):
                withUnsafeMutablePointer(to: &request) { request in
                    write(PartWriter(lane: lane, request: request, head: head))
                }
                scorer_last(lane, &request, nil, 0)
            case .broken(let parts):
                send(parts[...], lane, &request)
                scorer_break_off(lane, &request)
            case .none: return
            }
        }
    }

    private func send(
        _ parts: ArraySlice<[UInt8]>,
        _ lane: OpaquePointer,
        _ request: inout scorer_request
    ) {
        let head = "content-type: text/plain\n"
        for part in parts {
            scorer_part(lane, &request, 200, head, head.utf8.count, part, UInt64(part.count))
        }
    }
}

/// What a scorer under test writes its parts with, on its own thread.
struct PartWriter {
    let lane: OpaquePointer
    let request: UnsafeMutablePointer<scorer_request>
    let head: String

    @discardableResult
    func write(_ text: String) -> scorer_result { write(Array(text.utf8)) }

    @discardableResult
    func write(_ bytes: [UInt8]) -> scorer_result {
        scorer_part(lane, request, 200, head, head.utf8.count, bytes, UInt64(bytes.count))
    }

    var isCancelled: Bool { scorer_is_cancelled(lane, request) }
}

/// Something that a scorer waits at until the test opens it.
final class Gate: Sendable {
    private let semaphore = DispatchSemaphore(value: 0)

    /// Lets `count` through.
    func open(_ count: Int = 1) { for _ in 0..<count { semaphore.signal() } }

    func pass() { semaphore.wait() }
}
