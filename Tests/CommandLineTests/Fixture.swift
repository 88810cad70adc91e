// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

/// Expects `text` to be what the fixture holds; with `SCOREKEEPER_UPDATE_FIXTURES=1` writes it there
/// and fails, so that an update is never taken for a pass.
func expect(
    _ text: String,
    matchesFixture name: String,
    file: String = #filePath,
    at location: SourceLocation = #_sourceLocation
) throws {
    let folder = URL(fileURLWithPath: file).deletingLastPathComponent()
    let fixture = folder.appending(path: "Fixtures/\(name)")
    if ProcessInfo.processInfo.environment["SCOREKEEPER_UPDATE_FIXTURES"] == "1" {
        try Data(text.utf8).write(to: fixture)
        Issue.record("wrote the fixture '\(name)'", sourceLocation: location)
        return
    }
    let expected = try String(contentsOf: fixture, encoding: .utf8)
    #expect(text == expected, sourceLocation: location)
}
