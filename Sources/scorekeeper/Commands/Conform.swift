// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import CLinux
import Client
import Conformance
import Foundation
import Vocabulary

/// `scorekeeper conformance`.
struct Conform: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "conformance",
        abstract: "Tries whether a scorer of yours keeps the contract of the lane.",
        discussion: """
            Plays the gateway's end of the lane against the program, which runs unisolated and with \
            your own rights, and tells sentence by sentence whether it holds. Its input is empty, \
            its output is kept for what is told of a broken sentence. Needs no server. Arguments \
            after -- go to the program. The exit status is 1 where a sentence is broken.

            EXAMPLE
              scorekeeper conformance ./my-scorer
              scorekeeper conformance ./my-scorer --request-file request.json
              scorekeeper conformance ./my-scorer -- --model m.bin
            """
    )

    @Argument(help: "The scorer's program.")
    var program: String

    @Option(help: ArgumentHelp("A body that it understands; bytes if not.", valueName: "file"))
    var requestFile: String?

    @Option(help: "What that body is.")
    var contentType = "application/json"

    @Option(help: "What an answer must be: the request's body or anything; found out if not said.")
    var answers: ConformanceSettings.Answers?

    @Option(help: "Calls at once that it must honour, if not as many as it says.")
    var calls: Int?

    @Option(help: ArgumentHelp("The longest body that may be sent.", valueName: "bytes"))
    var largest = 16 << 20

    @Option(help: ArgumentHelp("How long it may take for each thing.", valueName: "seconds"))
    var patience = 60

    @Option(help: "How many requests it has to endure.")
    var requests = 10_000

    @Flag(help: "Tell on standard error what is being tried.")
    var verbose = false

    @OptionGroup var format: OutputOptions

    @Argument(parsing: .postTerminator, help: "The scorer's arguments.")
    var arguments: [String] = []

    func validate() throws {
        guard (1...1_000).contains(calls ?? 1) else {
            throw ValidationError("--calls is from 1 to 1,000.")
        }
        guard (1...86_400).contains(patience) else {
            throw ValidationError("--patience is from 1 to 86,400 seconds.")
        }
        guard (0...(1 << 30)).contains(largest) else {
            throw ValidationError("--largest is from 0 bytes to 1 GiB.")
        }
        guard (1...100_000_000).contains(requests) else {
            throw ValidationError("--requests is from 1 to 100,000,000.")
        }
    }

    func run() throws {
        // What the scorer starts and leaves behind comes to us, so that it can be ended.
        _ = linux_become_subreaper()
        let scorer = try ScorerProgram(path: program, arguments: arguments)
        let report = try Conformance(scorer, settings()).play { words in
            if verbose { Output.tell(words) }
        }
        switch format.output {
        case .json: try Output.print(json: report)
        case .table: Output.print(report.lines.joined(separator: "\n"))
        }
        if !report.broken.isEmpty { throw ExitCode(CommandStatus.failed.rawValue) }
    }

    private func settings() throws(Problem) -> ConformanceSettings {
        var settings = ConformanceSettings()
        settings.answers = answers
        settings.calls = calls
        settings.largest = largest
        settings.patience = .seconds(patience)
        settings.requests = requests
        if let requestFile {
            settings.sample = [UInt8](try RequestFile.read(requestFile))
            settings.contentType = contentType
        }
        return settings
    }
}

extension ConformanceSettings.Answers: ExpressibleByArgument {}
