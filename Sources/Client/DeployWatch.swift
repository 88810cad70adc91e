// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import ControlAPI
import Vocabulary

/// Watches an endpoint come up after it was deployed: what to tell, and when to stop.
public struct DeployWatch: Sendable {
    /// What one look at the endpoint means.
    public enum Outcome: Sendable, Equatable {
        /// Go on watching; a new sentence to tell, or nothing new.
        case onItsWay(String?)
        /// The wanted revision serves.
        case serving(DeploymentStatus)
        /// It will not come.
        case failed(Problem)
    }

    private let answer: DeployAnswer
    private var told = ""
    private var wasSeen = false

    /// Watches what the server took up.
    public init(_ answer: DeployAnswer) {
        self.answer = answer
    }

    /// Looks at the endpoint; nothing means that there is none.
    public mutating func look(at endpoint: EndpointStatus?) -> Outcome {
        let named = endpoint?.deployments.first { $0.name == answer.key.deployment }
        guard let deployment = named else {
            return wasSeen ? .failed(removed) : tell("waiting to be taken up")
        }
        wasSeen = true
        if let givenUp = deployment.givenUp, givenUp >= answer.revision {
            // What came after it and was given up is not what was asked for.
            let stands = givenUp > answer.revision && deployment.revision == answer.revision
            guard stands, deployment.state.isAnswering else { return .failed(refusal(deployment)) }
            return deployment.serving >= deployment.wanted
                ? .serving(deployment) : tell(words("serving again", deployment))
        }
        guard deployment.revision >= answer.revision else { return tell("waiting to be taken up") }
        switch deployment.state {
        case .serving: return .serving(deployment)
        case .failed, .halted: return .failed(refusal(deployment))
        case .removing: return .failed(removed)
        case .building: return tell(words("building its environment", deployment))
        case .starting: return tell(words("starting", deployment))
        case .changing:
            let pause = "its rollout is paused"
            let words = words("replacing the revision before it", deployment)
            let remedy = "'scorekeeper rollout resume \(answer.key)' lets it go on"
            return tell(deployment.why.contains(pause) ? "\(words); \(remedy)" : words)
        }
    }

    private mutating func tell(_ sentence: String) -> Outcome {
        guard sentence != told else { return .onItsWay(nil) }
        told = sentence
        return .onItsWay(sentence)
    }

    private func words(_ doing: String, _ deployment: DeploymentStatus) -> String {
        if deployment.state == .building, let progress = deployment.environment?.progress,
            !progress.isEmpty
        {
            return "\(doing): \(progress)"
        }
        // What is said of a start already counts.
        if deployment.state == .starting, !deployment.why.isEmpty {
            return "\(doing): \(deployment.why)"
        }
        let count = "\(deployment.serving) of \(deployment.wanted) serving"
        return "\(doing), \(count)\(deployment.why.isEmpty ? "" : ": \(deployment.why)")"
    }

    private var removed: Problem {
        Problem(
            .failed,
            code: "removed",
            what: "cannot serve '\(answer.key)': it was removed meanwhile"
        )
    }

    private func refusal(_ deployment: DeploymentStatus) -> Problem {
        let why = deployment.why.isEmpty ? "its revision failed" : deployment.why
        let goesOn = deployment.revision < answer.revision && deployment.serving > 0
        let kept = goesOn ? "; \(deployment.revision) goes on serving" : ""
        let logs = "'scorekeeper logs \(answer.key.endpoint)"
        let all = goesOn ? " --all" : ""
        return Problem(
            .failed,
            code: "deploymentFailed",
            what: "cannot serve '\(answer.key)' \(answer.revision): \(why)\(kept)",
            remedy: why.contains("\(logs)'") || why.contains("\(logs) --all'")
                ? "" : "\(logs)\(all)' shows what it wrote"
        )
    }
}
