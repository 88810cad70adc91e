// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Client
import ControlAPI
import Vocabulary

/// `scorekeeper model create`.
struct ModelCreate: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "create",
        abstract: "Registers a model: copies it, and keeps it under a name and a version.",
        discussion: """
            Without a version it gets the next number, unless the newest holds the same.

            EXAMPLE
              scorekeeper model create -n iris -p Samples/mlflow-iris --type mlflow_model
              scorekeeper model create -f model.yml --set version=3
            """
    )

    @OptionGroup var what: AssetOptions

    @Option(name: .shortAndLong, help: "The model's folder or file.")
    var path: String?

    @Option(name: .shortAndLong, help: "How it is stored: custom_model or mlflow_model.")
    var type: String?

    @OptionGroup var server: StateOptions
    @OptionGroup var format: OutputOptions

    func validate() throws {
        guard what.file != nil || path != nil else {
            throw ValidationError("Name a document with -f, or the model's files with -p.")
        }
    }

    func run() async throws {
        var request = what.request(.model)
        request.path = path.map(absolutePath)
        request.type = type
        let model = try await server.client.registerModel(request)
        for notice in model.notices { Output.tell("notice: \(notice.printable)") }
        try Output.print(model, as: AssetReport.lines(model), format.output)
    }
}
