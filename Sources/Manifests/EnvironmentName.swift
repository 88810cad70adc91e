// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

/// The name of a curated environment as manifests write it.
///
/// Shape: `azureml:NAME:VERSION`, `azureml:NAME@latest`; `azureml:` may be left out.
public struct EnvironmentName: Hashable, Codable, Sendable, CustomStringConvertible {
    /// The environment's name.
    public let name: String
    /// The version; nothing stands for the newest.
    public let version: String?

    /// Makes a name from its parts.
    public init(name: String, version: String?) {
        self.name = name
        self.version = version
    }

    /// Reads a text; nothing where it is no such name.
    public init?(_ text: String) {
        let bare = text.hasPrefix("azureml:") ? String(text.dropFirst("azureml:".count)) : text
        guard !bare.hasPrefix("/"), let mark = bare.firstIndex(where: { $0 == ":" || $0 == "@" })
        else { return nil }
        let name = String(bare[..<mark])
        let rest = String(bare[mark...].dropFirst())
        guard !name.isEmpty, !rest.isEmpty, (name + rest).utf8.allSatisfy(Self.isPlain) else {
            return nil
        }
        self.name = name
        if bare[mark] == "@" {
            guard rest == "latest" else { return nil }
            version = nil
        } else {
            version = rest
        }
    }

    private static func isPlain(_ byte: UInt8) -> Bool {
        byte.isASCIILetterOrDigit || "-_.".utf8.contains(byte)
    }

    /// As it is written.
    public var description: String {
        version.map { "azureml:\(name):\($0)" } ?? "azureml:\(name)@latest"
    }
}
