// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import ControlAPI
import Vocabulary

/// Which endpoint is meant, and what is said of it.
struct EndpointOptions: ParsableArguments {
    @Option(name: .shortAndLong, help: "The endpoint; its document's name where left out.")
    var name: String?

    @Option(
        name: .shortAndLong,
        help: ArgumentHelp("A managedOnlineEndpoint document.", valueName: "document")
    )
    var file: String?

    @Option(
        name: .customLong("set"),
        parsing: .upToNextOption,
        help: ArgumentHelp(
            "Fields in place of the document's, or of what is declared.",
            valueName: "a.b=c"
        )
    )
    var overrides: [String] = []

    @Flag(help: "Taken as Azure's: an endpoint is there once the command ends, there is no wait.")
    var noWait = false

    func require() throws {
        guard name != nil || file != nil else {
            throw ValidationError("Name an endpoint with -n, or a document with -f.")
        }
    }

    func request(_ mode: RequestMode) throws(Problem) -> EndpointRequest {
        EndpointRequest(
            mode: mode,
            name: try name.map(Naming.endpoint),
            file: file.map(absolutePath),
            overrides: overrides
        )
    }
}
