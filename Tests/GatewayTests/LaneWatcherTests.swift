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
}
