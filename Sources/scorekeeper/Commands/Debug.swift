// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import CLinux
import Conformance
import Vocabulary

/// `scorekeeper debug`.
struct Debug: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Serves one scorer or script of yours unisolated, in the terminal.",
        discussion: """
            The same contract without a server: one port of this machine, one process, the real lane \
            between them. Its output goes to the terminal. It is started again when it dies, or when \
            its file is built anew. No deadline is set and nothing counts as hung, so that a \
            breakpoint may last. Arguments after -- go to the program.

            --under gdb starts it in the debugger: say 'run' there, as often as you like; the end of \
            the debugger is the end. --under perf records into ./perf.data until Ctrl-C.

            A script (score.py) is loaded again when it or a module beside it was saved; its \
            tracebacks are in the terminal and in the answer.

            EXAMPLE
              scorekeeper debug code/score.py --model-dir .
              scorekeeper debug --scorer ./my-scorer
              scorekeeper debug --scorer ./my-scorer --under gdb -- --model m.bin
              curl -s http://127.0.0.1:5001/score -d '[1, 2, 3]'
            """
    )

    @Argument(help: "A scoring script (score.py), instead of a program.")
    var script: String?

    @Option(help: ArgumentHelp("A program that scores over the lane.", valueName: "program"))
    var scorer: String?

    @Option(help: "The port; 0 takes a free one.")
    var port: UInt16 = 5001

    @Option(help: "Calls at once: max_concurrent_requests_per_instance.")
    var calls = 1

    @Option(help: ArgumentHelp("Run the program by a tool: gdb or perf.", valueName: "tool"))
    var under: DebugTool?

    @OptionGroup(title: "A script's options") var scriptOptions: DebugScript.Options

    @Argument(parsing: .postTerminator, help: "The program's arguments.")
    var arguments: [String] = []

    func validate() throws {
        guard (script == nil) != (scorer == nil) else {
            throw ValidationError("Name a program with --scorer, or a script: one of the two.")
        }
        guard (1...1_000).contains(calls) else {
            throw ValidationError("--calls is from 1 to 1,000.")
        }
        guard script == nil || (under == nil && arguments.isEmpty) else {
            throw ValidationError("--under and arguments after -- belong to --scorer.")
        }
    }

    func run() throws {
        // What the scorer starts and leaves behind comes to us, so that it can be ended.
        _ = linux_become_subreaper()
        if let script {
            return try DebugScript.run(script, port: port, scriptOptions)
        }
        let program = try ScorerProgram(path: scorer ?? "", arguments: arguments)
        try DebugSession(program, port: port, tool: under, calls: calls).run()
    }
}
