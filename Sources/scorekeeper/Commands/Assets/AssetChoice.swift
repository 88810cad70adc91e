// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Client
import Vocabulary

/// A version of a registered model or environment, or its latest.
struct AssetChoice: ParsableArguments {
    @Option(name: .shortAndLong, help: "Its name.")
    var name: String

    @Option(name: .shortAndLong, help: "Its version; the latest that is not archived if left out.")
    var version: String?

    /// The one that is meant; told where it is the latest.
    ///
    /// Errors: `assetNotFound`.
    func find<Asset: VersionedAsset>(_ all: [Asset]) throws(Problem) -> Asset {
        let found = AssetVersions(all).find(name, version: version)
        guard let found else {
            throw AssetReport.missing(AssetID(Asset.kind, name: name, version: version ?? "latest"))
        }
        if version == nil {
            Output.tell("notice: version '\(found.version.printable)' is the latest")
        }
        return found
    }
}
