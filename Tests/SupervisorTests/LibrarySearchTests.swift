// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Manifests
import Testing
import Vocabulary

@testable import Supervisor

/// Small C programs and libraries, compiled while a test runs.
private final class Compiler {
    let path: String

    init() throws {
        path = FileManager.default.temporaryDirectory.path + "/libraries-\(UUID().uuidString)"
        try FileManager.default.createDirectory(
            atPath: path + "/private",
            withIntermediateDirectories: true
        )
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    /// Compiles a library into the folder `private`, with more words for the compiler.
    @discardableResult
    func library(_ name: String, _ words: String...) throws -> String {
        let file = "private/lib\(name).so"
        try compile(
            "int \(name)(void) { return 1; }",
            ["-shared", "-fPIC", "-Wl,--no-as-needed", "-Wl,-soname,lib\(name).so", "-o", file]
                + words
        )
        return "\(path)/\(file)"
    }

    /// Compiles a program that does nothing, linked with all that is named.
    func program(_ words: String...) throws -> ProgramFile {
        try compile(
            "#include <stdio.h>\nint main(void) { puts(\"it ran\"); return 0; }",
            ["-Wl,--no-as-needed", "-o", "program"] + words
        )
        return try ProgramFile(path: "\(path)/program")
    }

    private func compile(_ code: String, _ words: [String]) throws {
        let source = "\(path)/\(UUID().uuidString).c"
        try Data(code.utf8).write(to: URL(fileURLWithPath: source))
        let compiler = Process()
        compiler.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        compiler.arguments = ["cc", source] + words
        compiler.currentDirectoryURL = URL(fileURLWithPath: path)
        try compiler.run()
        compiler.waitUntilExit()
        try #require(compiler.terminationStatus == 0)
    }
}

@Suite struct `A program's libraries` {
    private let compiler: Compiler

    init() throws { compiler = try Compiler() }

    private func found(
        _ program: ProgramFile,
        _ libraryPath: String = ""
    ) async throws -> [LibrarySearch.Companion] {
        try await LibrarySearch.companions(of: program, libraryPath: libraryPath)
    }

    @Test func `of the machine's own need not come along`() async throws {
        let program = try compiler.program("-lm")

        #expect(program.start != .alone)
        #expect(try await found(program) == [])
    }

    @Test func `beside it come along, and those that these need`() async throws {
        try compiler.library("inner")
        try compiler.library("outer", "-Lprivate", "-linner", "-Wl,-rpath,$ORIGIN")
        let program = try compiler.program(
            "-Lprivate",
            "-louter",
            "-Wl,-rpath,$ORIGIN/private",
            "-Wl,-rpath-link,private"
        )

        let companions = try await found(program)

        #expect(companions.map(\.name) == ["libinner.so", "libouter.so"])
        #expect(
            companions.allSatisfy {
                URL(fileURLWithPath: $0.path).standardizedFileURL.path
                    == "\(compiler.path)/private/\($0.name)"
            }
        )
    }

    @Test func `in a folder that LD_LIBRARY_PATH names come along`() async throws {
        try compiler.library("word")
        let program = try compiler.program("-Lprivate", "-lword")

        let companions = try await found(program, "/nowhere:\(compiler.path)/private")

        #expect(companions.map(\.name) == ["libword.so"])
    }

    @Test func `that are not found are named, with what to do`() async throws {
        try compiler.library("word")
        let program = try compiler.program("-Lprivate", "-lword")

        let problem = await #expect(throws: Problem.self) { try await found(program) }

        #expect(problem?.code == "missingLibrary")
        #expect(problem?.what.contains("'libword.so'") == true)
        #expect(problem?.remedy.contains("LD_LIBRARY_PATH") == true)
    }

    @Test func `that a library of its own lacks are named too`() async throws {
        let inner = try compiler.library("inner")
        try compiler.library("outer", "-Lprivate", "-linner")
        let program = try compiler.program(
            "-Lprivate",
            "-louter",
            "-Wl,-rpath,$ORIGIN/private",
            "-Wl,-rpath-link,private"
        )
        try FileManager.default.removeItem(atPath: inner)

        let problem = await #expect(throws: Problem.self) { try await found(program) }

        #expect(problem?.what.contains("'libinner.so'") == true)
    }

    @Test func `are none where it is linked statically`() async throws {
        let program = try compiler.program("-static")

        #expect(program.start == .alone)
        #expect(try await found(program) == [])
    }

    @Test func `that it asks for by a whole path are refused`() async throws {
        let path = "\(compiler.path)/private/libnameless.so"
        let listing = LibraryListing("\t\(path) (0x00007f0000000000)\n")

        let problem = #expect(throws: Problem.self) {
            try LibrarySearch.companions(in: listing, of: "/scorer")
        }

        #expect(problem?.code == "libraryPath")
    }

    @Test func `are not looked for by a loader that is not the machine's`() async throws {
        let program = try compiler.program("-Wl,--dynamic-linker,\(compiler.path)/loader")

        let problem = await #expect(throws: Problem.self) { try await found(program) }

        #expect(problem?.code == "loader")
    }

    @Test func `are never looked for in a way that runs code of an audit library`() throws {
        try compiler.library("spy")

        let problem = #expect(throws: Problem.self) {
            try compiler.program("-Wl,--audit,\(compiler.path)/private/libspy.so")
        }

        #expect(problem?.code == "auditedProgram")
    }
}

@Suite struct `A loader's listing` {
    @Test func `is read line by line, whatever its paths hold`() {
        let listing = LibraryListing(
            """
            \tlinux-vdso.so.1 (0x00007f280b1b4000)
            \tlibf.so.1 => /a folder (1)/libf.so.1 (0x00007f280b1a2000)
            \tlibg.so.1 => not found
            \t/lib64/ld-linux-x86-64.so.2 (0x00007f280b1b6000)
            /s: error while loading shared libraries: libh.so.1: cannot open shared object file: No
            /s: /lib/libc.so.6: version `GLIBC_9' not found (required by /s)
            """
        )

        #expect(
            listing.libraries == [
                LibraryListing.Library(name: "libf.so.1", path: "/a folder (1)/libf.so.1")
            ]
        )
        #expect(listing.missing == ["libg.so.1", "libh.so.1"])
        #expect(listing.complaints.count == 1)
    }
}
