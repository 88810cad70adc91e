// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Ledger
import Manifests
import Rulebook
import Vocabulary

/// An endpoint that was declared by itself: what the ledger keeps of it.
struct EndpointDocument: Codable, Hashable, Sendable {
    /// The kind of its document in the ledger.
    static let kind = "endpoint"

    /// The endpoint.
    var name: EndpointName
    /// How callers show who they are, as the document says; nobody asks them yet.
    var authMode = "key"
    /// What it is, for people.
    var description: String?
    /// The person's own labels.
    var tags: [String: String] = [:]
    /// Properties, ours among them.
    var properties: [String: String] = [:]
    /// How the failures of its models are shown; nothing: as Azure's managed endpoints do.
    var statuses: StatusStyle?
    /// Percent of the requests by deployment; 100 in sum, or nothing.
    var traffic: [String: Int] = [:]
    /// Percent of the requests that are copied, by deployment.
    var mirrorTraffic: [String: Int] = [:]

    init(name: EndpointName) {
        self.name = name
    }

    /// What its document says, over what there is: traffic that the document leaves out stays.
    init(_ manifest: EndpointManifest, over present: EndpointDocument) {
        name = manifest.name
        authMode = manifest.authMode.rawValue
        description = manifest.description
        tags = manifest.tags
        properties = manifest.properties
        statuses = manifest.places["scorekeeper.statuses"] == nil ? nil : manifest.statuses
        traffic =
            manifest.places["traffic"] == nil
            ? present.traffic : Self.percents(manifest.traffic)
        mirrorTraffic =
            manifest.places["mirror_traffic"] == nil
            ? present.mirrorTraffic : Self.percents(manifest.mirrorTraffic)
    }

    /// The document that says what is declared.
    var written: WrittenDocument {
        var properties = properties
        if let statuses { properties["scorekeeper.statuses"] = statuses.rawValue }
        return WrittenDocument(
            endpoint: name,
            authMode: authMode,
            description: description,
            tags: tags,
            properties: properties,
            shares: ["traffic": traffic, "mirror_traffic": mirrorTraffic]
        )
    }

    private static func percents(_ shares: [DeploymentName: Int]) -> [String: Int] {
        Dictionary(uniqueKeysWithValues: shares.map { ($0.key.text, $0.value) })
    }

    /// What the rulebook decides about.
    ///
    /// Errors: `traffic` where a name is no deployment's; `mirrorTraffic` where several are sent
    /// copies.
    func declaration() throws(Problem) -> TrafficDeclaration {
        let mirrored = try shares(mirrorTraffic).filter { $0.percent != 0 }
        guard mirrored.count <= 1 else {
            let names = mirrored.map { "'\($0.deployment)'" }.sorted()
            throw Problem(
                .invalid,
                code: "mirrorTraffic",
                what: "cannot share out the requests of '\(name)': copies for "
                    + names.joined(separator: " and "),
                remedy: "copy to one deployment"
            )
        }
        return TrafficDeclaration(
            endpoint: name,
            live: try shares(traffic),
            mirror: mirrored.first
        )
    }

    private func shares(
        _ percents: [String: Int]
    ) throws(Problem) -> [TrafficDeclaration.Share] {
        var shares: [TrafficDeclaration.Share] = []
        for (text, percent) in percents {
            guard let deployment = DeploymentName(text) else {
                throw Problem(
                    .invalid,
                    code: "traffic",
                    what: "cannot share out the requests of '\(name)': '\(text.printable)' is no "
                        + "deployment's name",
                    remedy: "write \(DeploymentName.rule)"
                )
            }
            shares.append(TrafficDeclaration.Share(deployment, percent: percent))
        }
        return shares
    }

    /// The same, sharing requests out as the rulebook does.
    func sharing(_ traffic: TrafficDeclaration) -> EndpointDocument {
        var document = self
        document.traffic = Dictionary(
            uniqueKeysWithValues: traffic.live.map { ($0.deployment.text, $0.percent) }
        )
        document.mirrorTraffic =
            traffic.mirror.map { [$0.deployment.text: $0.percent] } ?? [:]
        return document
    }

    /// The identity of an endpoint's document in the ledger.
    static func id(_ name: EndpointName) -> KeptDocument.ID {
        KeptDocument.ID(kind: kind, name: name.text)
    }

    /// The change of the ledger that keeps it.
    var kept: Transaction.Change {
        do {
            let id = Self.id(name)
            return .keep(try KeptDocument(id: id, encoding: self, declaredAt: Date()))
        } catch {
            preconditionFailure("a document cannot be written as JSON: \(self) \(error)")
        }
    }
}
