// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import ControlAPI
import Vocabulary

/// One step of a plan: what a person is told of it, and what is done for it.
struct PlannedWork: Sendable {
    /// What is done.
    enum Work: Sendable {
        /// Nothing.
        case nothing
        /// A model is kept.
        case model(ModelRecord)
        /// An environment is kept.
        case environment(EnvironmentRecord)
        /// An endpoint is declared, over what was there when it was planned.
        case endpoint(EndpointDocument, over: EndpointDocument?)
        /// A deployment is declared.
        case deployment(Draft)
    }

    /// What a person is told.
    var step: PlanAnswer.Step
    /// What is done.
    var work: Work
}

/// A plan: its steps in order, and the copies that were made to look at it.
struct Plan: Sendable {
    /// The steps.
    var works: [PlannedWork] = []
    /// What a person should be told.
    var notices: [String] = []
    /// What is wrong with the documents; then there are no steps.
    var problems: [Problem] = []
    /// Problems beyond those that are listed.
    var unlisted = 0
    /// Copies that were made; those that nothing needs in the end are removed.
    var copies: [Digest] = []

    /// What the control API answers.
    var answer: PlanAnswer {
        PlanAnswer(
            steps: works.map(\.step),
            notices: notices,
            problems: problems.map(ProblemBody.init),
            unlisted: unlisted
        )
    }

    mutating func add(_ step: PlanAnswer.Step, _ work: PlannedWork.Work = .nothing) {
        works.append(PlannedWork(step: step, work: work))
    }
}
