// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import ControlAPI
import Vocabulary

/// What is registered, and under which name.
struct AssetOptions: ParsableArguments {
    @Option(
        name: .shortAndLong,
        help: ArgumentHelp("A document that says what is registered.", valueName: "document")
    )
    var file: String?

    @Option(name: .shortAndLong, help: "Its name; its document's where left out.")
    var name: String?

    @Option(name: .shortAndLong, help: "Its version; the next number where left out.")
    var version: String?

    @Option(
        name: .customLong("set"),
        parsing: .upToNextOption,
        help: ArgumentHelp("Fields in place of the document's.", valueName: "a.b=c")
    )
    var overrides: [String] = []

    func request(_ kind: AssetID.Kind) -> AssetRequest {
        AssetRequest(
            kind,
            file: file.map(absolutePath),
            name: name,
            version: version,
            overrides: overrides
        )
    }
}
