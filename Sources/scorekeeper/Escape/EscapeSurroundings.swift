// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Glibc
import Synchronization
import Vocabulary

/// What stands outside the scorers of an escape test: listeners that nobody should reach, secrets
/// that nobody should find.
///
/// The listeners are a process of their own, `escape-scorer surroundings`; it ends with its input.
final class EscapeSurroundings: Sendable {
    /// What every secret begins with; digits that are told to nobody follow.
    static let prefix = "scorekeeper-secret-"
    private static let tailBytes = 64

    /// A folder that everybody may write, with a secret in it.
    let hostFolder: String
    /// The neighbour's program, with a secret behind it.
    let neighbour: String
    /// Where the listeners are, by name.
    let places: [String: String]
    private let privateFolder: String
    private let process: Process
    private let input: FileHandle
    private let output: FileHandle
    private let rest = Mutex<Data>(Data())

    /// Puts everything up; `program` is `escape-scorer`.
    ///
    /// Errors: `surroundings` where something cannot be made.
    init(program: String) throws(Problem) {
        let base = FileManager.default.temporaryDirectory.path + "/scorekeeper-escape-\(getpid())"
        hostFolder = base
        privateFolder = base + ".private"
        neighbour = privateFolder + "/escape-neighbour"
        process = Process()
        let asked = Pipe()
        let told = Pipe()
        input = asked.fileHandleForWriting
        output = told.fileHandleForReading
        do {
            try Self.makeFolder(hostFolder, 0o777)
            try Self.makeFolder(privateFolder, 0o700)
            let secret = hostFolder + "/secret"
            try Data(Self.secret().utf8).write(to: URL(fileURLWithPath: secret))
            try FileManager.default.copyItem(atPath: program, toPath: neighbour)
            let file = try FileHandle(forWritingTo: URL(fileURLWithPath: neighbour))
            try file.seekToEnd()
            let tail = "{\(Self.secret())}"
            let padded = tail.padding(toLength: Self.tailBytes, withPad: "\n", startingAt: 0)
            try file.write(contentsOf: Data(padded.utf8))
            try file.close()
            process.executableURL = URL(fileURLWithPath: program)
            process.arguments = ["surroundings", hostFolder]
            process.standardInput = asked
            process.standardOutput = told
            try process.run()
        } catch {
            throw Problem(
                .failed,
                code: "surroundings",
                what: "cannot put up what an escape test looks at: \(error.localizedDescription)",
                remedy: "let this user write '\(base)'"
            )
        }
        // The server's own variables: every process of ours inherits them, no scorer may.
        setenv("SCOREKEEPER_ESCAPE_TEST", Self.secret(), 1)
        places = Self.words(Self.line(from: output, rest))
    }

    /// How often each listener was reached since the last look.
    func look() -> [String: Int] {
        try? input.write(contentsOf: Data("look\n".utf8))
        return Self.words(Self.line(from: output, rest)).compactMapValues { Int($0) }
    }

    /// Takes everything down.
    func remove() {
        try? input.close()
        process.waitUntilExit()
        for folder in [hostFolder, privateFolder] {
            try? FileManager.default.removeItem(atPath: folder)
        }
    }

    private static func secret() -> String {
        let digits = (0..<16).map { _ in
            let byte = String(UInt8.random(in: .min ... .max), radix: 16)
            return byte.count == 1 ? "0" + byte : byte
        }
        return prefix + digits.joined()
    }

    private static func makeFolder(_ path: String, _ mode: mode_t) throws {
        try FileManager.default.createDirectory(
            atPath: path,
            withIntermediateDirectories: true
        )
        chmod(path, mode)
    }

    private static func line(from output: FileHandle, _ rest: borrowing Mutex<Data>) -> String {
        rest.withLock { rest in
            while !rest.contains(UInt8(ascii: "\n")) {
                let more = output.availableData
                if more.isEmpty { break }
                rest += more
            }
            let line = rest.prefix { $0 != UInt8(ascii: "\n") }
            rest = Data(rest.dropFirst(line.count + 1))
            return String(decoding: line, as: UTF8.self)
        }
    }

    private static func words(_ line: String) -> [String: String] {
        var words: [String: String] = [:]
        for word in line.split(separator: " ") {
            let halves = word.split(separator: "=", maxSplits: 1)
            if halves.count == 2 { words[String(halves[0])] = String(halves[1]) }
        }
        return words
    }
}
