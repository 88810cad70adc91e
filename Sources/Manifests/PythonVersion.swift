// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Vocabulary

/// A released Python, for example `3.11.7`.
///
/// Shape: two or three numbers from 0 to 9,999; without the third it stands for every patch of that
/// minor version where it is used as a prefix, and for patch 0 where it is compared.
public struct PythonVersion: Hashable, Comparable, Codable, Sendable, CustomStringConvertible {
    /// The first number.
    public let major: Int
    /// The second number.
    public let minor: Int
    /// The third number, where it was written.
    public let patch: Int?

    /// Makes a version from its numbers.
    public init(major: Int, minor: Int, patch: Int? = nil) {
        self.major = major
        self.minor = minor
        self.patch = patch
    }

    /// Reads `3.11` or `3.11.7`; nothing for anything else, `3` and `3.12.0rc1` included.
    public init?(_ text: some StringProtocol) {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard (2...3).contains(parts.count) else { return nil }
        var numbers: [Int] = []
        for part in parts {
            guard (1...4).contains(part.utf8.count), part.utf8.allSatisfy({ $0.isASCIIDigit }),
                let number = Int(part)
            else { return nil }
            numbers.append(number)
        }
        self.init(
            major: numbers[0],
            minor: numbers[1],
            patch: numbers.count == 3 ? numbers[2] : nil
        )
    }

    /// The numbers with dots.
    public var description: String {
        guard let patch else { return "\(major).\(minor)" }
        return "\(major).\(minor).\(patch)"
    }

    /// Whether this version begins with `prefix`: `3.11.7` begins with `3.11` and not with `3.1`.
    public func begins(with prefix: PythonVersion) -> Bool {
        major == prefix.major && minor == prefix.minor
            && (prefix.patch == nil || prefix.patch == (patch ?? 0))
    }

    /// Number by number; a missing patch counts as 0.
    public static func < (left: PythonVersion, right: PythonVersion) -> Bool {
        (left.major, left.minor, left.patch ?? 0) < (right.major, right.minor, right.patch ?? 0)
    }
}
