// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import ControlAPI
import Hummingbird
import Vocabulary

/// What can be asked about patching environments.
///
/// | Route | Answers |
/// |---|---|
/// | `POST /patches` with a `PatchRequest` | 200, `PatchPlan`; nothing is changed |
/// | `POST /patches/DIGEST` | 200, `{"built": DIGEST}` once the resolution stands |
/// | `POST /patches/DIGEST/deployments` with a `PatchStep` | 202, `DeployAnswer` |
extension ControlRoutes {
    func addPatches(to router: Router<BasicRequestContext>) {
        router.post("patches") { request, _ in
            let asked = try await Self.decode(PatchRequest.self, from: request)
            return try await Answer(control.planPatch(asked))
        }
        router.post("patches/:settlement") { _, context in
            let settlement = try Self.settlement(in: context)
            try await control.buildPatch(settlement)
            return Answer(["built": settlement])
        }
        router.post("patches/:settlement/deployments") { request, context in
            var step = try await Self.decode(PatchStep.self, from: request)
            step.settlement = try Self.settlement(in: context)
            return try await Answer(control.patch(step), status: .accepted)
        }
    }

    private static func settlement(in context: BasicRequestContext) throws(Problem) -> Digest {
        let text = context.parameters.get("settlement") ?? ""
        guard let digest = Digest(text) else {
            throw Problem(
                .invalid,
                code: "settlement",
                what: "cannot read '\(text.printable)' as a resolution",
                remedy: "write \(Digest.rule), as the plan has it"
            )
        }
        return digest
    }
}
