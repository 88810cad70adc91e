// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import ControlAPI
import Foundation
import Manifests
import Rulebook
import Testing
import Vocabulary

@testable import Supervisor

@Suite struct `A plan` {
    @Test func `makes an endpoint, its deployment, and gives traffic once that serves`() throws {
        var stage = try PlanStage()

        stage.planner.add(stage.endpoint(["blue": 100]))
        stage.planner.add(stage.draft("blue"), isBuilt: true)
        stage.planner.addTraffic(stage.endpoint(["blue": 100]), mayHurry: false)

        #expect(
            stage.told == [
                "create endpoint iris", "create deployment iris/blue", "later traffic iris",
            ]
        )
        #expect(stage.planner.plan.answer.isIncomplete)
        guard case .endpoint(let made, over: nil) = stage.planner.plan.works[0].work else {
            Issue.record("the endpoint is not declared")
            return
        }
        #expect(made.traffic.isEmpty)
    }

    @Test func `refuses an endpoint whose name differs from another's in case alone`() throws {
        var stage = try PlanStage()
        stage.planner.add(stage.endpoint([:]))
        stage.again()

        stage.planner.add(EndpointDocument(name: try #require(EndpointName("IRIS"))))
        stage.planner.add(EndpointDocument(name: try #require(EndpointName("iris2"))))

        let steps = stage.planner.plan.answer.steps
        #expect(steps.first?.refusal?.error.code == "nameAlike", "\(steps)")
        #expect(steps.last?.refusal == nil)
    }

    @Test func `changes nothing where everything is as the documents say`() throws {
        var stage = try PlanStage()
        stage.planner.add(stage.endpoint([:]))
        stage.planner.add(stage.draft("blue"), isBuilt: true)
        stage.again()

        stage.planner.add(stage.endpoint([:]))
        stage.planner.add(stage.draft("blue"), isBuilt: true)
        stage.planner.addTraffic(stage.endpoint([:]), mayHurry: false)

        #expect(stage.planner.plan.answer.changes == 0)
        #expect(!stage.planner.plan.answer.isIncomplete)
    }

    @Test func `says that answers are compared, of a new revision and not of the first`() throws {
        var stage = try PlanStage()
        stage.planner.add(stage.endpoint([:]))
        var draft = stage.draft("blue")
        draft.settings.comparison = .require
        stage.planner.add(draft, isBuilt: true)
        let first = try #require(stage.planner.plan.answer.steps.last)
        stage.again()
        draft.settings.comparedRequests = 20
        stage.planner.add(draft, isBuilt: true)
        let second = try #require(stage.planner.plan.answer.steps.first)

        let told = "it answers up to 20 recent requests before it serves, and a difference halts it"
        #expect(!first.changes.contains { $0.contains("recent requests") })
        #expect(second.changes.contains(told))
    }

    @Test func `says what a new revision changes, and never a variable's value`() throws {
        var stage = try PlanStage()
        stage.planner.add(stage.endpoint([:]))
        stage.planner.add(stage.draft("blue"), isBuilt: true)
        stage.again()
        var draft = stage.draft("blue")
        draft.settings.instances = 3
        draft.settings.variables["TOKEN"] = "secret"

        stage.planner.add(draft, isBuilt: true)

        let step = try #require(stage.planner.plan.answer.steps.first)
        #expect(step.action == .update)
        #expect(step.changes.contains("instance_count: 1 becomes 3"))
        #expect(step.changes.contains("environment_variables: TOKEN is new"))
        #expect(!step.changes.joined().contains("secret"))
    }

    @Test func `keeps the revision where only the count changes, and rolls nothing`() throws {
        var stage = try PlanStage()
        stage.planner.add(stage.endpoint([:]))
        stage.planner.add(stage.draft("blue"), isBuilt: true)
        stage.again()
        let revision = stage.planner.present.values.first?.revision
        var draft = stage.draft("blue")
        draft.settings.instances = 3

        stage.planner.add(draft, isBuilt: true)

        let step = try #require(stage.planner.plan.answer.steps.first)
        #expect(step.action == .update)
        #expect(step.changes == ["instance_count: 1 becomes 3"])
        #expect(step.callers?.contains("only the difference starts or drains") == true)
        let scaled = try #require(stage.planner.present.values.first)
        #expect(scaled.revision == revision)
        #expect(scaled.settings.instances == 3)
    }

    @Test func `refuses what the server would refuse, in the same words, and goes on`() throws {
        var stage = try PlanStage()
        stage.planner.add(stage.endpoint([:]))

        stage.planner.add(stage.draft("blue", on: "unknown"), isBuilt: true)
        stage.planner.addTraffic(stage.endpoint(["grey": 100]), mayHurry: true)

        let steps = stage.planner.plan.answer.steps
        #expect(steps[1].refusal?.error.code == "endpointNotFound")
        #expect(steps[2].refusal?.error.code == "deploymentNotFound")
        #expect(stage.planner.plan.answer.isRefused)
    }

    @Test func `registers a model's next version only where its content is another`() throws {
        var stage = try PlanStage()
        func model(_ digit: String, _ version: String) -> ModelRecord {
            stage.model(content: digit, version: version)
        }

        stage.planner.add(model("a", "1"), isNumbered: false)
        stage.planner.add(model("a", "2"), isNumbered: false)
        stage.planner.add(model("b", "2"), isNumbered: false)
        stage.planner.add(model("c", "2"), isNumbered: true)

        #expect(
            stage.told == [
                "create model azureml:digits:1", "unchanged model azureml:digits:1",
                "create model azureml:digits:2", "create model azureml:digits:2",
            ]
        )
        #expect(stage.planner.plan.answer.steps[3].refusal?.error.code == "assetExists")
    }
}

/// A planner on a machine that has joined, and what it is given.
struct PlanStage {
    var planner: Planner
    private let iris: EndpointName
    private let content: Digest

    init() throws {
        var rulebook = Rulebook()
        let now = Moment(nanoseconds: 1)
        let node = NodeName(number: 1)
        _ = rulebook.decide(.began(nodes: [node]), at: now)
        let inventory = NodeInventory(
            name: node,
            millicores: 4_000,
            memoryBytes: 8 << 30,
            isolation: .limited
        )
        _ = rulebook.decide(.nodeJoined(inventory), at: now)
        planner = Planner(
            assets: AssetShelf(),
            endpoints: [:],
            present: [],
            rulebook: rulebook,
            now: now
        )
        iris = try #require(EndpointName("iris"))
        content = try #require(Digest(String(repeating: "d", count: 64)))
    }

    /// Plans anew from where the last plan led.
    mutating func again() {
        planner = Planner(
            assets: planner.assets,
            endpoints: planner.endpoints,
            present: Array(planner.present.values),
            rulebook: planner.rulebook,
            now: planner.now
        )
    }

    var told: [String] {
        planner.plan.answer.steps.map { "\($0.action) \($0.kind) \($0.name)" }
    }

    func endpoint(_ traffic: [String: Int]) -> EndpointDocument {
        var document = EndpointDocument(name: iris)
        document.traffic = traffic
        return document
    }

    func draft(_ name: String, on endpoint: String = "iris") -> Draft {
        guard let endpoint = EndpointName(endpoint), let deployment = DeploymentName(name) else {
            fatalError("'\(name)' is not a name")
        }
        return Draft(
            key: DeploymentKey(endpoint: endpoint, deployment: deployment),
            origin: .deployed(path: "/\(name).yml"),
            scorer: .native(path: "tell", arguments: []),
            content: content,
            settings: ServingSettings(DeploymentSettings(), retryUnlessSaid: .once),
            notices: []
        )
    }

    func model(content digit: String, version: String) -> ModelRecord {
        guard let content = Digest(String(repeating: digit, count: 64)) else {
            fatalError("'\(digit)' is not a digit")
        }
        return ModelRecord(
            id: AssetID(.model, name: "digits", version: version),
            format: .custom,
            content: content,
            leaf: "files",
            source: "/files",
            tags: [:],
            properties: [:],
            createdAt: Date(timeIntervalSince1970: 0)
        )
    }
}
