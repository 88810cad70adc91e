// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Rulebook
import Testing
import Vocabulary

@Suite struct `A rollout that compares answers` {
    private static let first = Revision(number: 1)
    private static let second = Revision(number: 2)
    private static let required = ComparisonRule(tolerance: 0.001, isRequired: true)
    private static let reported = ComparisonRule(isRequired: false)

    private static func found(equal: Int = 0, different: Int = 0) -> RevisionComparison {
        var found = RevisionComparison()
        found.requests = equal + different
        found.equal = equal
        found.different = different
        return found
    }

    /// r1 serves, and r2 is declared; `found` is what the gateway tells of r2, nothing for never.
    private func rolling(
        _ rule: ComparisonRule?,
        _ found: RevisionComparison?,
        instances: Int = 2
    ) -> Stage {
        var stage = Stage()
        stage.play(.declared(Stage.declaration(1, instances: instances)))
        stage.found[Self.second] = found
        stage.effects = []
        stage.play(
            .declared(Stage.declaration(2, instances: instances, comparison: rule))
        )
        return stage
    }

    /// The runs of r2 that were ever routed to, in a stage that began with r1 alone.
    private func routed(in stage: Stage) -> Int {
        let old = Set((1...2).map { Stage.run($0, 1) })
        return Set(
            stage.effects.flatMap { effect -> [Run] in
                guard case .publish(let endpoint) = effect else { return [] }
                return endpoint.deployments.flatMap(\.runs)
            }
        ).subtracting(old).count
    }

    private func orders(in stage: Stage) -> [Run] {
        stage.effects.compactMap { effect in
            if case .compare(let run, _, _, _) = effect { run } else { nil }
        }
    }

    private func comparison(_ stage: Stage) -> ComparisonView? {
        stage.deployment?.rollout?.comparison
    }

    // MARK: - Before

    @Test func `has the gateway keep requests as soon as a revision wants them`() {
        var stage = Stage()
        stage.play(.declared(Stage.declaration(1)))
        let before = stage.published?.keptRequests
        let rule = ComparisonRule(requests: 12, isRequired: false)
        stage.hear(.declared(Stage.declaration(2, comparison: rule)))

        #expect(before == nil)
        #expect(stage.published?.keptRequests == 12)
    }

    @Test func `gives a new revision no request until its answers are known`() throws {
        var stage = rolling(Self.required, nil)
        let run = try #require(orders(in: stage).first)

        #expect(routed(in: stage) == 0)
        #expect(stage.deployment?.serving == 2)
        #expect(stage.deployment?.rollout?.state == .comparing)
        #expect(stage.deployment?.instances.last?.state == .comparing)
        #expect(stage.deployment?.sentence.contains("its answers are compared") == true)
        #expect(comparison(stage)?.state == .underway)
        let story = stage.rulebook.explanation(of: run.instance)?.description ?? ""
        #expect(story.contains("its answers are compared"))

        stage.play(.compared(Stage.key, Self.second, Self.found(equal: 64)))

        #expect(routed(in: stage) == 2)
        #expect(stage.deployment?.current == Self.second)
        #expect(comparison(stage)?.state == .equal)
        #expect(comparison(stage)?.sentence == "64 answers of r2 are what r1 answered")
    }

    @Test func `asks one run, and lets the others wait with it`() {
        let stage = rolling(Self.required, nil, instances: 10)

        #expect(orders(in: stage).count == 1)
        #expect(stage.deployment?.instances.count { $0.state == .comparing } == 2)
        #expect(stage.deployment?.serving == 10)
    }

    @Test func `compares nothing where nobody asks for it, nor the first revision`() {
        var stage = Stage()
        stage.play(.declared(Stage.declaration(1, comparison: Self.required)))
        let isServing = stage.deployment?.state == .serving
        stage.play(.declared(Stage.declaration(2)))

        #expect(isServing)
        #expect(orders(in: stage).isEmpty)
        #expect(stage.deployment?.current == Self.second)
        #expect(comparison(stage) == nil)
    }

    // MARK: - Verdicts

    @Test func `halts where they differ and must not, and the old one never stopped`() throws {
        var found = Self.found(equal: 52, different: 12)
        found.failed = 1
        found.outputs = [
            .init(path: "predictions[]", compared: 64, differing: 12, largest: 0.31),
            .init(path: "tax", appeared: 64), .init(path: "currency", went: 64),
        ]
        found.statuses = [.init(old: 200, new: 500, count: 1)]
        let stage = rolling(Self.required, found)
        let problem = try #require(stage.deployment?.rollout?.problem)

        #expect(routed(in: stage) == 0)
        #expect(stage.deployment?.rollout?.state == .halted)
        #expect(stage.deployment?.current == Self.first)
        #expect(stage.deployment?.serving == 2)
        #expect(stage.deployment?.instances.count == 2)
        #expect(
            problem.what
                == "12 of 64 answers of r2 differ from those of r1; 1 that r1 answers, r2 fails; "
                + "the largest in 'predictions[]': 0.31, allowed 0.001 of the larger; "
                + "appeared 'tax'; gone 'currency'; 200 became 500"
        )
        #expect(comparison(stage)?.found?.different == 12)
        #expect(!stage.effects.contains { if case .drain = $0 { true } else { false } })
    }

    @Test func `stays away when it was halted so: another life would have nothing to compare`() {
        let stage = rolling(Self.required, Self.found(different: 1))

        #expect(stage.rulebook.isGivenUp(Stage.key, Self.second))
        #expect(stage.rulebook.staysAway(Stage.key, Self.second))
    }

    @Test func `goes on where differences are told, and keeps what was found`() {
        let stage = rolling(Self.reported, Self.found(equal: 1, different: 3))

        #expect(stage.deployment?.current == Self.second)
        #expect(stage.deployment?.rollout?.state == .completed)
        #expect(comparison(stage)?.state == .different)
        #expect(comparison(stage)?.sentence == "3 of 4 answers of r2 differ from those of r1")
    }

    @Test(arguments: [true, false])
    func `goes on where there was nothing to compare, and says so`(isRequired: Bool) {
        let stage = rolling(ComparisonRule(isRequired: isRequired), RevisionComparison())

        #expect(stage.deployment?.current == Self.second)
        #expect(comparison(stage)?.state == .nothing)
        #expect(comparison(stage)?.sentence.contains("there was nothing to compare") == true)
    }

    @Test func `halts where none of what was asked could be compared and must be`() {
        var found = RevisionComparison()
        found.requests = 8
        found.uncompared = 8

        #expect(rolling(Self.required, found).deployment?.rollout?.state == .halted)
        #expect(rolling(Self.reported, found).deployment?.current == Self.second)
    }

    // MARK: - Bad luck

    @Test func `is begun again when nothing comes of it, and ends after three times`() {
        var required = rolling(Self.required, nil)
        var reported = rolling(Self.reported, nil)
        required.pass(.seconds(89))
        let before = orders(in: required).count
        required.pass(.seconds(2))
        let after = orders(in: required).count
        required.pass(.seconds(200))
        reported.pass(.seconds(300))

        #expect((before, after) == (1, 2))
        #expect(orders(in: required).count == 3)
        #expect(required.deployment?.rollout?.state == .halted)
        #expect(required.deployment?.problem?.what.contains("nothing came of it") == true)
        #expect(reported.deployment?.current == Self.second)
        #expect(comparison(reported)?.state == .unfinished)
    }

    @Test func `is begun again with the next run when the one that was asked died`() throws {
        var stage = rolling(Self.reported, nil)
        for number in 1...3 {
            let run = try #require(orders(in: stage).last)
            stage.play(.exited(run, ExitReport(cause: .signalled(11))))
            stage.pass(.seconds(2))
            #expect(orders(in: stage).count == min(3, number + 1))
        }

        #expect(stage.deployment?.current == Self.second)
        #expect(comparison(stage)?.sentence.contains("in vain: run") == true)
    }

    @Test func `blames nobody for a node or a gateway that is lost, and begins again`() throws {
        var stage = rolling(Self.required, nil)
        let run = try #require(orders(in: stage).first)
        for _ in 1...4 {
            stage.play(.gatewayLost)
            stage.play(.gatewayJoined([HeldLane(run: run, isReady: true)]))
            stage.pass(.seconds(31))
        }
        let again = orders(in: stage).count
        for _ in 1...4 {
            stage.play(.nodeLost(Stage.node))
            stage.join(Stage.node)
            stage.play(.tick)
        }

        #expect(again == 5)
        #expect(stage.deployment?.rollout?.state != .halted)
        #expect(comparison(stage)?.state != .unfinished)

        stage.found[Self.second] = Self.found(equal: 3)
        stage.pass(.seconds(600))

        #expect(stage.deployment?.current == Self.second)
        #expect(comparison(stage)?.state == .equal)
    }

    /// r2 is being compared when the gateway is lost; a new one has kept nothing.
    private func bereft(_ rule: ComparisonRule) throws -> Stage {
        var stage = rolling(rule, nil)
        try #require(orders(in: stage).count == 1)
        stage.found[Self.second] = RevisionComparison()
        stage.play(.gatewayLost)
        stage.play(.gatewayJoined([]))
        return stage
    }

    @Test func `waits for live requests where the gateway was lost after it had begun`() throws {
        var stage = try bereft(Self.required)
        stage.pass(.seconds(29))
        let early = orders(in: stage).count
        stage.pass(.seconds(2))
        let (asked, sentence) = (orders(in: stage).count, comparison(stage)?.sentence)
        let (state, routedBefore) = (stage.deployment?.rollout?.state, routed(in: stage))
        stage.found[Self.second] = Self.found(equal: 7)
        stage.pass(.seconds(30))

        #expect((early, asked) == (1, 2))
        #expect(sentence?.contains("they are compared once requests are kept") == true)
        #expect(state == .comparing)
        #expect(routedBefore == 0)
        #expect(stage.deployment?.current == Self.second)
        #expect(comparison(stage)?.sentence == "7 answers of r2 are what r1 answered")
    }

    @Test func `halts where none come for ten minutes after, and says why`() throws {
        var stage = try bereft(Self.required)
        stage.pass(.seconds(599))
        let before = stage.deployment?.rollout?.state
        stage.pass(.seconds(2))

        #expect(before == .comparing)
        #expect(stage.deployment?.rollout?.state == .halted)
        #expect(routed(in: stage) == 0)
        #expect(stage.deployment?.current == Self.first)
        #expect(stage.deployment?.problem?.what.contains("the gateway was lost") == true)
        #expect(stage.deployment?.problem?.what.contains("was kept within 600 s") == true)
    }

    @Test func `goes on where differences are told, and says that nothing was left`() throws {
        let stage = try bereft(Self.reported)

        #expect(stage.deployment?.current == Self.second)
        #expect(comparison(stage)?.state == .nothing)
        #expect(comparison(stage)?.sentence.contains("there was nothing left to compare") == true)
    }

    @Test func `goes on where the gateway was lost before anything was asked of it`() {
        var stage = Stage()
        stage.play(.declared(Stage.declaration(1, instances: 2)))
        stage.play(.gatewayLost)
        stage.play(.gatewayJoined([]))
        stage.found[Self.second] = RevisionComparison()
        stage.play(.declared(Stage.declaration(2, instances: 2, comparison: Self.required)))

        #expect(stage.deployment?.current == Self.second)
        #expect(comparison(stage)?.sentence.contains("has answered no recent requests") == true)
    }

    @Test func `goes on in the next life of the supervisor`() throws {
        var stage = rolling(Self.required, nil)
        let run = try #require(orders(in: stage).first)
        let data = try JSONEncoder().encode(stage.rulebook)
        stage.rulebook = try JSONDecoder().decode(Rulebook.self, from: data)
        stage.effects = []

        stage.hear(.began(nodes: stage.nodes))
        stage.join(
            Stage.node,
            held: [Stage.run(1, 1), Stage.run(2, 1), run].map { HeldProcess(run: $0, pid: 7) }
        )
        let lanes = [Stage.run(1, 1), Stage.run(2, 1), run]
        stage.play(.gatewayJoined(lanes.map { HeldLane(run: $0, isReady: true) }))
        let isAskedAgain = orders(in: stage) == [run]
        stage.play(.compared(Stage.key, Self.second, Self.found(different: 2)))

        #expect(isAskedAgain)
        #expect(routed(in: stage) == 0)
        #expect(stage.deployment?.rollout?.state == .halted)
    }

    @Test func `remembers in the next life what it came to`() throws {
        var stage = rolling(Self.required, Self.found(different: 2))
        let data = try JSONEncoder().encode(stage.rulebook)
        stage.rulebook = try JSONDecoder().decode(Rulebook.self, from: data)
        stage.hear(.began(nodes: stage.nodes))

        #expect(comparison(stage)?.state == .different)
        #expect(stage.deployment?.rollout?.state == .halted)
    }

    // MARK: - Commands

    @Test func `is undone while it is compared, and what comes later of it changes nothing`() {
        var stage = rolling(Self.required, nil)
        stage.play(.rolloutUndone(Stage.key))
        let late = stage.play(.compared(Stage.key, Self.second, Self.found(equal: 5)))

        #expect(late.isEmpty)
        #expect(routed(in: stage) == 0)
        #expect(stage.deployment?.rollout?.state == .undone)
        #expect(stage.deployment?.instances.count == 2)
    }

    @Test func `is overtaken while it is compared, and the next one is compared with what stands`()
    {
        var stage = rolling(Self.required, nil)
        stage.found[Revision(number: 3)] = Self.found(equal: 2)
        stage.play(
            .declared(Stage.declaration(3, instances: 2, comparison: Self.required))
        )

        #expect(stage.deployment?.current == Revision(number: 3))
        #expect(comparison(stage)?.sentence == "2 answers of r3 are what r1 answered")
    }

    @Test func `goes back by an undo without comparing: what stood before is known`() {
        var stage = rolling(Self.required, Self.found(equal: 1))
        let before = orders(in: stage).count
        stage.play(.rolloutUndone(Stage.key))

        #expect(orders(in: stage).count == before)
        #expect(stage.deployment?.current == Self.first)
    }
}
