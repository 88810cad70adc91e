// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing
import Vocabulary
import Wire

@testable import Supervisor

@Suite("The executable that a server runs")
struct OwnProgramTests {
    private let folder = FileManager.default.temporaryDirectory
        .appendingPathComponent("own-program-\(UUID())").path

    private var file: String { "\(folder)/scorekeeper" }

    private func install(_ text: String) throws {
        try FileManager.default.createDirectory(
            atPath: folder,
            withIntermediateDirectories: true
        )
        try text.write(toFile: file + ".new", atomically: false, encoding: .utf8)
        _ = rename(file + ".new", file)
    }

    private func content(_ program: OwnProgram) throws -> String {
        try String(contentsOfFile: program.place, encoding: .utf8)
    }

    @Test func `is started from its path while it lies there`() throws {
        try install("old")
        let program = try OwnProgram(path: file, opening: file)

        #expect(program.place == file)
        #expect(program.notice == nil)
        try FileManager.default.removeItem(atPath: folder)
    }

    @Test func `is still the old one once another lies in its place`() throws {
        try install("old")
        let program = try OwnProgram(path: file, opening: file)
        try install("new")

        #expect(try content(program) == "old")
        #expect(program.notice?.contains("was replaced") == true)
        #expect(program.notice?.contains("'scorekeeper handover'") == true)
        try FileManager.default.removeItem(atPath: folder)
        #expect(try content(program) == "old")
        #expect(program.notice?.contains("is not there any more") == true)
    }

    @Test func `is another one than an equal copy of it, whatever version that says`() throws {
        try install("same")
        let before = ProgramIdentity(of: file, version: "1")
        let again = ProgramIdentity(of: file, version: "1")
        let kept = try OwnProgram(path: file, opening: file)
        try install("same")
        let after = ProgramIdentity(of: file, version: "1")

        #expect(before != nil)
        #expect(before == again)
        #expect(before != after)
        withExtendedLifetime(kept) {}
        try FileManager.default.removeItem(atPath: folder)
    }
}
