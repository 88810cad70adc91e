// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing
import Vocabulary

@testable import Manifests
@testable import Supervisor

@Suite struct `Labels in a plan` {
    /// A plan for a deployment that is there with the tag `prices`.
    private func stage() throws -> PlanStage {
        var stage = try PlanStage()
        stage.planner.add(stage.endpoint([:]))
        var draft = stage.draft("blue")
        draft.written = try .tagged("prices")
        stage.planner.add(draft, isBuilt: true)
        stage.again()
        return stage
    }

    @Test func `of a deployment are a change that starts no rollout`() throws {
        var stage = try stage()
        let revision = stage.planner.present.values.first?.revision
        var draft = stage.draft("blue")
        draft.written = try .tagged("sales")

        stage.planner.add(draft, isBuilt: true)

        let planned = try #require(stage.planner.plan.works.first)
        #expect(planned.step.action == .update)
        #expect(planned.step.changes == ["tags"])
        #expect(planned.step.callers == "nothing: labels are taken over without a rollout")
        guard case .deployment = planned.work else {
            Issue.record("nothing takes the labels over")
            return
        }
        let kept = try #require(stage.planner.present.values.first)
        #expect(kept.revision == revision)
        #expect(kept.written?.texts("tags") == ["team": "sales"])
    }

    @Test func `of a deployment that are the same are no change`() throws {
        var stage = try stage()
        var draft = stage.draft("blue")
        draft.written = try .tagged("prices")

        stage.planner.add(draft, isBuilt: true)

        #expect(stage.told == ["unchanged deployment iris/blue"])
    }

    @Test func `are told beside what rolls a new revision in`() throws {
        var stage = try stage()
        var draft = stage.draft("blue")
        draft.written = try .tagged("sales")
        draft.settings.instances = 2

        stage.planner.add(draft, isBuilt: true)

        let step = try #require(stage.planner.plan.answer.steps.first)
        #expect(step.changes == ["instance_count: 1 becomes 2", "tags"])
    }

    @Test func `of a registered model change, and its content does not`() throws {
        var stage = try PlanStage()
        var model = stage.model(content: "a", version: "1")
        model.isArchived = true
        stage.planner.add(model, isNumbered: true)
        stage.again()
        var labelled = stage.model(content: "a", version: "1")
        labelled.tags = ["team": "prices"]
        labelled.description = "Digits"

        stage.planner.add(labelled, isNumbered: true)

        #expect(stage.told == ["update model azureml:digits:1"])
        let planned = try #require(stage.planner.plan.works.first)
        #expect(planned.step.changes == ["description", "tags"])
        guard case .model(let kept) = planned.work else {
            Issue.record("nothing takes the labels over")
            return
        }
        #expect(kept.tags == ["team": "prices"])
        #expect(kept.isArchived)
    }

    @Test func `of a registered environment change likewise`() throws {
        var stage = try PlanStage()
        let none = EnvironmentCatalogue(folder: "/nowhere")
        var environment = try EnvironmentRecord(numbered: "1")
        stage.planner.add(environment, isNumbered: true, beside: none)
        stage.again()
        environment.tags = ["team": "prices"]

        stage.planner.add(environment, isNumbered: true, beside: none)

        #expect(stage.told == ["update environment azureml:sklearn:1"])
        #expect(stage.planner.plan.answer.steps.first?.changes == ["tags"])
    }
}

extension WrittenDocument {
    /// A document with one tag.
    static func tagged(_ team: String) throws -> WrittenDocument {
        WrittenDocument(
            endpoint: try #require(EndpointName("iris")),
            authMode: "key",
            description: nil,
            tags: ["team": team],
            properties: [:],
            shares: [:]
        )
    }
}
