// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

/// The name of an endpoint: a stable address that clients call.
///
/// Shape: 3 to 32 characters, a letter first, then letters, digits and hyphens, no hyphen last.
/// Source: Azure Machine Learning, "Manage and increase quotas", endpoint names.
public struct EndpointName: AzureName {
    /// The name as written.
    public let text: String

    /// Makes a name; nothing when `text` breaks the rule.
    public init?(_ text: String) {
        guard Self.isLegal(text) else { return nil }
        self.text = text
    }
}

/// The name of a deployment behind an endpoint; the same rule as an endpoint's name.
public struct DeploymentName: AzureName {
    /// The name as written.
    public let text: String

    /// Makes a name; nothing when `text` breaks the rule.
    public init?(_ text: String) {
        guard Self.isLegal(text) else { return nil }
        self.text = text
    }

    private init(unchecked text: String) {
        self.text = text
    }

    /// The deployment of a model that was dropped into the models folder.
    public static let dropped = DeploymentName(unchecked: "default")
}

/// A name that follows Azure's rule for endpoints and deployments.
public protocol AzureName: Hashable, Comparable, Sendable, WrittenNoun {
    /// The name as written.
    var text: String { get }

    /// Makes a name, or nothing when `text` breaks the rule.
    init?(_ text: String)
}

extension AzureName {
    /// What the rule says, for messages.
    public static var rule: String {
        "3 to 32 characters: a letter first, then letters, digits and hyphens, no hyphen last"
    }

    /// Whether `text` follows the rule.
    public static func isLegal(_ text: String) -> Bool {
        let bytes = Array(text.utf8)
        guard (3...32).contains(bytes.count), let first = bytes.first, let last = bytes.last else {
            return false
        }
        return first.isASCIILetter && last.isASCIILetterOrDigit
            && bytes.allSatisfy { $0.isASCIILetterOrDigit || $0 == UInt8(ascii: "-") }
    }

    /// The text for people.
    public var description: String { text }

    /// Whether `left` comes before `right`.
    public static func < (left: Self, right: Self) -> Bool { left.text < right.text }
}

extension UInt8 {
    /// Whether this byte is an ASCII letter.
    public var isASCIILetter: Bool {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(self | 0x20)
    }

    /// Whether this byte is an ASCII digit.
    public var isASCIIDigit: Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(self) }

    /// Whether this byte is an ASCII letter or digit.
    public var isASCIILetterOrDigit: Bool { isASCIILetter || isASCIIDigit }
}
