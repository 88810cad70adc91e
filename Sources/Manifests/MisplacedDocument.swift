// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Foundation

/// Finds the document of a folder that somebody took for a model.
enum MisplacedDocument {
    private static let mostEntries = 1_000
    private static let longest = 64 << 10

    /// The path of the one document in `folder` that says what is served; nothing where there is
    /// none, or more than one and none called `deployment`.
    static func inside(_ folder: String) -> String? {
        let entries = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        guard entries.count <= mostEntries else { return nil }
        let found = entries.sorted().filter { name in
            (name.hasSuffix(".yml") || name.hasSuffix(".yaml"))
                && saysWhatIsServed("\(folder)/\(name)")
        }
        let usual = found.first { $0.hasPrefix("deployment.") }
        guard let name = usual ?? (found.count == 1 ? found[0] : nil) else { return nil }
        return folder.hasSuffix("/") ? folder + name : "\(folder)/\(name)"
    }

    private static func saysWhatIsServed(_ path: String) -> Bool {
        guard let file = FileHandle(forReadingAtPath: path),
            let bytes = try? file.read(upToCount: longest)
        else { return false }
        return String(decoding: bytes, as: UTF8.self).split(whereSeparator: \.isNewline)
            .contains { $0.hasPrefix("endpoint_name:") || $0.hasPrefix("code_configuration:") }
    }
}
