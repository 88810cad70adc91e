// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Ledger
import Rulebook
import Testing
import Vocabulary

@testable import Manifests
@testable import Supervisor

private func withShelf(_ body: (Ledger, inout DocumentShelf) throws -> Void) throws {
    let folder = FileManager.default.temporaryDirectory
        .appendingPathComponent("shelf-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let ledger = try Ledger(path: folder.appendingPathComponent("ledger.sqlite").path)
    var shelf = try DocumentShelf(ledger)
    try body(ledger, &shelf)
}

/// An MLflow model that has one package installed, or a program where none is named.
private func document(
    revision: Int,
    content: Character,
    installing package: String? = nil
) throws -> DeploymentDocument {
    DeploymentDocument(
        key: DeploymentKey(
            endpoint: try #require(EndpointName("echo")),
            deployment: .dropped
        ),
        revision: Revision(number: revision),
        origin: .deployed(path: "/echo"),
        scorer: package.map { .mlflow(scorer(installing: $0)) }
            ?? .native(path: "echo", arguments: []),
        content: try #require(Digest(String(repeating: content, count: 64))),
        settings: ServingSettings(DeploymentSettings(), retryUnlessSaid: .never)
    )
}

private func scorer(installing package: String) -> DeploymentDocument.MLflowScorer {
    DeploymentDocument.MLflowScorer(
        flavors: ["sklearn"],
        importableModules: [],
        environment: EnvironmentDefinition(
            python: PythonRequirement([]),
            pythonLocation: nil,
            buildRequirements: [],
            requirements: [
                EnvironmentDefinition.Requirement(
                    text: package,
                    name: package,
                    location: Problem.Location(file: "requirements.txt", line: 1)
                )
            ],
            sources: ["requirements.txt"]
        )
    )
}

@Suite struct `The shelf of documents` {
    @Test func `reads back what the ledger keeps, older revisions included`() throws {
        try withShelf { ledger, _ in
            for revision in 1...3 {
                let document = try document(revision: revision, content: "a")
                let declaration = try Declaration(
                    key: document.key,
                    revision: document.revision,
                    encoding: document,
                    declaredAt: Date()
                )
                try ledger.commit(Transaction(changes: [.declare(declaration)]))
            }

            let shelf = try DocumentShelf(ledger)

            #expect(shelf.wanted == [try document(revision: 3, content: "a")])
            let key = try document(revision: 1, content: "a").key
            #expect(shelf.document(key, Revision(number: 2)) != nil)
            #expect(shelf.nextRevision(of: key) == Revision(number: 4))
        }
    }

    @Test func `reads back what serves, however many were given up after it`() throws {
        try withShelf { ledger, _ in
            for revision in 1...20 {
                let document = try document(revision: revision, content: "a")
                let declaration = try Declaration(
                    key: document.key,
                    revision: document.revision,
                    encoding: document,
                    declaredAt: Date()
                )
                let kept = [1, revision - 1].map { Revision(number: $0) }
                try ledger.commit(
                    Transaction(changes: [
                        .forget(document.key, except: kept), .declare(declaration),
                    ])
                )
            }

            let shelf = try DocumentShelf(ledger)

            let key = try document(revision: 1, content: "a").key
            let found = (1...20).filter { shelf.document(key, Revision(number: $0)) != nil }
            #expect(found == [1, 19, 20])
        }
    }

    @Test func `lets a copy go only when no other revision needs it`() throws {
        try withShelf { _, shelf in
            let first = try document(revision: 1, content: "a")
            let second = try document(revision: 2, content: "a")
            let third = try document(revision: 3, content: "b")
            for document in [first, second, third] { shelf.put(document) }

            #expect(shelf.discard(first.key, first.revision)?.unneededCopies == [])
            #expect(shelf.discard(first.key, second.revision)?.unneededCopies == [second.content])
            #expect(shelf.discard(first.key, second.revision) == nil)
            #expect(shelf.contents == [third.content])
        }
    }

    @Test func `lets an environment cool only when no other revision runs in it`() throws {
        try withShelf { _, shelf in
            let first = try document(revision: 1, content: "a", installing: "skops")
            let second = try document(revision: 2, content: "b", installing: "skops")
            let third = try document(revision: 3, content: "c", installing: "xgboost")
            let program = try document(revision: 4, content: "d")
            for document in [first, second, third, program] { shelf.put(document) }

            let unneeded = [first, second, program, third].map { document in
                shelf.discard(document.key, document.revision)?.isEnvironmentUnneeded
            }

            #expect(unneeded == [false, true, false, true])
        }
    }

    @Test func `forgets past revisions that nothing uses`() throws {
        try withShelf { _, shelf in
            let first = try document(revision: 1, content: "a")
            let second = try document(revision: 2, content: "b")
            let third = try document(revision: 3, content: "c")
            for document in [first, second, third] { shelf.put(document) }

            shelf.forget(except: [second.declaration])

            #expect(shelf.document(first.key, first.revision) == nil)
            #expect(shelf.contents == [second.content, third.content])
            #expect(shelf.wanted == [third])
        }
    }

    @Test func `takes a refused document back`() throws {
        try withShelf { _, shelf in
            let first = try document(revision: 1, content: "a")
            let second = try document(revision: 2, content: "b")
            shelf.put(first)
            shelf.put(second)

            shelf.takeBack(second)

            #expect(shelf.wanted == [first])
        }
    }
}

@Suite struct `A deployment's document` {
    @Test func `serves the same whatever its revision, and nothing else`() throws {
        let first = try document(revision: 1, content: "a")
        let second = try document(revision: 2, content: "a")
        var changed = second
        changed.settings.instances = 2

        #expect(first.serves(sameAs: second))
        #expect(!first.serves(sameAs: changed))
        #expect(!first.serves(sameAs: try document(revision: 1, content: "b")))
    }

    @Test func `tells callers that it has failed, and never why`() throws {
        let document = try document(revision: 1, content: "a")
        let published = PublishedDeployment(
            key: document.key,
            revision: document.revision,
            percent: 100,
            availability: .failed("cannot resolve 'secret' in '/srv/state/models'"),
            runs: []
        )

        let route = document.route(published, statuses: .managed)

        #expect(
            route.availability
                == .failed(
                    "the deployment 'echo/default' has failed; see 'scorekeeper status echo'"
                )
        )
    }
}
