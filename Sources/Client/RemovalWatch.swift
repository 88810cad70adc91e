// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import ControlAPI
import Vocabulary

/// Watches an endpoint go after it was deleted.
public struct RemovalWatch: Sendable {
    private let name: EndpointName

    /// Watches the end of `name`.
    public init(_ name: EndpointName) {
        self.name = name
    }

    /// Whether it is gone; nothing means that there is none.
    ///
    /// Errors: `deployedAgain` where somebody wants it once more: that may last for ever.
    public func isOver(at endpoint: EndpointStatus?) throws(Problem) -> Bool {
        guard let endpoint else { return true }
        guard endpoint.deployments.contains(where: { $0.state != .removing }) else { return false }
        throw Problem(
            .conflict,
            code: "deployedAgain",
            what: "cannot wait for the end of '\(name)': it was deployed again meanwhile",
            remedy: "'scorekeeper status \(name)' shows what it is now"
        )
    }
}
