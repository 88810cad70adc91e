// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing
import Vocabulary

@testable import Supervisor

@Suite struct `An endpoint that nobody declared` {
    private func refusal(_ origin: DeploymentDocument.Origin) throws -> Problem? {
        let stage = try PlanStage()
        var document = stage.draft("blue").document(revision: Revision(number: 1))
        document.origin = origin
        return Problem.undeclared(document.key.endpoint, among: [document])
    }

    @Test func `is told to be a deployed model's, and how it is declared`() throws {
        let problem = try #require(try refusal(.deployed(path: "/models/iris")))

        #expect(problem.what.contains("made by 'scorekeeper deploy'"))
        #expect(problem.remedy.contains("online-endpoint create -n iris"))
    }

    @Test func `is told to be a folder's, which nothing but taking it out changes`() throws {
        let problem = try #require(try refusal(.dropped(name: "iris", path: "/drop/iris")))

        #expect(problem.what.contains("'/drop/iris'"))
        #expect(problem.remedy.contains("take the folder out"))
        #expect(problem.remedy.contains("online-endpoint create") == false)
    }

    @Test func `is none where nothing has that name`() throws {
        let other = try #require(EndpointName("other"))
        let document = try PlanStage().draft("blue").document(revision: Revision(number: 1))

        #expect(Problem.undeclared(other, among: [document]) == nil)
    }

    @Test func `is called in a plan what it is, not missing`() throws {
        var stage = try PlanStage()
        stage.planner.add(stage.endpoint([:]))
        stage.planner.add(stage.draft("blue"), isBuilt: true)
        stage.again()
        stage.planner.endpoints = [:]

        stage.planner.add(stage.draft("green"), isBuilt: true)

        let refusal = try #require(stage.planner.plan.answer.steps.first?.refusal)
        #expect(refusal.error.code == "endpointNotDeclared")
        #expect(refusal.error.message.contains("made by 'scorekeeper deploy'"))
    }
}
