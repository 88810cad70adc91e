// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Client
import ControlAPI
import Foundation
import Testing
import Vocabulary

@Suite struct `A patch as it is told` {
    private let digest: Digest
    private let blue: DeploymentKey
    private let green: DeploymentKey

    init() throws {
        digest = try #require(Digest(String(repeating: "a", count: 64)))
        blue = try #require(DeploymentKey("iris/blue"))
        green = try #require(DeploymentKey("iris/green"))
    }

    private func environment(_ keys: DeploymentKey...) -> PatchPlan.Environment {
        var environment = PatchPlan.Environment(
            digest: digest,
            names: ["azureml:tools:1"],
            pins: ["scipy==1.17.1"]
        )
        environment.deployments = keys.map {
            PatchPlan.Deployment(key: $0, revision: Revision(number: 1))
        }
        return environment
    }

    private func changing(_ keys: DeploymentKey...) -> PatchPlan.Environment {
        var environment = environment()
        environment.settlement = digest
        environment.changes = [
            PackageChange("Python", from: "3.11.2", to: "3.11.7"),
            PackageChange("numpy", from: "2.1.0", to: "2.1.3"),
            PackageChange("added", from: nil, to: "1.0"),
            PackageChange("gone", from: "0.9", to: nil),
        ]
        environment.deployments = keys.map { key in
            let step = PlanAnswer.Step(
                "deployment",
                "\(key)",
                .update,
                capacity: "ceil(1.2 x 10) x 4 = 48 of 64 cores; 16 stay free",
                callers: "nothing",
                revision: Revision(number: 2)
            )
            return .init(key: key, revision: Revision(number: 1), step: step)
        }
        return environment
    }

    @Test func `names each package, who runs in it, and what that reserves`() {
        let plan = PatchPlan(environments: [changing(blue)], others: [])

        #expect(
            PatchReport.lines(plan) == [
                "~ environment aaaaaaaaaaaa (azureml:tools:1)",
                "    Python 3.11.2 -> 3.11.7", "    numpy 2.1.0 -> 2.1.3", "    added: added 1.0",
                "    removed: gone 0.9", "    stays, pinned exactly: scipy==1.17.1",
                "  ~ deployment iris/blue: r1 becomes r2",
                "      reserves ceil(1.2 x 10) x 4 = 48 of 64 cores; 16 stay free",
                "      callers notice nothing", "1 deployment would be patched, one after another",
            ]
        )
    }

    @Test func `says where there is nothing newer, and what has no packages`() {
        let program = PatchPlan.Deployment(
            key: green,
            revision: Revision(number: 3),
            passed: "it is a program"
        )
        let plan = PatchPlan(environments: [environment(blue)], others: [program])

        #expect(
            PatchReport.lines(plan) == [
                "= environment aaaaaaaaaaaa (azureml:tools:1): nothing newer within its pins",
                "    used by iris/blue", "    pinned exactly: scipy==1.17.1",
                "- deployment iris/green: it is a program", "nothing to patch",
            ]
        )
        #expect(!plan.isPartial)
    }

    @Test func `goes on where one environment cannot be resolved, and says so in the end`() {
        var broken = environment(green)
        let location = Problem.Location(file: "conda.yaml", line: 4)
        broken.problem = ProblemBody(
            Problem(.invalid, code: "unsatisfiable", what: "no 'gone'", location: location)
        )
        let plan = PatchPlan(environments: [broken, changing(blue)], others: [])

        let lines = PatchReport.lines(plan)

        #expect(lines[1] == "    cannot be resolved: conda.yaml:4: no 'gone'")
        #expect(lines.last?.hasSuffix("; 1 environment could not be resolved") == true)
        #expect(plan.steps.map(\.key) == [blue])
        #expect(plan.isPartial)
    }

    @Test func `rolls only what is neither passed over nor refused, and builds each once`() {
        var first = changing(blue, green)
        first.deployments[0].step?.refusal = ProblemBody(
            Problem(.exhausted, code: "OutOfQuota", what: "needs 48 cores")
        )
        let plan = PatchPlan(environments: [first, changing(blue)], others: [])

        #expect(plan.steps.map(\.key) == [green, blue])
        #expect(plan.builds == [digest])
        #expect(plan.isPartial)
        #expect(PatchReport.lines(plan).contains("      refused: needs 48 cores"))
    }
}

@Suite struct `How far a patch came` {
    private let keys: [DeploymentKey]
    private var outcome: PatchOutcome

    init() throws {
        keys = try ["a-first/default", "b-second/default", "c-third/default"].map {
            try #require(DeploymentKey($0))
        }
        let digest = try #require(Digest(String(repeating: "a", count: 64)))
        outcome = PatchOutcome(
            of: keys.map {
                PatchStep(key: $0, revision: Revision(number: 1), settlement: digest)
            }
        )
        note(keys[0])
    }

    private mutating func note(_ key: DeploymentKey) {
        let answer = DeployAnswer(key: key, revision: Revision(number: 2), url: "")
        outcome.note(answer, isServing: true)
    }

    @Test mutating func `says what is patched, what was not, and how to go on`() {
        outcome.note(Problem(.failed, code: "halted", what: "it is broken"), of: keys[1])

        #expect(
            PatchReport.lines(outcome) == [
                "a-first/default serves as r2", "b-second/default was not patched: it is broken",
                "c-third/default was not touched",
                "to go back on what was patched: 'scorekeeper rollout undo a-first/default'",
                "to go on: 'scorekeeper patch' again, which has nothing to do with what is patched",
            ]
        )
    }

    @Test mutating func `does not say that nothing happened where the server went away`() {
        outcome.note(Problem(.failed, code: "noServer", what: "nobody answers"), of: keys[1])

        let lines = PatchReport.lines(outcome)
        #expect(lines[1] == "b-second/default was not seen to its end: nobody answers")
    }

    @Test mutating func `counts them where all went well`() {
        note(keys[1])
        note(keys[2])

        #expect(PatchReport.lines(outcome).last == "3 deployments are patched")
    }

    @Test func `notices what served and was given up since`() throws {
        let name = try #require(EndpointName("a-first"))
        var deployment = try BusyServer.iris().deployments[0]
        deployment.name = .dropped
        func status(givenUp number: Int?) -> EndpointStatus {
            deployment.givenUp = number.map { Revision(number: $0) }
            return EndpointStatus(name: name, url: "", source: "", deployments: [deployment])
        }

        #expect(outcome.givenUp { _ in status(givenUp: nil) } == nil)
        #expect(outcome.givenUp { _ in status(givenUp: 1) } == nil)
        #expect(outcome.givenUp { _ in status(givenUp: 2) }?.key == keys[0])
        #expect(outcome.givenUp { _ in nil } == nil)
    }
}
