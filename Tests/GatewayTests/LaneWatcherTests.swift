// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Glibc
import Testing
import Vocabulary

@testable import Gateway

@Suite(.timeLimit(.minutes(1))) struct `A gateway that reads a lane's socket` {
    @Test func `keeps no descriptor that a scorer sends along`() throws {
        let gateway = try GatewayUnderTest()
        let scorer = try Scribbler(socket: gateway.openLane(gateway.run(1)))
        let pipe = try WatchedPipe()
        let number = try required(pipe.reader?.number)

        for _ in 0..<8 { scorer.ring(with: [number]) }
        pipe.reader = nil

        while pipe.isHeld { sched_yield() }
        _ = try gateway.startScorer(gateway.run(2))
    }

    @Test func `rings once for all that came at once, however often the scorer sleeps`() throws {
        // On a machine that does something else meanwhile the scorer would count as hung.
        let gateway = try GatewayUnderTest(isPatient: true)
        let scorer = try DozingScorer(socket: gateway.openLane(gateway.run(1), calls: 8))
        try gateway.report { if case .ready = $0 { true } else { nil } }
        try gateway.route([gateway.run(1)])
        let request =
            "POST /endpoints/iris/score HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\n\r\nx"
        let client = try gateway.connect()

        client.send(String(repeating: request, count: 8))
        try scorer.waitForBell()
        _ = try gateway.statistics()

        #expect(scorer.bells() == 0)
    }
}
