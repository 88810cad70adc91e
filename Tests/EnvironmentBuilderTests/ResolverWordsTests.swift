// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import EnvironmentBuilder

@Suite struct `The resolver's words` {
    private let definition = makeDefinition("numpy==1.0", "scikit-learn<1", "six")

    private func problem(_ output: String, at step: ResolverWords.Step = .resolve) -> String {
        let problem = ResolverWords(output: output)
            .problem(at: step, of: definition, log: "/log")
        return "\(problem.kind) \(problem.code) \(problem.location?.description ?? "nowhere")"
    }

    @Test func `place a contradiction at the requirement they quote`() {
        let output = """
            Resolved 3 packages
            error: No solution found when resolving dependencies
              cause: Because you require scikit-learn<1 and numpy is there, we can conclude
                  that your requirements are unsatisfiable.
            """

        #expect(problem(output) == "invalid unsatisfiable requirements.txt:2")
        #expect(
            ResolverWords(output: output).explanation
                == "No solution found when resolving dependencies Because you require "
                + "scikit-learn<1 and numpy is there, we can conclude that your requirements "
                + "are unsatisfiable."
        )
    }

    @Test func `place a package that is not quoted whole by its name`() {
        #expect(
            problem("error: Because six was not found in the package registry")
                == "invalid unsatisfiable requirements.txt:3"
        )
        #expect(
            problem("error: Because sixteen was not found in the package registry")
                == "invalid unsatisfiable nowhere"
        )
    }

    @Test func `tell a source-only package, a dead registry and a full disk apart`() {
        #expect(
            problem("error: Because six has no usable wheels and you require six")
                == "unsupported needsBuilding requirements.txt:3"
        )
        #expect(
            problem("error: Failed to fetch: https://registry.test/simple/six/")
                == "failed registryUnreachable requirements.txt:3"
        )
        #expect(
            problem("error: write: No space left on device (os error 28)", at: .install)
                == "exhausted diskFull nowhere"
        )
    }

    @Test func `are told by the step where nothing better is known`() {
        #expect(problem("error: odd", at: .prepare) == "failed cannotPrepare nowhere")
        #expect(problem("error: odd", at: .install) == "failed cannotInstall nowhere")
    }

    @Test func `are cut where they go on and on`() {
        let words = ResolverWords(output: "error: " + String(repeating: "x ", count: 9_000))

        #expect(words.explanation.count == ResolverWords.mostCharacters + 3)
    }
}
