// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Vocabulary

/// Which endpoint the name of a folder or of an archive stands for.
///
/// An archive's ending does not count: `iris.tar.gz` is `iris`. A legal name stands for itself. Any
/// other is turned into one by this rule, in this order:
///
/// 1. Every character that is not an ASCII letter or digit becomes a hyphen; a run of them becomes
///    one; hyphens at the ends fall away.
/// 2. A name that does not begin with a letter gets `m-` in front: `3dcnn` is `m-3dcnn`.
/// 3. A name shorter than three characters gets `-model` behind: `m1` is `m1-model`.
/// 4. A name longer than 32 characters keeps its first 23, loses hyphens at their end, and gets a
///    hyphen and eight hexadecimal digits of the FNV-1a hash (64 bits, the upper half) of the
///    folder's whole name: two long names that begin alike stay apart.
///
/// Letters keep their case. A folder without any ASCII letter or digit stands for no endpoint.
public struct EndpointNaming: Hashable, Sendable {
    /// The name of the folder or archive.
    public let folder: String
    /// The endpoint's name.
    public let endpoint: EndpointName

    /// The folder's name without an archive's ending: what `NAME.yml` beside it is called by.
    public var stem: String { Self.stem(of: folder) }

    /// Whether the endpoint is called otherwise than the folder.
    public var isChanged: Bool { stem != endpoint.text }

    /// A name without an archive's ending.
    public static func stem(of folder: String) -> String { ArchiveForm.split(folder).stem }

    /// Applies the rule; nothing when no name can be made.
    public init?(folder: String) {
        self.folder = folder
        let stem = Self.stem(of: folder)
        if let name = EndpointName(stem) {
            self.endpoint = name
            return
        }
        var text = ""
        for scalar in stem.unicodeScalars {
            if scalar.isASCII, UInt8(truncatingIfNeeded: scalar.value).isASCIILetterOrDigit {
                text.unicodeScalars.append(scalar)
            } else if !text.isEmpty, !text.hasSuffix("-") {
                text += "-"
            }
        }
        if text.hasSuffix("-") { text.removeLast() }
        guard let first = text.utf8.first else { return nil }
        if !first.isASCIILetter { text = "m-" + text }
        if text.utf8.count < 3 { text += "-model" }
        if text.utf8.count > 32 {
            text = String(text.prefix(23))
            while text.hasSuffix("-") { text.removeLast() }
            text += "-" + Self.digits(of: stem)
        }
        guard let name = EndpointName(text) else { return nil }
        self.endpoint = name
    }

    /// The names of all folders at once, and what is refused among them.
    ///
    /// Shape: a problem for each folder that no name can be made of, and one for each folder of a
    /// group that maps to one endpoint: none of the group is served, whichever came first, so that
    /// the answer does not depend on when a folder was seen. Endpoints are compared without regard
    /// to case, as host names are. Both results are in order of the folder's name.
    public static func names(
        of folders: [String]
    ) -> (names: [EndpointNaming], problems: [(folder: String, problem: Problem)]) {
        var names: [EndpointNaming] = []
        var problems: [(folder: String, problem: Problem)] = []
        var groups: [String: [String]] = [:]
        let sorted = Set(folders).sorted()
        for folder in sorted {
            guard let naming = EndpointNaming(folder: folder) else {
                problems.append((folder, Self.nameless(folder)))
                continue
            }
            names.append(naming)
            groups[naming.endpoint.text.lowercased(), default: []].append(folder)
        }
        let unique = names.filter { naming in
            let group = groups[naming.endpoint.text.lowercased()] ?? []
            guard group.count > 1 else { return true }
            problems.append((naming.folder, Self.collision(naming, group)))
            return false
        }
        return (unique, problems.sorted { $0.folder < $1.folder })
    }

    private static func nameless(_ folder: String) -> Problem {
        Problem(
            .invalid,
            code: "endpointName",
            what: "the folder name '\(folder.excerpt)' has no letter or digit to make an "
                + "endpoint's name of",
            remedy: "rename it: \(EndpointName.rule)"
        )
    }

    private static func collision(_ naming: EndpointNaming, _ group: [String]) -> Problem {
        let others = group.filter { $0 != naming.folder }.map { "'\($0.excerpt)'" }
        return Problem(
            .conflict,
            code: "endpointCollision",
            what: "the folder '\(naming.folder.excerpt)' stands for the endpoint "
                + "'\(naming.endpoint)', and so does \(others.joined(separator: ", "))",
            remedy: "rename all but one of them"
        )
    }

    private static func digits(of text: String) -> String {
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for byte in text.utf8 {
            hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3
        }
        let digits = String(hash >> 32, radix: 16)
        return String(repeating: "0", count: 8 - digits.count) + digits
    }
}
