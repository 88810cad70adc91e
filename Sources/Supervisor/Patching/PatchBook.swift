// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Manifests
import Vocabulary

/// Resolutions that somebody was shown lately: what a patch goes on from.
///
/// It is gone with this life of the supervisor, and so is the patch: asking again resolves again, and
/// what was patched has nothing more to do.
struct PatchBook {
    /// One resolution.
    struct Resolution {
        /// The definition, settled on it.
        let definition: EnvironmentDefinition
        /// How the deployments that it is for are served: which Pythons will do.
        let settings: ServingSettings
    }

    /// How many are remembered.
    static let limit = 256

    private var resolutions: [Digest: Resolution] = [:]
    private var order: [Digest] = []

    /// The resolution of a name, if somebody was shown it lately.
    func resolution(_ settlement: Digest) -> Resolution? { resolutions[settlement] }

    /// Remembers a resolution, and forgets the one that was shown first where there are too many.
    mutating func note(_ resolution: Resolution, as settlement: Digest) {
        order.removeAll { $0 == settlement }
        order.append(settlement)
        resolutions[settlement] = resolution
        guard order.count > Self.limit else { return }
        resolutions[order.removeFirst()] = nil
    }
}
