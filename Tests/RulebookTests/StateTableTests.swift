// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Rulebook
import Testing
import Vocabulary

/// The page is written anew with `SCOREKEEPER_UPDATE=1 swift test --filter StateTable`.
@Suite struct `The page of state tables` {
    private static let page = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .appendingPathComponent("../../Sources/Rulebook/States.md").standardized

    @Test func `says what the rulebook does`() throws {
        let page = Self.text
        if ProcessInfo.processInfo.environment["SCOREKEEPER_UPDATE"] != nil {
            try page.write(to: Self.page, atomically: true, encoding: .utf8)
        }

        let kept = try String(contentsOf: Self.page, encoding: .utf8)

        #expect(kept == page)
    }

    private static var text: String {
        let preface = """
            # The states and what becomes of them

            Tried on the rulebook and written by a test (`Tests/RulebookTests/StateTableTests.swift`),
            which fails when this page and the rulebook differ. A column is a state, a row an event,
            a cell the state after the whole decision, steering included; `.` is no change, a word in
            italics the code of a refusal.

            """
        return ([preface] + instances.lines + [""] + deployments.lines).joined(separator: "\n")
            + "\n"
    }

    // MARK: - Instances

    private static let one = Stage.run(1, 1)
    private static let first = Revision(number: 1)
    private static let second = Revision(number: 2)

    private static func stage(_ events: [Event]) -> Stage {
        var stage = Stage()
        for event in events { stage.hear(event) }
        return stage
    }

    private static let prepared: [Event] = [
        .declared(Stage.declaration(1)), .prepared(Stage.key, first),
    ]
    private static let spawned = prepared + [.spawned(one, pid: 7)]
    private static let serving = spawned + [.ready(one)]
    private static let crash = ExitReport(cause: .signalled(9))

    private static var waiting: Stage {
        var stage = Stage()
        let stray = HeldProcess(run: Stage.run(9, 1), pid: 99)
        stage.join(Stage.node, held: [stray])
        for event in prepared { stage.hear(event) }
        return stage
    }

    private static var failed: Stage {
        var stage = Stage()
        stage.hear(.declared(Stage.declaration(1)))
        stage.hear(.prepared(Stage.key, first))
        for number in 1...5 {
            stage.hear(.exited(Stage.run(1, number), crash))
            if let next = stage.rulebook.nextDeadline, number < 5 {
                stage.now = next
                stage.hear(.tick)
            }
        }
        return stage
    }

    private static var instances: StateTable {
        StateTable(
            title: "An instance",
            states: [
                ("waiting", waiting),
                ("starting, no process", stage(prepared)),
                ("starting, its lane open", stage(spawned)),
                ("serving", stage(serving)),
                ("draining", stage(serving + [.withdrawn(Stage.key)])),
                ("stopping, to start again", stage(serving + [.ejected(one, "it hangs")])),
                ("stopping, to leave", stage(spawned + [.withdrawn(Stage.key)])),
                ("backing off", stage(spawned + [.exited(one, crash)])),
                ("failed", failed),
            ],
            trials: aboutRuns + aboutPeers,
            show: { stage in
                let all = stage.deployment?.instances.map { instance in
                    let run = instance.run.map { "#\($0.incarnation)" } ?? ""
                    return "\(instance.state.rawValue)\(run)"
                }
                return all.map { $0.isEmpty ? "gone" : $0.joined(separator: ", ") } ?? "gone"
            }
        )
    }

    private static func trial(_ name: String, _ event: Event) -> StateTable.Trial {
        StateTable.Trial(name: name) { $0.hear(event) }
    }

    private static var aboutRuns: [StateTable.Trial] {
        [
            trial("`spawned`", .spawned(one, pid: 7)),
            trial("`nodeRefused`", .nodeRefused(one, Problem(.failed, code: "x", what: "no"))),
            trial("`ready`", .ready(one)),
            trial("`startFailed`", .startFailed(one, "no module")),
            trial("`ejected`", .ejected(one, "it hangs")),
            trial("`drained`", .drained(one)),
            trial("`exited`", .exited(one, crash)),
            trial("`exited` of an earlier run", .exited(Stage.run(1, 0), crash)),
        ]
    }

    private static var aboutPeers: [StateTable.Trial] {
        [
            trial("`nodeLost`", .nodeLost(Stage.node)),
            StateTable.Trial(name: "`nodeJoined`, without the run") { stage in
                stage.join(Stage.node)
                return stage.hear(.tick)
            },
            trial("`gatewayLost`", .gatewayLost),
            trial("`gatewayJoined`, without its lane", .gatewayJoined([])),
            trial(
                "`gatewayJoined`, its lane ready",
                .gatewayJoined([HeldLane(run: one, isReady: true)])
            ),
            trial("`withdrawn`", .withdrawn(Stage.key)),
            StateTable.Trial(name: "`tick` at its deadline") { stage in
                if let next = stage.rulebook.nextDeadline { stage.now = next }
                return stage.hear(.tick)
            },
            trial("`leave`", .leave),
        ]
    }

    // MARK: - Deployments

    private static var rolling: Stage {
        var stage = Stage()
        stage.play(.declared(Stage.declaration(1, instances: 2)))
        stage.silent = [second]
        stage.play(.declared(Stage.declaration(2, instances: 2)))
        return stage
    }

    private static func rolling(_ events: Event...) -> Stage {
        var stage = rolling
        for event in events { stage.play(event) }
        return stage
    }

    private static var rolled: Stage {
        var stage = Stage()
        for number in 1...2 { stage.play(.declared(Stage.declaration(number, instances: 2))) }
        return stage
    }

    private static var upgradePrepared: Stage {
        var stage = Stage()
        stage.play(.declared(Stage.declaration(1, instances: 2)))
        stage.hear(.declared(Stage.declaration(2, instances: 2)))
        return stage
    }

    private static var comparing: Stage {
        var stage = Stage()
        stage.play(.declared(Stage.declaration(1, instances: 2)))
        let rule = ComparisonRule(isRequired: true)
        stage.play(.declared(Stage.declaration(2, instances: 2, comparison: rule)))
        return stage
    }

    private static func compared(equal: Int, different: Int) -> Event {
        var found = RevisionComparison()
        found.requests = equal + different
        found.equal = equal
        found.different = different
        return .compared(Stage.key, second, found)
    }

    private static var deployments: StateTable {
        var lone = Stage()
        lone.play(.declared(Stage.declaration(1, instances: 2)))
        var back = rolled
        back.silent = [first]
        back.play(.rolloutUndone(Stage.key))
        return StateTable(
            title: "A deployment",
            states: [
                ("preparing", stage([.declared(Stage.declaration(1))])),
                ("starting", stage(prepared)),
                ("serving, its first", lone),
                ("preparing the next", upgradePrepared),
                ("comparing", comparing),
                ("rolling in", rolling),
                ("paused", rolling(.rolloutPaused(Stage.key))),
                ("rolled in", rolled),
                ("going back", back),
                ("undone midway", rolling(.rolloutUndone(Stage.key))),
                ("failed", failed),
                ("leaving", stage(serving + [.withdrawn(Stage.key)])),
            ],
            trials: wishes,
            show: { stage in
                guard let deployment = stage.deployment else { return "gone" }
                let rollout = deployment.rollout.map { ", \($0.state.rawValue)" } ?? ""
                return "\(deployment.state.rawValue)\(rollout)"
            }
        )
    }

    private static var wishes: [StateTable.Trial] {
        [
            trial("`declared`, newer", .declared(Stage.declaration(3, instances: 2))),
            trial("`prepared`, r2", .prepared(Stage.key, second)),
            trial(
                "`preparationFailed`, r2",
                .preparationFailed(Stage.key, second, Problem(.failed, code: "x", what: "no"))
            ),
            trial("`rolloutPaused`", .rolloutPaused(Stage.key)),
            trial("`rolloutResumed`", .rolloutResumed(Stage.key)),
            trial("`rolloutUndone`", .rolloutUndone(Stage.key)),
            trial(
                "`answered`, r2 failing",
                .answered(Stage.key, second, answers: 50, failures: 50)
            ),
            trial("`compared`, r2 the same", compared(equal: 9, different: 0)),
            trial("`compared`, r2 not the same", compared(equal: 8, different: 1)),
            trial("`withdrawn`", .withdrawn(Stage.key)),
            trial("`nodeLost`", .nodeLost(Stage.node)),
            trial("`gatewayLost`", .gatewayLost),
        ]
    }
}
