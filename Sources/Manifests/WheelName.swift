// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Vocabulary

/// What the name of a wheel's file says.
///
/// Shape: `name-version[-build]-python-abi-platform.whl`, letters, digits and `._+!` in each part.
/// Source: PyPA's specification of binary distributions, "File name convention".
public struct WheelName: Hashable, Sendable {
    /// The package's normalised name.
    public let name: String
    /// Its version.
    public let version: String

    /// Reads the last part of a path; nothing when it is no wheel's name.
    public init?(path: some StringProtocol) {
        let file = RelativePath.lastComponent(of: String(path))
        guard file.hasSuffix(".whl") else { return nil }
        let stem = String(file.dropLast(4))
        let parts = stem.split(omittingEmptySubsequences: false) { $0 == "-" }
        let isPlain = parts.allSatisfy { part in
            !part.isEmpty
                && part.utf8.allSatisfy { $0.isASCIILetterOrDigit || "._+!".utf8.contains($0) }
        }
        guard (5...6).contains(parts.count), isPlain else { return nil }
        name = RequirementParser.normalised(parts[0])
        version = String(parts[1])
    }

    /// Reads a line of requirements that is the path of a wheel; nothing when it is none.
    init?(line: String) {
        guard !line.contains("://"), !line.lowercased().hasPrefix("file:"), !line.contains("@")
        else { return nil }
        self.init(path: line)
    }
}
