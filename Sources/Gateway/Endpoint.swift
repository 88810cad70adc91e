// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import RequestDispatch
import Vocabulary

/// One endpoint: its deployments and whose turn it is.
///
/// Confined to the loop.
final class Endpoint {
    let name: EndpointName
    private(set) var deployments: [Deployment] = []
    private var split = TrafficSplit(percents: [])
    private var sequence: UInt64 = 0

    init(name: EndpointName) {
        self.name = name
    }

    func follow(_ deployments: [Deployment], percents: [Int]) {
        self.deployments = deployments
        self.split = TrafficSplit(percents: percents)
    }

    /// The deployment whose turn it is; nothing where none has traffic.
    func next() -> Deployment? {
        guard let position = split.choose(sequence: sequence) else { return nil }
        sequence &+= 1
        return deployments[position]
    }

    /// The deployment that a client asked for by name.
    func named(_ name: String) -> Deployment? {
        deployments.first { $0.key.deployment.text == name }
    }
}
