// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Manifests
import Vocabulary

extension DeploymentDocument {
    /// The next revision: the same in every way but for its environment.
    func patched(with environment: EnvironmentDefinition, as next: Revision) -> DeploymentDocument {
        var document = again(as: next)
        document.scorer = scorer.running(in: environment)
        document.patches = revision
        return document
    }

    /// The same, its environment settled as what stands has it settled already.
    ///
    /// Whoever writes a document, or drops a folder again, says what will do; that it was patched
    /// meanwhile is not undone by that. A deployment that is new takes what was settled on last.
    func settled(like standing: [DeploymentDocument]) -> DeploymentDocument {
        guard let environment else { return self }
        let text = environment.unsettled.canonicalText
        let kin = standing.filter { $0.environment?.unsettled.canonicalText == text }
        let own = kin.first { $0.key == key }
        let settlement: EnvironmentSettlement?
        if let own {
            settlement = own.environment?.settlement
        } else {
            settlement = kin.compactMap { $0.environment?.settlement }
                .max { ($0.settledAt, $0.digest) < ($1.settledAt, $1.digest) }
        }
        var document = self
        document.scorer = scorer.running(
            in: settlement.map(environment.settled) ?? environment.unsettled
        )
        return document
    }
}

extension DeploymentDocument.Scorer {
    /// The same scorer in another environment; a program has none.
    fileprivate func running(in environment: EnvironmentDefinition) -> Self {
        switch self {
        case .mlflow(var scorer):
            scorer.environment = environment
            return .mlflow(scorer)
        case .script(var scorer):
            scorer.environment = environment
            return .script(scorer)
        case .native: return self
        }
    }
}
