// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

/// Models and environments that a folder's documents would register, before those that are.
public struct FolderAssets: AssetResolver {
    private let entries: [ManifestFolder.Entry]
    private let others: any AssetResolver

    /// Looks in the folder's documents first, and asks `others` about what is not among them.
    public init(_ folder: ManifestFolder, before others: any AssetResolver) {
        self.entries = folder.entries
        self.others = others
    }

    /// The content that the model's document names.
    public func model(_ reference: AssetReference) -> AssetAnswer<RegisteredModel> {
        let models = entries.compactMap { entry -> ModelManifest? in
            if case .model(let model) = entry.manifest, model.name == reference.name {
                model
            } else {
                nil
            }
        }
        guard let model = Self.chosen(models, reference.version, \.version) else {
            return others.model(reference)
        }
        return .found(RegisteredModel(path: model.path.path, format: model.format))
    }

    /// What the environment's document says.
    public func environment(_ reference: AssetReference) -> AssetAnswer<EnvironmentDefinition> {
        let environments = entries.compactMap { entry -> EnvironmentManifest? in
            if case .environment(let found) = entry.manifest, found.name == reference.name {
                found
            } else {
                nil
            }
        }
        guard let found = Self.chosen(environments, reference.version, \.version) else {
            return others.environment(reference)
        }
        return .found(found.definition)
    }

    /// Those of the folder's documents, and all others; nothing where neither can be told.
    public var environments: [EnvironmentName]? {
        let own = entries.compactMap { entry -> EnvironmentName? in
            guard case .environment(let found) = entry.manifest, let name = found.name else {
                return nil
            }
            return EnvironmentName(name: name, version: found.version)
        }
        let elsewhere = others.environments
        guard !own.isEmpty || elsewhere != nil else { return nil }
        return own + (elsewhere ?? []).filter { !own.contains($0) }
    }

    /// The one of that version; without one the newest, and one that has no number yet will be.
    private static func chosen<Asset>(
        _ assets: [Asset],
        _ version: String?,
        _ versions: KeyPath<Asset, String?>
    ) -> Asset? {
        if let version { return assets.first { $0[keyPath: versions] == version } }
        return assets.first { $0[keyPath: versions] == nil }
            ?? assets.max { isOlder($0[keyPath: versions], $1[keyPath: versions]) }
    }

    private static func isOlder(_ left: String?, _ right: String?) -> Bool {
        switch (left.flatMap { Int($0) }, right.flatMap { Int($0) }) {
        case (let left?, let right?): left < right
        case (nil, .some): true
        case (.some, nil): false
        case (nil, nil): (left ?? "") < (right ?? "")
        }
    }
}

/// Knows of nothing whether it is registered: no server is asked.
public struct UntoldAssets: AssetResolver {
    /// Makes one.
    public init() {}

    /// It cannot be told.
    public func model(_ reference: AssetReference) -> AssetAnswer<RegisteredModel> { .untold }

    /// It cannot be told.
    public func environment(_ reference: AssetReference) -> AssetAnswer<EnvironmentDefinition> {
        .untold
    }

    /// They cannot be told.
    public var environments: [EnvironmentName]? { nil }
}
