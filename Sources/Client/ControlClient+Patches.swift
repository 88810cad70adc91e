// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import ControlAPI
import Vocabulary

/// Patching environments.
extension ControlClient {
    /// What would change if environments were resolved again.
    public func planPatch(_ request: PatchRequest) async throws(Problem) -> PatchPlan {
        try await ask("POST", "/patches", body: Self.encoded(request))
    }

    /// Has a resolution built; answers once it stands.
    public func buildPatch(_ settlement: Digest) async throws(Problem) {
        _ = try await askForBytes("POST", "/patches/\(settlement)")
    }

    /// Has a deployment's next revision run in a resolution; serving comes later.
    public func patch(_ step: PatchStep) async throws(Problem) -> DeployAnswer {
        let path = "/patches/\(step.settlement)/deployments"
        return try await ask("POST", path, body: Self.encoded(step))
    }
}
