// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Vocabulary

/// A registered model or environment as a document names it; what it stands for is found elsewhere.
///
/// Shape: `azureml:NAME:VERSION`, `azureml:NAME@latest`,
/// `azureml://registries/REGISTRY/environments/NAME/versions/VERSION` or `.../labels/latest`.
public struct AssetReference: Hashable, Codable, Sendable, CustomStringConvertible {
    /// What is named.
    public enum Kind: String, Codable, Sendable {
        /// A model.
        case model
        /// An environment.
        case environment
    }

    /// What is named.
    public let kind: Kind
    /// Its name.
    public let name: String
    /// Its version; nothing stands for the newest.
    public let version: String?
    /// The registry of Azure's that the document names; nothing for what is registered here.
    ///
    /// No registry is asked: an environment there stands for a curated one of ours.
    public let registry: String?
    /// Where it is written.
    public let location: Problem.Location

    /// Makes a reference from its parts.
    public init(
        _ kind: Kind,
        name: String,
        version: String?,
        registry: String? = nil,
        location: Problem.Location
    ) {
        self.kind = kind
        self.name = name
        self.version = version
        self.registry = registry
        self.location = location
    }

    /// As it is written.
    public var description: String {
        guard let registry else {
            return version.map { "azureml:\(name):\($0)" } ?? "azureml:\(name)@latest"
        }
        let which = version.map { "versions/\($0)" } ?? "labels/latest"
        return "azureml://registries/\(registry)/\(kind.rawValue)s/\(name)/\(which)"
    }
}

extension AssetReference {
    /// What may be a model's or an environment's name, for messages.
    public static let nameRule =
        "1 to 255 letters, digits, '-', '_' and '.', a letter or digit first"
    /// What may be a version, for messages.
    public static let versionRule = "1 to 30 letters, digits, '-', '_' and '.'"

    /// Whether `text` may be a model's or an environment's name.
    public static func isLegalName(_ text: String) -> Bool {
        (1...255).contains(text.utf8.count) && text.utf8.allSatisfy(isPlain)
            && text.utf8.first.map(\.isASCIILetterOrDigit) ?? false
    }

    /// Whether `text` may be a version.
    public static func isLegalVersion(_ text: String) -> Bool {
        (1...30).contains(text.utf8.count) && text.utf8.allSatisfy(isPlain)
            && text.utf8.contains { $0.isASCIILetterOrDigit }
    }

    private static func isPlain(_ byte: UInt8) -> Bool {
        byte.isASCIILetterOrDigit || "-_.".utf8.contains(byte)
    }
}
