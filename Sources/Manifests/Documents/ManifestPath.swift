// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Vocabulary

/// A path that a document names.
public struct ManifestPath: Hashable, Codable, Sendable {
    /// As it is written.
    public let written: String
    /// Where it leads, from where the document was named from.
    public let path: String
    /// Where it is written.
    public let location: Problem.Location
}

extension DocumentValues {
    /// A path that is counted from the document's folder; an address is refused.
    mutating func path(
        _ text: String,
        _ node: YAMLNode,
        in folder: String,
        of key: String
    ) -> ManifestPath? {
        let isAddress =
            text.contains("://") || text.hasPrefix("azureml:")
            || ["models:", "runs:", "file:"].contains { text.hasPrefix($0) }
        guard !isAddress else {
            refuse(
                "address",
                "'\(key)' is '\(text.excerpt)', an address, and what is served is taken from this "
                    + "machine",
                "download it and write its path, counted from the document's folder",
                node
            )
            return nil
        }
        guard !text.unicodeScalars.contains(where: TextCheck.isControl), text.utf8.count <= 4_096
        else {
            refuse("path", "'\(key)' is no path", "write a plain one", node)
            return nil
        }
        return ManifestPath(
            written: text,
            path: ManifestPath.resolve(text, in: folder),
            location: node.location
        )
    }
}

extension ManifestPath {
    /// Where `text` leads from `folder`, without the steps that lead nowhere.
    static func resolve(_ text: String, in folder: String) -> String {
        var folder = folder
        var parts = text.split(separator: "/").filter { $0 != "." }
        if text.hasPrefix("/") { return "/" + parts.joined(separator: "/") }
        while parts.first == "..", let parent = parent(of: folder) {
            folder = parent
            parts.removeFirst()
        }
        let steps = parts.joined(separator: "/")
        if steps.isEmpty { return folder.isEmpty ? "." : folder }
        return folder.isEmpty || folder == "." ? steps : "\(folder)/\(steps)"
    }

    /// The folder above one that is there and no link: only then do both ways lead to one place.
    private static func parent(of folder: String) -> String? {
        var facts = stat()
        guard let last = folder.split(separator: "/").last, last != ".", last != "..",
            lstat(folder, &facts) == 0, facts.st_mode & S_IFMT == S_IFDIR
        else { return nil }
        let above = (folder as NSString).deletingLastPathComponent
        return above.isEmpty ? "." : above
    }
}
