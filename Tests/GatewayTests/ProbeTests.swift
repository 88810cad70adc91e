// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Testing
import Vocabulary
import Wire

@testable import Gateway

@Suite(.serialized) struct `A probe of a run` {
    private let score = "/endpoints/iris/score"
    private static let timeout = 200

    /// What comes of a probe that is asked for now.
    private func probed(
        _ gateway: GatewayUnderTest,
        _ run: Run,
        _ kind: ProbeKind = .readiness
    ) throws -> Bool {
        try gateway.send(.probe(run, kind, timeoutMilliseconds: Self.timeout))
        return try gateway.report { report in
            guard case .probed(run, kind, let isAnswered) = report else { return nil }
            return isAnswered
        }
    }

    @Test(arguments: ProbeKind.allCases)
    func `is answered by the work loop of its scorer`(kind: ProbeKind) throws {
        let gateway = try GatewayUnderTest()
        let scorer = try gateway.startScorer(gateway.run(1))
        try gateway.route([gateway.run(1)])

        #expect(try probed(gateway, gateway.run(1), kind))
        #expect(scorer.begun == 0, "a probe is no request")
    }

    @Test func `is not answered by one whose work loop stands still, and again once it moves`()
        throws
    {
        let gateway = try GatewayUnderTest(isPatient: true)
        let gate = Gate()
        let run = gateway.run(1)
        let socket = try gateway.openLane(run)
        let scorer = ScorerUnderTest(socket: socket, threads: 1, dozingAt: gate) { .echo($0) }
        try gateway.report { if case .ready(run) = $0 { true } else { nil } }
        try gateway.route([run])

        let asleep = try probed(gateway, run)
        gate.open()
        let awake = try probed(gateway, run)

        #expect(!asleep)
        #expect(awake)
        #expect(scorer.begun == 0)
    }

    @Test func `counts as answered while a request is in hand: its deadline judges that`() throws {
        let gateway = try GatewayUnderTest()
        let gate = Gate()
        let scorer = try gateway.startScorer(gateway.run(1)) { asked in
            gate.pass()
            return .echo(asked)
        }
        try gateway.route([gateway.run(1)])
        let client = try gateway.connect()
        client.post(score, "slow")
        try scorer.asked.take { _ in true }

        let busy = try probed(gateway, gateway.run(1), .liveness)
        gate.open()

        #expect(busy)
        #expect(try client.answer().text == "slow")
    }

    @Test func `says nothing of a run that ended, or was never ready`() throws {
        let gateway = try GatewayUnderTest()
        let loading = gateway.run(2)
        _ = try gateway.openLane(loading)
        let ended = try gateway.startScorer(gateway.run(1))
        ended.die()
        try gateway.report { if case .ejected = $0 { true } else { nil } }
        let well = try gateway.startScorer(gateway.run(3))
        for run in [gateway.run(1), loading] {
            try gateway.send(.probe(run, .liveness, timeoutMilliseconds: 1))
        }

        // Those were asked before, and for less time: what comes first is of the third.
        let first = try {
            try gateway.send(.probe(gateway.run(3), .liveness, timeoutMilliseconds: Self.timeout))
            return try gateway.report { report -> Run? in
                if case .probed(let run, _, _) = report { run } else { nil }
            }
        }()

        #expect(first == gateway.run(3))
        #expect(well.begun == 0)
    }
}
