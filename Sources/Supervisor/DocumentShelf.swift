// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Ledger
import Manifests
import Rulebook
import Vocabulary

/// The documents of all revisions that are wanted or may still be held.
struct DocumentShelf {
    /// A revision's document that left the shelf, and what of it no other document needs.
    struct Leftovers: Equatable {
        var document: DeploymentDocument
        /// Its copies that may be removed.
        var unneededCopies: [Digest]
        /// Its environment's warmed parents may be let go: none there when it is a program.
        var isEnvironmentUnneeded: Bool
    }

    private var documents: [DeploymentKey: [DeploymentDocument]] = [:]
    private var unwanted: Set<DeploymentKey> = []
    private var newest: [DeploymentKey: Revision] = [:]

    /// Reads what the ledger keeps: the one that serves may be older than many that were given up.
    init(_ ledger: Ledger) throws(Problem) {
        for declaration in try ledger.loadDeclarations() {
            let past = try ledger.revisions(of: declaration.key)
            let all = ([declaration] + past).compactMap {
                try? $0.decode(DeploymentDocument.self)
            }
            for document in all.sorted(by: { $0.revision < $1.revision })
            where self.document(document.key, document.revision) == nil {
                put(document)
            }
        }
    }

    /// The newest document of every deployment that is wanted, in order of key.
    var wanted: [DeploymentDocument] {
        documents.keys.sorted().filter { !unwanted.contains($0) }
            .compactMap { documents[$0]?.last }
    }

    /// Whether it holds a document of any deployment.
    var holdsAnything: Bool { !documents.isEmpty }

    /// The endpoint of each deployment that is wanted, in no order.
    var endpoints: [EndpointName] {
        documents.keys.filter { !unwanted.contains($0) }.map(\.endpoint)
    }

    /// The newest document of a deployment, if it is wanted.
    func wanted(_ key: DeploymentKey) -> DeploymentDocument? {
        unwanted.contains(key) ? nil : documents[key]?.last
    }

    /// One revision's document.
    func document(_ key: DeploymentKey, _ revision: Revision) -> DeploymentDocument? {
        documents[key]?.first { $0.revision == revision }
    }

    /// Whether some document's environment was settled by a patch.
    var holdsPatches: Bool {
        documents.values.joined().contains { $0.environment?.settlement != nil }
    }

    /// Whether a document of the deployment is on the shelf.
    func holds(_ key: DeploymentKey) -> Bool { documents[key] != nil }

    /// The revision that a change of `key` would get.
    func nextRevision(of key: DeploymentKey) -> Revision {
        newest[key]?.next ?? Revision(number: 1)
    }

    /// Adds a newer document.
    mutating func put(_ document: DeploymentDocument) {
        documents[document.key, default: []].append(document)
        newest[document.key] = document.revision
        unwanted.remove(document.key)
    }

    /// Puts a document in the place of the one of the same revision.
    mutating func replace(_ document: DeploymentDocument) {
        documents[document.key] = documents[document.key]?.map {
            $0.revision == document.revision ? document : $0
        }
    }

    /// The document was refused after all: what was there before stands again.
    mutating func takeBack(_ document: DeploymentDocument) {
        documents[document.key]?.removeAll { $0.revision == document.revision }
        if documents[document.key]?.isEmpty == true { documents[document.key] = nil }
    }

    /// The deployment is not wanted any more; its documents stay until nothing is held.
    mutating func withdraw(_ key: DeploymentKey) {
        unwanted.insert(key)
    }

    /// Nobody holds the revision any more; nothing where it is not on the shelf.
    mutating func discard(_ key: DeploymentKey, _ revision: Revision) -> Leftovers? {
        guard let document = document(key, revision) else { return nil }
        documents[key]?.removeAll { $0.revision == revision }
        if documents[key]?.isEmpty == true { documents[key] = nil }
        return Leftovers(
            document: document,
            unneededCopies: document.contents.filter { !contents.contains($0) },
            isEnvironmentUnneeded: document.environment.map { !needs($0) } ?? false
        )
    }

    /// Whether some document's scorers run in the environment that `definition` asks for.
    func needs(_ definition: EnvironmentDefinition) -> Bool {
        let text = definition.canonicalText
        return documents.values.joined().contains { $0.environment?.canonicalText == text }
    }

    /// Forgets past revisions that nothing uses any more; the newest that is wanted stays.
    mutating func forget(except inUse: [DeploymentDeclaration]) {
        for (key, all) in documents {
            let kept = all.filter { document in
                document.revision == newest[key]
                    || inUse.contains { $0.key == key && $0.revision == document.revision }
            }
            documents[key] = kept
        }
    }

    /// Every content that some document needs.
    var contents: Set<Digest> { Set(documents.values.joined().flatMap(\.contents)) }
}
