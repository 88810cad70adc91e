// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Glibc
import Testing
import Vocabulary

@testable import Supervisor

@Suite struct `A state folder` {
    /// Through which a scorer of another uid must pass to its own model, where we are root.
    private static let passable: mode_t = geteuid() == 0 ? 0o711 : 0o700

    private func mode(_ path: String) -> mode_t {
        var facts = stat()
        stat(path, &facts)
        return facts.st_mode & 0o777
    }

    private func fresh() throws -> StateFolder {
        let folder = FileManager.default.temporaryDirectory.path
        return try StateFolder(path: "\(folder)/state-\(UUID().uuidString.prefix(8))")
    }

    @Test func `lets others through to what they know of, and lists nothing to them`() throws {
        let state = try fresh()
        defer { try? FileManager.default.removeItem(atPath: state.path) }

        try state.make()

        #expect(mode(state.path) == Self.passable)
        #expect(mode(state.models) == 0o711)
        #expect(mode(state.path + "/run") == 0o711)
        #expect(mode(state.logs) == 0o700)
    }

    @Test func `lets a deployment's logs go, and its endpoint's folder with the last`() throws {
        let state = try fresh()
        try state.make()
        defer { try? FileManager.default.removeItem(atPath: state.path) }
        let keys = ["iris/blue", "iris/green", "rates/blue"].compactMap { DeploymentKey($0) }
        for key in keys {
            try FileManager.default.createDirectory(
                atPath: state.logs(of: key),
                withIntermediateDirectories: true
            )
            let log = state.logs(of: key) + "/1.log"
            _ = FileManager.default.createFile(atPath: log, contents: Data())
        }
        _ = FileManager.default.createFile(atPath: state.logs + "/gateway.log", contents: Data())
        func names(_ folder: String) throws -> [String] {
            try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
        }

        state.removeLogs(of: keys[2])
        let first = try names(state.logs)
        state.removeLogs { $0 == keys[1] }

        #expect(first == ["gateway.log", "iris"])
        #expect(try names(state.logs + "/iris") == ["green"])
        #expect(try names(state.logs) == ["gateway.log", "iris"])
    }

    @Test func `is unused until something is in it`() throws {
        let state = try fresh()
        defer { try? FileManager.default.removeItem(atPath: state.path) }

        let absent = state.isUnused
        mkdir(state.path, 0o700)
        let empty = state.isUnused
        try state.make()

        #expect([absent, empty, state.isUnused] == [true, true, false])
    }

    @Test func `of an earlier version is opened as far, and no folder that is not ours`() throws {
        let earlier = try fresh()
        let foreign = try fresh()
        for state in [earlier, foreign] { mkdir(state.path, 0o700) }
        _ = FileManager.default.createFile(atPath: earlier.ledger, contents: Data())
        mkdir(earlier.logs, 0o755)
        defer {
            for state in [earlier, foreign] {
                try? FileManager.default.removeItem(atPath: state.path)
            }
        }

        for state in [earlier, foreign] { try state.make() }

        #expect(mode(earlier.path) == Self.passable)
        #expect(mode(earlier.logs) == 0o700)
        #expect(mode(foreign.path) == 0o700)
    }
}
