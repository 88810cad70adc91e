// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

/// The executable that was built beside these tests, run as a person runs it.
struct CommandRun {
    let status: Int32
    let output: String
    let complaints: String

    init(_ arguments: String..., input: String = "", state: String? = nil) throws {
        try self.init(arguments: arguments, input: input, state: state)
    }

    /// Runs it; `complaining` is a file that takes its standard error in place of `complaints`.
    init(
        arguments: [String],
        input: String = "",
        state: String? = nil,
        complaining: String? = nil
    ) throws {
        let process = Process()
        let tests = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
        process.executableURL = tests.deletingLastPathComponent().appending(path: "scorekeeper")
        process.arguments = arguments
        process.environment = ["SCOREKEEPER_STATE": state ?? "/nowhere", "PATH": "/usr/bin:/bin"]
        let (standardOutput, standardError, standardInput) = (Pipe(), Pipe(), Pipe())
        process.standardOutput = standardOutput
        process.standardError = standardError
        if let complaining {
            process.standardError = FileHandle(forWritingAtPath: complaining)
            try standardError.fileHandleForWriting.close()
        }
        process.standardInput = standardInput
        try process.run()
        try standardInput.fileHandleForWriting.write(contentsOf: Data(input.utf8))
        try standardInput.fileHandleForWriting.close()
        output = try Self.text(standardOutput)
        complaints = try Self.text(standardError)
        process.waitUntilExit()
        status = process.terminationStatus
    }

    private static func text(_ pipe: Pipe) throws -> String {
        String(decoding: try pipe.fileHandleForReading.readToEnd() ?? Data(), as: UTF8.self)
    }
}
