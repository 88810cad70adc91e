// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing
import Vocabulary

@testable import Manifests
@testable import Supervisor

@Suite struct `A curated environment` {
    private let catalogue = EnvironmentCatalogue.ours

    @Test func `keeps its name and version: nothing is planned to be registered there`() throws {
        var stage = try PlanStage()

        stage.planner.add(
            try EnvironmentRecord(numbered: "1"),
            isNumbered: true,
            beside: catalogue
        )
        stage.planner.add(
            try EnvironmentRecord(numbered: "77"),
            isNumbered: true,
            beside: catalogue
        )

        let refusals = stage.planner.plan.answer.steps.map { $0.refusal?.error }
        #expect(refusals.first??.code == "curatedEnvironment")
        #expect(refusals.first??.message.contains("another name, or another version") == true)
        #expect(refusals.last == .some(nil))
    }

    @Test func `cannot be deleted or archived, and any other is not spoken of`() {
        let here = AssetID(.environment, name: "sklearn", version: "1")
        let other = AssetID(.environment, name: "sklearn", version: "77")
        let model = AssetID(.model, name: "sklearn", version: "1")

        let told = catalogue.permanence(of: here)?.what ?? ""
        #expect(told.contains("'azureml:sklearn:1' comes along"))
        #expect(catalogue.permanence(of: other) == nil)
        #expect(catalogue.permanence(of: model) == nil)
    }

    @Test func `is used by whoever names it, by its version or as the newest`() throws {
        let stage = try PlanStage()
        let entry = try #require(catalogue.entries.first { $0.name == "sklearn" })
        let definition = try #require(catalogue.definition(of: entry).value)
        func isUsed(_ text: String, _ assets: [AssetID] = []) throws -> Bool {
            var draft = stage.draft("blue")
            draft.scorer = .script(
                .init(script: "score.py", environment: definition, model: nil)
            )
            draft.assets = assets
            draft.written = try WrittenDocument.tagged("prices").setting(["environment"], to: text)
            return EnvironmentCatalogue.isUsed(
                entry,
                definition,
                by: draft.document(revision: Revision(number: 1))
            )
        }

        #expect(try isUsed("azureml:sklearn@latest"))
        #expect(try isUsed("azureml:sklearn:\(entry.version)"))
        #expect(
            try !isUsed(
                "azureml:sklearn:77",
                [AssetID(.environment, name: "sklearn", version: "77")]
            )
        )
    }

    @Test func `without packages is used by the program that names it`() throws {
        let stage = try PlanStage()
        let entry = try #require(catalogue.entries.first { $0.name == "native" })
        let definition = try #require(catalogue.definition(of: entry).value)
        func isUsed(_ text: String) throws -> Bool {
            var draft = stage.draft("blue")
            draft.written = try WrittenDocument.tagged("prices").setting(["environment"], to: text)
            return EnvironmentCatalogue.isUsed(
                entry,
                definition,
                by: draft.document(revision: Revision(number: 1))
            )
        }

        #expect(try isUsed("azureml:native@latest"))
        #expect(try !isUsed("azureml:minimal-python@latest"))
    }
}

extension EnvironmentCatalogue {
    /// What comes along.
    static let ours = EnvironmentCatalogue(
        folder: URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent()
            .appending(path: "Environments").path
    )
}

extension EnvironmentRecord {
    /// One version of an environment 'sklearn' of somebody's own.
    init(numbered version: String) throws {
        let catalogue = EnvironmentCatalogue.ours
        let entry = try #require(catalogue.entries.first)
        self.init(
            id: AssetID(.environment, name: "sklearn", version: version),
            definition: try catalogue.definition(of: entry).get(),
            tags: [:],
            createdAt: Date(timeIntervalSince1970: 0)
        )
    }
}
