// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Vocabulary

/// Names as they are written on a command line.
enum Naming {
    /// Errors: `endpointName` where the rule is broken.
    static func endpoint(_ text: String) throws(Problem) -> EndpointName {
        guard let name = EndpointName(text) else {
            throw refusal("endpointName", text, "an endpoint's name", EndpointName.rule)
        }
        return name
    }

    /// Errors: `deploymentName` where the rule is broken.
    static func deployment(_ text: String) throws(Problem) -> DeploymentName {
        guard let name = DeploymentName(text) else {
            throw refusal("deploymentName", text, "a deployment's name", DeploymentName.rule)
        }
        return name
    }

    private static func refusal(
        _ code: String,
        _ text: String,
        _ what: String,
        _ rule: String
    ) -> Problem {
        Problem(
            .invalid,
            code: code,
            what: "cannot read '\(text.printable)' as \(what)",
            remedy: "write \(rule)"
        )
    }
}
