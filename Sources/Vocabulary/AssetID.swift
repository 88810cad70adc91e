// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

/// One version of a registered model or environment.
public struct AssetID: Hashable, Codable, Sendable, Comparable, CustomStringConvertible {
    /// What can be registered.
    public enum Kind: String, Codable, Sendable, CaseIterable {
        /// Files that a scorer is given.
        case model
        /// What a Python scorer has installed.
        case environment
    }

    /// What it is.
    public let kind: Kind
    /// Its name.
    public let name: String
    /// Its version.
    public let version: String

    /// Makes an identity; whether name and version are legal is for who reads them.
    public init(_ kind: Kind, name: String, version: String) {
        self.kind = kind
        self.name = name
        self.version = version
    }

    /// As manifests name it: `azureml:NAME:VERSION`.
    public var description: String { "azureml:\(name):\(version)" }

    /// Whether `left` comes before `right`: by kind and name, then as numbers where both are.
    public static func < (left: AssetID, right: AssetID) -> Bool {
        if left.kind != right.kind { return left.kind.rawValue < right.kind.rawValue }
        if left.name != right.name { return left.name < right.name }
        guard let one = Int(left.version), let other = Int(right.version) else {
            return left.version < right.version
        }
        return one < other
    }
}
