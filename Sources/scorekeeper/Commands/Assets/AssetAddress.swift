// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Vocabulary

/// One version of something registered.
struct AssetAddress: ParsableArguments {
    @Option(name: .shortAndLong, help: "Its name.")
    var name: String

    @Option(name: .shortAndLong, help: "Its version.")
    var version: String

    func id(_ kind: AssetID.Kind) -> AssetID { AssetID(kind, name: name, version: version) }
}
