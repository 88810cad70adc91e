// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Conformance
import Foundation

/// The scorers in C of Tests/Conformance, each compiled when it is first wanted.
enum BuiltScorers {
    struct CannotCompile: Error {
        let file: String
    }

    static let root = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    private static let folder: URL = {
        let folder = FileManager.default.temporaryDirectory
            .appending(path: "scorekeeper-conformance-\(getpid())")
        try? FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        atexit { try? FileManager.default.removeItem(at: BuiltScorers.folder) }
        return folder
    }()

    /// The names of the bad ones.
    static let bad: [String] = {
        let folder = root.appending(path: "Tests/Conformance/bad").path
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        return names.filter { $0.hasSuffix(".c") }.map { String($0.dropLast(2)) }.sorted()
    }()

    /// The program made of a source and what stands beside it.
    static func program(_ source: String) throws -> ScorerProgram {
        let sources = root.appending(path: "Sources/CScorerABI")
        let tests = root.appending(path: "Tests/Conformance")
        let name = URL(fileURLWithPath: source).deletingPathExtension().lastPathComponent
        let output = folder.appending(path: "\(name)-\(UUID().uuidString.prefix(8))").path
        let compiler = Process()
        compiler.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        compiler.arguments = [
            "cc", "-std=gnu11", "-Wall", "-Wextra", "-Werror", "-O1", "-pthread",
            "-I\(sources.path)/include", "-I\(tests.path)", root.appending(path: source).path,
            "\(tests.path)/raw.c", "\(sources.path)/libscorer.c", "-o", output,
        ]
        try compiler.run()
        compiler.waitUntilExit()
        guard compiler.terminationStatus == 0 else { throw CannotCompile(file: source) }
        return try ScorerProgram(path: output)
    }
}
