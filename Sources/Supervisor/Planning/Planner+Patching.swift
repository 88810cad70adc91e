// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import ControlAPI
import Vocabulary

extension Planner {
    /// What callers notice of a new revision that is rolled in.
    static let rolledIn =
        "nothing: new instances serve before old ones drain, and what never gets ready leaves the "
        + "old ones as they are"

    /// What it would take to roll a patched deployment in, decided as the server would.
    func patching(_ document: DeploymentDocument, isBuilt: Bool) -> PlanAnswer.Step {
        var rulebook = rulebook
        let name = "\(document.key)"
        if let refusal = rulebook.decide(.declared(document.declaration), at: now).refusal {
            return .init("deployment", name, .update, refusal: ProblemBody(refusal))
        }
        return .init(
            "deployment",
            name,
            .update,
            changes: isBuilt ? [] : ["its environment is built first"],
            capacity: rulebook.reservation(of: document.key),
            callers: Self.rolledIn,
            revision: document.revision
        )
    }
}
