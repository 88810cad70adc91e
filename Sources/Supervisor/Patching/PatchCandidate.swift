// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import ControlAPI
import EnvironmentBuilder
import Manifests
import Vocabulary

/// A deployment whose environment may be patched.
struct PatchCandidate {
    /// What serves, or what was wanted last where nothing does.
    let document: DeploymentDocument
    /// What its scorers run in; nothing for a program, and where it is not built.
    let built: BuiltEnvironment?
    /// What its environment is registered as: `azureml:NAME:VERSION`.
    let names: [String]
    /// Percent of the requests that it answers.
    let percent: Int
    /// Why it cannot be patched now.
    let obstacle: String?

    /// The candidates that some names mean; all where there are no names.
    ///
    /// Errors: `patchName` for a name that nothing has.
    static func chosen(
        by names: [String],
        among all: [PatchCandidate]
    ) throws(Problem) -> [PatchCandidate] {
        guard !names.isEmpty else { return all }
        var keys: Set<DeploymentKey> = []
        for name in names {
            let meant = all.filter { $0.isMeant(byPlace: name) }
            // An endpoint may be called like the first digits of an environment.
            let found = meant.isEmpty ? all.filter { $0.isMeant(byEnvironment: name) } : meant
            guard !found.isEmpty else { throw unknown(name, among: all) }
            keys.formUnion(found.map(\.document.key))
        }
        return all.filter { keys.contains($0.document.key) }
    }

    /// What is told of it where nothing can be done; nothing where something can.
    var passedOver: PatchPlan.Deployment? {
        let program =
            "it is a program, and has no packages to resolve; build it and deploy it again"
        let why = document.environment == nil ? program : obstacle
        return why.map {
            PatchPlan.Deployment(key: document.key, revision: document.revision, passed: $0)
        }
    }

    private func isMeant(byPlace name: String) -> Bool {
        document.key.description == name || document.key.endpoint.text == name
    }

    private func isMeant(byEnvironment name: String) -> Bool {
        if names.contains(where: { $0 == name || $0.hasPrefix(name + ":") }) { return true }
        return name.utf8.count >= Self.fewestDigits
            && built?.digest.hexadecimal.hasPrefix(name) == true
    }

    /// Fewer digits of a digest name nothing: they would be met by chance.
    private static let fewestDigits = 6

    private static func unknown(_ name: String, among all: [PatchCandidate]) -> Problem {
        let names = Set(all.flatMap(\.names)).sorted() + all.map(\.document.key.description)
        let there = names.prefix(12).joined(separator: ", ")
        return Problem(
            .notFound,
            code: "patchName",
            what: "nothing that is served is called '\(name.printable)', and nothing runs in an "
                + "environment of that name",
            remedy: there.isEmpty
                ? "nothing is served" : "name an endpoint, a deployment or an environment: \(there)"
        )
    }

    /// The candidates that run in one environment each, those that answer nobody first.
    ///
    /// Shape: in order of key; a program is in none.
    static func groups(of all: [PatchCandidate]) -> [[PatchCandidate]] {
        var groups: [[PatchCandidate]] = []
        var places: [String: Int] = [:]
        for candidate in all.sorted(by: isEarlier) {
            guard let definition = candidate.document.environment else { continue }
            let policy = candidate.document.settings.pythonPolicy
            let text = "\(policy.rawValue)\n\(definition.canonicalText)"
            if let place = places[text] {
                groups[place].append(candidate)
            } else {
                places[text] = groups.count
                groups.append([candidate])
            }
        }
        return groups
    }

    private static func isEarlier(_ one: PatchCandidate, _ other: PatchCandidate) -> Bool {
        let (answers, otherAnswers) = (one.percent > 0, other.percent > 0)
        return answers == otherAnswers
            ? one.document.key < other.document.key : !answers
    }
}
