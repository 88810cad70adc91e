// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Foundation

/// Expects `text` to be what the fixture beside the test holds.
///
/// With `SCOREKEEPER_UPDATE_FIXTURES=1` writes it there and fails, so that an update is never taken
/// for a pass.
/// Errors: `FixtureMismatch`, with the first line that differs.
public func expect(
    _ text: String,
    matchesFixture name: String,
    file: String = #filePath
) throws {
    let folder = URL(fileURLWithPath: file).deletingLastPathComponent()
    let fixture = folder.appending(path: "Fixtures/\(name)")
    if ProcessInfo.processInfo.environment["SCOREKEEPER_UPDATE_FIXTURES"] == "1" {
        try Data(text.utf8).write(to: fixture)
        throw FixtureMismatch(description: "wrote the fixture '\(name)'")
    }
    let expected = try String(contentsOf: fixture, encoding: .utf8)
    guard text != expected else { return }
    throw FixtureMismatch(text, of: name, expected)
}

/// A text is not what its fixture holds.
public struct FixtureMismatch: Error, CustomStringConvertible {
    /// What differs.
    public let description: String

    init(description: String) { self.description = description }

    init(_ text: String, of name: String, _ expected: String) {
        let lines = [text, expected].map { text in
            text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        }
        let count = lines.map(\.count).max() ?? 0
        let line = (0..<count).first { line in
            lines[0].dropFirst(line).first != lines[1].dropFirst(line).first
        }
        let words = lines.map { $0.dropFirst(line ?? 0).first.map { "'\($0)'" } ?? "no line" }
        self.init(
            description: "line \((line ?? 0) + 1) is \(words[0]), and \(words[1]) in the fixture "
                + "'\(name)'"
        )
    }
}
