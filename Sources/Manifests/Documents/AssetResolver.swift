// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

/// What somebody who knows registered models and environments says of a reference.
public enum AssetAnswer<Value: Sendable>: Sendable {
    /// It is this.
    case found(Value)
    /// There is none.
    case missing
    /// It cannot be told from here; a server would know.
    case untold
}

/// A registered model's content.
public struct RegisteredModel: Hashable, Sendable {
    /// Its folder or file on this machine.
    public let path: String
    /// How it is stored.
    public let format: ModelManifest.Format

    /// Makes one.
    public init(path: String, format: ModelManifest.Format) {
        self.path = path
        self.format = format
    }
}

/// Knows registered models and environments.
public protocol AssetResolver: Sendable {
    /// The content of a registered model.
    func model(_ reference: AssetReference) -> AssetAnswer<RegisteredModel>

    /// What a registered environment has installed.
    func environment(_ reference: AssetReference) -> AssetAnswer<EnvironmentDefinition>

    /// Every registered environment, for messages; nothing where that cannot be told from here.
    var environments: [EnvironmentName]? { get }
}

/// Knows that nothing is registered.
public struct NoAssets: AssetResolver {
    /// Makes one.
    public init() {}

    /// There is none.
    public func model(_ reference: AssetReference) -> AssetAnswer<RegisteredModel> { .missing }

    /// There is none.
    public func environment(_ reference: AssetReference) -> AssetAnswer<EnvironmentDefinition> {
        .missing
    }

    /// There are none.
    public var environments: [EnvironmentName]? { [] }
}
