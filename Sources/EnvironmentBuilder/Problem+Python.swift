// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Manifests
import Vocabulary

extension Problem {
    /// No Python on the machine will do, and none could be fetched.
    static func noPython(
        for definition: EnvironmentDefinition,
        among found: [Interpreter]
    ) -> Problem {
        let there = found.map { "\($0.version) ('\($0.path)')" }.joined(separator: ", ")
        let problem = Problem(
            .notFound,
            code: "noPython",
            what: "cannot find Python \(definition.python) for the model: "
                + (there.isEmpty ? "no Python is on this machine" : "on this machine are \(there)"),
            remedy: there.isEmpty
                ? "install Python \(definition.python)"
                : "install it, or set 'scorekeeper.python: nearest' to accept the nearest"
        )
        return definition.pythonLocation.map { problem.at($0) } ?? problem
    }
}
