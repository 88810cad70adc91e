// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

/// What a document of Azure ML's CLI (v2) describes, of the kinds that are read here.
///
/// They are in the order in which they are made: what a deployment names is there before it.
public enum ManifestKind: String, Codable, Sendable, CaseIterable, Comparable {
    /// A registered environment.
    case environment
    /// A registered model.
    case model
    /// A managed online endpoint.
    case endpoint
    /// A managed online deployment.
    case deployment

    /// What its `$schema` calls it.
    public var schemaName: String {
        switch self {
        case .environment: "environment"
        case .model: "model"
        case .endpoint: "managedOnlineEndpoint"
        case .deployment: "managedOnlineDeployment"
        }
    }

    /// Whether `left` is made before `right`.
    public static func < (left: ManifestKind, right: ManifestKind) -> Bool {
        left.rank < right.rank
    }

    private var rank: Int {
        switch self {
        case .environment: 0
        case .model: 1
        case .endpoint: 2
        case .deployment: 3
        }
    }
}

extension ManifestKind {
    /// Keys that stand in documents of this kind.
    var keys: [String] {
        switch self {
        case .environment: EnvironmentManifest.keys
        case .model: ModelManifest.keys
        case .endpoint: EndpointManifest.keys
        case .deployment: DeploymentSettingsReader.keys
        }
    }

    /// Keys that stand in documents of this kind alone.
    private var ownKeys: Set<String> {
        let others = Self.allCases.filter { $0 != self }.flatMap(\.keys)
        return Set(keys).subtracting(others)
    }

    /// The kind that a `$schema` names; nothing where it names none of these.
    init?(schema: String) {
        let name = schema.split(separator: "/").last.map { $0.lowercased() } ?? ""
        let kind = Self.allCases.first { kind in
            let known = kind.schemaName.lowercased()
            return name == known || name.hasPrefix(known + ".")
        }
        guard let kind else { return nil }
        self = kind
    }

    /// The kind that a document's keys speak for; nothing where they do not say.
    ///
    /// Shape: at least one key must stand in documents of that kind alone, most of the keys must
    /// belong to it, and no other kind may have as many of its own.
    init?(keys: [String]) {
        let counts = Self.allCases.map { kind in
            (kind: kind, count: Set(keys).intersection(kind.ownKeys).count)
        }
        guard let most = counts.max(by: { $0.count < $1.count }), most.count > 0,
            counts.filter({ $0.count == most.count }).count == 1
        else { return nil }
        let known = Set(most.kind.keys).intersection(keys).count
        guard known * 2 >= keys.count else { return nil }
        self = most.kind
    }
}
