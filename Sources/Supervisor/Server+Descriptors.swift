// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Vocabulary
import Wire

extension Server {
    /// What a server with few scorers and clients gets along with: libraries end the process where
    /// none is left at its start.
    private static let fewestDescriptors: UInt64 = 64

    /// Takes the descriptors that the system gives: lanes pass through, files are copied, and people
    /// and scrapers connect.
    ///
    /// Errors: `fewDescriptors`.
    static func takeDescriptors() throws(Problem) {
        let most = DescriptorLimit.raise()
        guard most < fewestDescriptors else { return }
        throw Problem(
            .exhausted,
            code: "fewDescriptors",
            what: "this process may have \(most) files open, and a server needs "
                + "\(fewestDescriptors) at least",
            remedy: "raise it: 'ulimit -Hn 65536' as root, or the service's LimitNOFILE="
        )
    }
}
