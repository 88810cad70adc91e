// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Rulebook
import Testing
import Vocabulary

@Suite struct `A revision that fails` {
    private static let first = Revision(number: 1)
    private static let second = Revision(number: 2)

    /// r2 is on its way in: one of it serves beside four of r1, and the next does not get ready.
    private func midway(rule: FailureRule? = nil) -> Stage {
        var stage = Stage()
        stage.play(.declared(Stage.declaration(1, instances: 5)))
        stage.silent = [Self.second]
        stage.play(.declared(Stage.declaration(2, instances: 5, rule: rule)))
        if let new = stage.deployment?.instances.last?.run { stage.play(.ready(new)) }
        return stage
    }

    private func answered(_ revision: Revision, _ answers: Int, _ failures: Int) -> Event {
        .answered(Stage.key, revision, answers: answers, failures: failures)
    }

    @Test func `more than a tenth of fifty requests in a minute goes, and the old one returns`() {
        var stage = midway()

        stage.play(answered(Self.second, 49, 20))
        let before = stage.deployment?.state
        stage.play(answered(Self.second, 1, 0))

        #expect(before == .rollingOut)
        #expect(stage.deployment?.current == Self.first)
        #expect(stage.deployment?.rollout?.state == .halted)
        #expect(stage.deployment?.problem?.code == "failing")
        #expect(
            stage.deployment?.problem?.what
                == "20 of 50 answers of r2 failed within a minute, and 10 percent may"
        )
        #expect(stage.deployment?.problem?.remedy == "see 'scorekeeper logs iris --all'")
        #expect(stage.deployment?.instances.allSatisfy { $0.revision == Self.first } == true)
        #expect(stage.deployment?.serving == 5)
    }

    @Test func `no more than a tenth stays`() {
        var stage = midway()

        stage.play(answered(Self.second, 500, 50))

        #expect(stage.deployment?.state == .rollingOut)
    }

    @Test(arguments: [(9, 9, false), (10, 9, false), (10, 10, true), (49, 48, false)])
    func `goes after few requests where all of at least ten failed`(
        answers: Int,
        failures: Int,
        goes: Bool
    ) {
        var stage = midway()

        stage.play(answered(Self.second, answers, failures))

        #expect((stage.deployment?.givenUp == Self.second) == goes)
    }

    @Test(arguments: [(1, 0, true), (1, 1, false), (4, 3, true), (9, 9, false)])
    func `is not blamed after few requests for what the old one does as well`(
        old: Int,
        failed: Int,
        goes: Bool
    ) {
        var stage = midway()
        stage.play(answered(Self.first, old, failed))

        stage.play(answered(Self.second, 10, 10))

        #expect((stage.deployment?.givenUp == Self.second) == goes)
    }

    @Test(arguments: [(100, 50, 50, false), (10, 4, 1, true), (50, 4, 2, false)])
    func `is judged after few requests as its rule has it`(
        percent: Int,
        requests: Int,
        failures: Int,
        goes: Bool
    ) {
        var stage = midway(rule: FailureRule(percent: percent, requests: requests))

        stage.play(answered(Self.second, max(4, requests), failures))

        #expect((stage.deployment?.givenUp == Self.second) == goes)
    }

    @Test func `is judged by its last minute alone`() {
        var stage = midway()
        stage.play(answered(Self.second, 40, 30))

        stage.pass(.seconds(60))
        stage.play(answered(Self.second, 40, 0))

        #expect(stage.deployment?.state == .rollingOut)
    }

    @Test(arguments: [(15, 30, true), (15, 20, false), (95, 100, false), (0, 11, false)])
    func `is not blamed for what the old one does as well`(
        old: Int,
        new: Int,
        goes: Bool
    ) {
        var stage = midway(rule: FailureRule(percent: 11, requests: 50))
        stage.play(answered(Self.first, 100, old))

        stage.play(answered(Self.second, 100, new))

        #expect((stage.deployment?.givenUp == Self.second) == goes)
    }

    @Test func `is blamed where too little is known of the old one`() {
        var stage = midway()
        stage.play(answered(Self.first, 9, 9))

        stage.play(answered(Self.second, 50, 50))

        #expect(stage.deployment?.givenUp == Self.second)
    }

    @Test func `goes within a minute of having been rolled in whole, wave by wave`() {
        var stage = Stage()
        stage.play(.declared(Stage.declaration(1, instances: 2)))
        stage.play(.declared(Stage.declaration(2, instances: 2)))
        stage.pass(.seconds(59))
        #expect(stage.rulebook.watched == [Stage.key])

        stage.play(answered(Self.second, 50, 50))

        #expect(stage.deployment?.current == Self.first)
        #expect(stage.deployment?.givenUp == Self.second)
        #expect(stage.deployment?.serving == 2)
        #expect(stage.play(.rolloutUndone(Stage.key)).refusal?.code == "nothingBefore")
    }

    @Test func `is left alone a minute after it has been rolled in whole`() {
        var stage = Stage()
        stage.play(.declared(Stage.declaration(1)))
        stage.play(.declared(Stage.declaration(2)))
        stage.pass(.seconds(60))

        stage.play(answered(Self.second, 50, 50))

        #expect(stage.deployment?.current == Self.second)
        #expect(stage.rulebook.watched.isEmpty)
    }

    @Test func `is left alone where nothing was there before it`() {
        var stage = Stage()
        stage.play(.declared(Stage.declaration(1)))

        stage.play(answered(Self.first, 100, 100))

        #expect(stage.deployment?.state == .serving)
    }

    @Test func `is left alone where somebody went back to it`() {
        var stage = Stage()
        stage.play(.declared(Stage.declaration(1)))
        stage.play(.declared(Stage.declaration(2)))
        stage.play(.rolloutUndone(Stage.key))

        stage.play(answered(Self.first, 100, 100))

        #expect(stage.deployment?.current == Self.first)
    }

    @Test func `goes though its rollout is paused`() {
        var stage = midway()
        stage.play(.rolloutPaused(Stage.key))

        stage.play(answered(Self.second, 50, 50))

        #expect(stage.deployment?.givenUp == Self.second)
        #expect(stage.deployment?.rollout?.pausedSince == nil)
    }

    @Test(arguments: [(0, 50), (101, 50), (10, 0)])
    func `cannot be told by a rule that makes no sense`(percent: Int, requests: Int) {
        var stage = Stage()
        let rule = FailureRule(percent: percent, requests: requests)

        let decision = stage.play(.declared(Stage.declaration(1, rule: rule)))

        #expect(decision.refusal?.code == "failureRule")
    }
}
