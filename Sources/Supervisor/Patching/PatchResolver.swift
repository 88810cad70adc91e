// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import EnvironmentBuilder
import Manifests
import Vocabulary

/// Resolves each definition once for a whole plan, however many environments were settled from it.
struct PatchResolver {
    private struct Question: Hashable {
        let definition: String
        let policy: PythonPolicy
        let python: PythonVersion
    }

    private let environments: EnvironmentStore
    private var answers: [Question: Result<EnvironmentSettlement, Problem>] = [:]

    init(_ environments: EnvironmentStore) {
        self.environments = environments
    }

    /// What a deployment's environment would be settled on today.
    mutating func settlement(
        for document: DeploymentDocument,
        instead built: BuiltEnvironment
    ) async throws(Problem) -> EnvironmentSettlement {
        guard let definition = document.environment?.unsettled else {
            preconditionFailure("a program is resolved: \(document.key)")
        }
        let version = built.base.version
        let question = Question(
            definition: definition.canonicalText,
            policy: document.settings.pythonPolicy,
            python: PythonVersion(major: version.major, minor: version.minor)
        )
        if let known = answers[question] { return try known.get() }
        let answer: Result<EnvironmentSettlement, Problem>
        do throws(Problem) {
            answer = .success(
                try await environments.resolve(
                    definition,
                    python: question.policy,
                    instead: built
                )
            )
        } catch {
            answer = .failure(error)
        }
        answers[question] = answer
        return try answer.get()
    }
}
