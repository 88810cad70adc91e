// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Ledger
import Manifests
import ModelStore
import Testing
import Vocabulary

@testable import Supervisor

private func digest(_ character: Character) throws -> Digest {
    try #require(Digest(String(repeating: character, count: 64)))
}

private func document(_ scorer: DeploymentDocument.Scorer) throws -> DeploymentDocument {
    DeploymentDocument(
        key: DeploymentKey(
            endpoint: try #require(EndpointName("echo")),
            deployment: .dropped
        ),
        revision: Revision(number: 1),
        origin: .deployed(path: "/echo"),
        scorer: scorer,
        content: try digest("a"),
        settings: ServingSettings(DeploymentSettings(), retryUnlessSaid: .never)
    )
}

@Suite struct `A scorer of one's own in the ledger` {
    @Test func `is read as it was kept before it could have a model or libraries`() throws {
        let old = #"{"native":{"path":"echo","arguments":["--flag"]}}"#

        let scorer = try JSONDecoder().decode(
            DeploymentDocument.Scorer.self,
            from: Data(old.utf8)
        )

        #expect(scorer == .native(path: "echo", arguments: ["--flag"]))
        #expect(scorer.model == nil)
    }

    @Test func `comes back whole, with its model and its libraries`() throws {
        let part = DeploymentDocument.ModelPart(
            content: try digest("b"),
            name: "weights",
            isFolder: true
        )
        let scorer = DeploymentDocument.Scorer.native(
            path: "echo",
            arguments: [],
            model: part,
            libraries: "echo.libraries"
        )

        let again = try JSONDecoder().decode(
            DeploymentDocument.Scorer.self,
            from: JSONEncoder().encode(scorer)
        )

        #expect(again == scorer)
    }

    @Test func `keeps every copy that it needs, and lets go of those that no other needs`() throws {
        let folder = FileManager.default.temporaryDirectory
            .appendingPathComponent("own-scorer-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        var shelf = try DocumentShelf(
            Ledger(path: folder.appendingPathComponent("ledger.sqlite").path)
        )
        let part = DeploymentDocument.ModelPart(
            content: try digest("b"),
            name: "weights.bin",
            isFolder: false
        )
        let first = try document(.native(path: "echo", arguments: [], model: part))
        var second = first.again(as: Revision(number: 2))
        second.content = try digest("c")
        shelf.put(first)
        shelf.put(second)

        #expect(shelf.contents == [try digest("a"), try digest("b"), try digest("c")])
        let leftovers = shelf.discard(first.key, first.revision)
        #expect(leftovers?.unneededCopies == [try digest("a")])
        let last = shelf.discard(second.key, second.revision)
        #expect(last?.unneededCopies == [try digest("c"), try digest("b")])
    }

    @Test func `is another declaration where its model is another`() throws {
        func declared(_ model: Character?) throws -> String {
            let part = try model.map {
                DeploymentDocument.ModelPart(content: try digest($0), name: "w", isFolder: false)
            }
            return try document(.native(path: "echo", arguments: [], model: part)).declaration.model
        }

        #expect(try declared(nil) != declared("b"))
        #expect(try declared("b") != declared("c"))
    }
}

@Suite struct `A fork plan of a script` {
    @Test func `warms the well-known packages of its environment, each once`() {
        let plan = ForkPlan.decide(
            isWanted: true,
            packages: ["xgboost-cpu", "numpy", "xgboost", "a-package-of-nobody"]
        )

        #expect(plan.modules == ["numpy", "xgboost"])
    }

    @Test func `starts cold where nothing is worth it, is unwanted, or does not survive a fork`() {
        let plans = [
            ForkPlan.decide(isWanted: true, packages: ["pytz"]),
            ForkPlan.decide(isWanted: false, packages: ["numpy"]),
            ForkPlan.decide(isWanted: true, packages: ["numpy", "torch"]),
        ]

        #expect(plans.allSatisfy { $0.modules.isEmpty && !$0.reason.isEmpty })
    }
}
