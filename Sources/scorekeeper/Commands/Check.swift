// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Client
import Manifests

/// `scorekeeper check`.
struct Check: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Says what a model is, what it needs, and every problem.",
        discussion: """
            Starts nothing and needs no server. Problems are told with file, line and column, and make the exit \
            status 2.

            EXAMPLE
              scorekeeper check Samples/mlflow-iris
            """
    )

    @Argument(help: "The model's directory, or an archive of one.")
    var model: String

    @OptionGroup var format: OutputOptions

    func run() throws {
        let check = ModelCheck(path: model)
        switch format.output {
        case .json: try Output.print(json: check)
        case .table: Output.print(check.lines.joined(separator: "\n"))
        }
        if !check.isServable { throw ExitCode(CommandStatus.badInput.rawValue) }
    }
}
