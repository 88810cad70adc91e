// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Vocabulary

/// A deployment that is there.
struct DeploymentAddress: ParsableArguments {
    @Option(name: .shortAndLong, help: "The deployment.")
    var name: String

    @Option(name: [.customShort("e"), .long, .customLong("endpoint")], help: "The endpoint.")
    var endpointName: String

    func key() throws(Problem) -> DeploymentKey {
        DeploymentKey(
            endpoint: try Naming.endpoint(endpointName),
            deployment: try Naming.deployment(name)
        )
    }
}
