// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Foundation
import Supervisor
import Vocabulary

/// `scorekeeper debug score.py`.
enum DebugScript {
    /// What only a script has.
    struct Options: ParsableArguments {
        @Option(help: ArgumentHelp("What AZUREML_MODEL_DIR says.", valueName: "folder"))
        var modelDir: String?

        @Option(help: ArgumentHelp("An interpreter that has its packages.", valueName: "path"))
        var python = "python3"

        @Flag(help: "Wait until an editor has attached (needs the package debugpy).")
        var waitForDebugger = false

        @Option(help: "Where the debugger listens.")
        var debuggerPort: UInt16 = 5678
    }

    /// Becomes the runtime's debug server, which serves until it is interrupted.
    ///
    /// Errors: where the runtime or the interpreter is not there.
    static func run(_ script: String, port: UInt16, _ options: Options) throws(Problem) {
        if let folder = options.modelDir, access(folder, R_OK | X_OK) != 0 {
            let why = String(cString: strerror(errno))
            throw Problem(
                .notFound,
                code: "noModelFolder",
                what: "cannot read --model-dir '\(folder.printable)': \(why)",
                remedy: "name the folder that AZUREML_MODEL_DIR is to say"
            )
        }
        let program = try PythonRuntime.program()
        let words = self.words(script, port: port, options, program: program)
        var arguments: [UnsafeMutablePointer<CChar>?] = words.map { strdup($0) }
        defer { for argument in arguments { free(argument) } }
        arguments.append(nil)
        execvp(options.python, arguments)
        let why = String(cString: strerror(errno))
        throw Problem(
            .notFound,
            code: "noInterpreter",
            what: "cannot start the interpreter '\(options.python.printable)': \(why)",
            remedy: "name one that has what the script imports with --python"
        )
    }

    /// What the interpreter is called with.
    static func words(
        _ script: String,
        port: UInt16,
        _ options: Options,
        program: String
    ) -> [String] {
        var words = [options.python, program, "debug", "--script", script, "--port", "\(port)"]
        if let model = options.modelDir { words += ["--model-dir", model] }
        if options.waitForDebugger {
            words += ["--wait-for-debugger", "--debugger-port", "\(options.debuggerPort)"]
        }
        return words
    }
}
