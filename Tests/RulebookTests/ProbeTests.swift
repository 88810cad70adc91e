// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Rulebook
import Testing
import Vocabulary

@Suite struct `A probe` {
    private static let quick = ProbeRule(
        initialDelay: .seconds(5),
        period: .seconds(2),
        timeout: .seconds(1),
        successThreshold: 2,
        failureThreshold: 3
    )

    private func stage(_ rules: ProbeRules, instances: Int = 2) -> Stage {
        var stage = Stage()
        stage.play(.declared(Stage.declaration(1, instances: instances, probes: rules)))
        return stage
    }

    private func probes(in stage: Stage) -> Int {
        stage.effects.count { if case .probe = $0 { true } else { false } }
    }

    @Test func `has Azure's defaults`() {
        let rule = ProbeRule()

        #expect(rule.initialDelay == .seconds(10) && rule.period == .seconds(10))
        #expect(rule.timeout == .seconds(2))
        #expect(rule.successThreshold == 1 && rule.failureThreshold == 30)
    }

    @Test func `is asked after its first delay, then once a period`() {
        var stage = stage(ProbeRules(readiness: Self.quick), instances: 1)
        stage.pass(.milliseconds(4_999))
        let before = probes(in: stage)

        stage.pass(.milliseconds(4_001))

        #expect(before == 0)
        #expect(probes(in: stage) == 3)
    }

    @Test func `of readiness that fails takes a run out of the route until it answers again`() {
        var stage = stage(ProbeRules(readiness: Self.quick))
        stage.unwell = [Stage.run(1, 1)]
        stage.pass(.seconds(8))
        let soon = stage.published?.runs.count
        stage.pass(.seconds(2))
        let left = stage.published?.runs
        stage.unwell = []
        stage.pass(.seconds(2))
        let once = stage.published?.runs.count

        stage.pass(.seconds(2))

        #expect(soon == 2)
        #expect(left == [Stage.run(2, 1)])
        #expect(once == 1)
        #expect(stage.published?.runs.count == 2)
        #expect(!stage.effects.contains { if case .end = $0 { true } else { false } })
    }

    @Test func `of readiness never takes the last one out of the route`() {
        var stage = stage(ProbeRules(readiness: Self.quick))
        stage.unwell = [Stage.run(1, 1), Stage.run(2, 1)]

        stage.pass(.seconds(30))

        #expect(stage.published?.runs.count == 2)
        #expect(stage.deployment?.serving == 0)
        #expect(stage.deployment?.state == .recovering)
    }

    @Test func `of liveness that fails ends a run and starts another`() {
        var stage = stage(ProbeRules(liveness: Self.quick))
        stage.unwell = [Stage.run(1, 1)]

        stage.pass(.seconds(10))

        #expect(stage.effects.contains(.end(Stage.run(1, 1), on: Stage.node)))
        #expect(stage.published?.runs == [Stage.run(1, 2), Stage.run(2, 1)])
    }

    @Test func `of liveness ends the last that serves only when another does`() throws {
        var stage = stage(ProbeRules(liveness: Self.quick))
        stage.unwell = [Stage.run(1, 1), Stage.run(2, 1)]
        stage.silent = [Revision(number: 1)]

        stage.pass(.seconds(20))
        let meanwhile = stage.published?.runs
        stage.silent = []
        stage.play(.ready(Stage.run(1, 2)))
        stage.pass(.seconds(2))

        #expect(meanwhile == [Stage.run(2, 1)])
        #expect(stage.published?.runs == [Stage.run(1, 2), Stage.run(2, 2)])
    }

    @Test func `never ends a slow start`() {
        var stage = Stage()
        stage.silent = [Revision(number: 1)]
        let rules = ProbeRules(liveness: Self.quick, readiness: Self.quick)
        stage.play(.declared(Stage.declaration(1, probes: rules)))

        stage.pass(.seconds(299))

        #expect(probes(in: stage) == 0)
        #expect(!stage.effects.contains { if case .end = $0 { true } else { false } })
    }

    @Test func `ends no start before its own budget is spent, and says what that was`() throws {
        var stage = Stage()
        stage.silent = [Revision(number: 1)]
        let rules = ProbeRules(liveness: Self.quick)
        let patient = Stage.declaration(1, probes: rules, startDeadline: .seconds(600))
        stage.play(.declared(patient))

        stage.pass(.milliseconds(599_999))
        let early = stage.effects.contains { if case .end = $0 { true } else { false } }
        stage.pass(.milliseconds(1))

        #expect(!early)
        #expect(stage.effects.contains(.end(Stage.run(1, 1), on: Stage.node)))
        let problem = try #require(stage.deployment?.instances.first?.problem)
        #expect(problem.contains("was not ready within 600000 ms"))
    }

    @Test func `is judged by one answer a question, however often that is said`() {
        var stage = stage(ProbeRules(liveness: Self.quick, readiness: Self.quick))
        let run = Stage.run(1, 1)
        stage.pass(.seconds(5))
        for kind in ProbeKind.allCases {
            for _ in 0..<5 { stage.hear(.probed(run, kind, succeeded: false)) }
        }
        let untouched = stage.published?.runs.count

        stage.unwell = [run]
        stage.pass(.seconds(6))

        #expect(untouched == 2)
        #expect(stage.effects.contains(.end(run, on: Stage.node)))
    }

    @Test func `counts anew once a gateway is back`() {
        var stage = stage(ProbeRules(liveness: Self.quick))
        stage.unwell = [Stage.run(1, 1)]
        stage.pass(.seconds(8))
        stage.play(.gatewayLost)

        stage.play(.gatewayJoined([]))
        stage.pass(.seconds(8))
        let early = stage.effects.contains(.end(Stage.run(1, 1), on: Stage.node))
        stage.pass(.seconds(2))

        #expect(!early)
        #expect(stage.effects.contains(.end(Stage.run(1, 1), on: Stage.node)))
    }

    @Test(arguments: ProbeKind.allCases)
    func `that fails halts the rollout of its revision`(kind: ProbeKind) {
        var stage = Stage()
        stage.play(.declared(Stage.declaration(1)))
        let rules =
            kind == .liveness
            ? ProbeRules(liveness: Self.quick) : ProbeRules(readiness: Self.quick)
        stage.play(.declared(Stage.declaration(2, probes: rules)))
        stage.unwell = [Stage.run(2, 1)]

        stage.pass(.seconds(10))

        #expect(stage.deployment?.current == Revision(number: 1))
        #expect(stage.deployment?.problem?.code == "probe")
    }

    @Test func `of nothing is refused`() {
        var stage = Stage()
        let rules = ProbeRules(liveness: ProbeRule(period: .zero))

        let decision = stage.play(.declared(Stage.declaration(1, probes: rules)))

        #expect(decision.refusal?.code == "probe")
    }
}
