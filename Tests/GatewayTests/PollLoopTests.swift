// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import CLinux
import Glibc
import RequestDispatch
import Testing
import Wire

@testable import Gateway

/// Watches one end of a pair of sockets, and does what a test says when it is ready.
private final class WatchedEnd: Watched {
    let end: Descriptor
    let other: Descriptor
    var told = 0
    var whenReady: () -> Void = {}
    var isAbandoned = false

    override init() {
        var pair: [Int32] = [-1, -1]
        _ = linux_packet_pair(&pair, 1)
        (end, other) = (Descriptor(owning: pair[0]), Descriptor(owning: pair[1]))
    }

    func ring() {
        var byte: UInt8 = 1
        _ = write(other.number, &byte, 1)
    }

    override func ready(_ what: Readiness) {
        told += 1
        whenReady()
    }

    override func abandon() { isAbandoned = true }
}

@Suite(.timeLimit(.minutes(1))) struct `The gateway's loop` {
    private let loop: PollLoop
    private let mail: LoopMail

    init() throws {
        mail = try LoopMail()
        let poller = try Poller()
        try poller.add(mail.bell.number, for: .input, token: PollLoop.mailToken)
        loop = PollLoop(poller, mail)
    }

    private func run() throws {
        loop.run(
            GatewayCore(
                loop: loop,
                limits: DispatchLimits(),
                desk: ComparisonDesk(),
                readingGrace: .seconds(10),
                report: { _ in },
                left: {}
            )
        )
    }

    @Test func `does what others ask in the order of asking, and ends when it is told to`() throws {
        let order = Mailbox<Int>()
        for number in 0..<3 { mail.post { _ in order.put(number) } }
        mail.post { $0.loop.stop() }

        try run()

        #expect(try (0..<3).map { _ in try order.take { $0 } } == [0, 1, 2])
    }

    @Test func `does what is due when it is due, and nothing that was cancelled`() throws {
        var done: [String] = []
        // Due in this order however long it takes to say so.
        loop.schedule(in: .milliseconds(1)) { done.append("early") }
        loop.schedule(in: .milliseconds(3)) { [loop] in
            done.append("late")
            loop.stop()
        }
        loop.cancel(loop.schedule(in: .zero) { done.append("cancelled") })
        loop.execute { done.append("at once") }

        try run()

        // On a busy machine all may be due by the first turn.
        #expect(done.filter { $0 != "at once" } == ["early", "late"])
        #expect(done.contains("at once"))
    }

    @Test func `tells nobody of what became ready under another's watch`() throws {
        let (first, second, third) = (WatchedEnd(), WatchedEnd(), WatchedEnd())
        let ends = [first, second]
        let watches = try ends.map { try loop.watch($0, $0.end.number, for: .input) }
        // Both are ready in the same wait; whoever is told first lets the other's place go.
        for (place, end) in ends.enumerated() {
            end.ring()
            end.whenReady = { [loop] in
                let other = 1 - place
                loop.forget(watches[other], ends[other].end.number, isClosed: false)
                _ = try? loop.watch(third, third.end.number, for: .input)
                loop.stop()
            }
        }

        try run()

        #expect(first.told + second.told == 1)
        #expect(third.told == 0)
        #expect(third.isAbandoned)
    }

    @Test func `goes on telling of what nobody has read`() throws {
        let end = WatchedEnd()
        _ = try loop.watch(end, end.end.number, for: .input)
        end.ring()
        end.whenReady = { [loop] in if end.told == 3 { loop.stop() } }

        try run()

        #expect(end.told == 3)
    }
}
