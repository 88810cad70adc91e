// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import ControlAPI
import EnvironmentBuilder
import Manifests
import Vocabulary

/// What is known of the environments that deployments need: built, being built, failed.
struct BuildBook {
    /// How far the environment of one definition is.
    enum Progress {
        case building(step: String)
        case built(BuiltEnvironment)
        case failed(Problem)
    }

    private var progress: [String: Progress] = [:]
    private var logs: [String: String] = [:]
    /// Builds that ended, for the counters.
    private(set) var succeeded = 0
    private(set) var failed = 0

    /// Builds under way.
    var running: Int {
        progress.values.count { if case .building = $0 { true } else { false } }
    }

    /// What is known of a definition's environment.
    func progress(of definition: EnvironmentDefinition) -> Progress? {
        progress[definition.canonicalText]
    }

    /// The definition's environment, if it is built.
    func built(_ definition: EnvironmentDefinition) -> BuiltEnvironment? {
        guard case .built(let environment) = progress(of: definition) else { return nil }
        return environment
    }

    /// Where the last build of a definition's environment wrote its log, as far as that is known.
    func log(of definition: EnvironmentDefinition) -> String? {
        logs[definition.canonicalText]
    }

    /// A build writes its log there.
    mutating func note(log: String, of definition: EnvironmentDefinition) {
        logs[definition.canonicalText] = log
    }

    /// A build has come to a step.
    mutating func step(_ step: String, of definition: EnvironmentDefinition) {
        if case .built = progress(of: definition) { return }
        progress[definition.canonicalText] = .building(step: step)
    }

    /// An environment stands from an earlier life, of which nothing was known in this one.
    mutating func recall(_ environment: BuiltEnvironment, of definition: EnvironmentDefinition) {
        if progress(of: definition) != nil { return }
        progress[definition.canonicalText] = .built(environment)
    }

    /// A build was given up because nobody needs it any more.
    mutating func forget(_ definition: EnvironmentDefinition) {
        progress[definition.canonicalText] = nil
        logs[definition.canonicalText] = nil
    }

    /// A build has ended.
    mutating func end(
        _ outcome: Result<BuiltEnvironment, Problem>,
        of definition: EnvironmentDefinition
    ) {
        switch outcome {
        case .success(let environment):
            progress[definition.canonicalText] = .built(environment)
            succeeded += 1
        case .failure(let problem):
            progress[definition.canonicalText] = .failed(problem)
            failed += 1
        }
    }
}
