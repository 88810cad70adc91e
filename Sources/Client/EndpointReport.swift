// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import ControlAPI
import Foundation
import Vocabulary

/// One endpoint as a person reads it: its deployments, their instances, and what is amiss.
struct EndpointReport {
    private let endpoint: EndpointStatus
    private let now: Date
    private let isVerbose: Bool

    init(_ endpoint: EndpointStatus, now: Date, isVerbose: Bool = false) {
        self.endpoint = endpoint
        self.now = now
        self.isVerbose = isVerbose
    }

    var text: String {
        let head = Self.lines([
            ("endpoint", endpoint.name.text), ("url", endpoint.url), ("source", endpoint.source),
        ])
        let parts = [head] + endpoint.deployments.map(lines)
        return parts.map { $0.joined(separator: "\n") }.joined(separator: "\n\n")
    }

    private func lines(of deployment: DeploymentStatus) -> [String] {
        var facts: [(name: String, value: String)] = [
            ("deployment", "\(deployment.name) \(deployment.revision), \(summary(of: deployment))")
        ]
        if !deployment.why.isEmpty { facts.append(("because", deployment.why)) }
        if let environment = deployment.environment {
            facts.append(("environment", words(for: environment, why: deployment.why)))
            facts += environment.notices.map { ("notice", $0) }
        }
        if let level = deployment.isolation { facts.append(("isolation", level.rawValue)) }
        facts += deployment.isolationReasons.map { ("not higher", $0) }
        facts.append(("requests", requests(of: deployment)))
        if deployment.mirrorPercent > 0 {
            let share = "\(deployment.mirrorPercent)% of requests"
            facts.append(("copies", "\(share): \(copies(for: deployment))"))
        }
        facts += told(by: deployment)
        let seconds = Double(deployment.deadlineMilliseconds) / 1_000
        facts.append(("deadline", "\(seconds.formatted()) s, retry \(deployment.retry.rawValue)"))
        return Self.lines(facts) + [""] + table(of: deployment)
            + (isVerbose ? EnclosureReport(deployment.instances).lines : [])
            + problems(of: deployment)
    }

    /// Names and values in two columns.
    private static func lines(_ facts: [(name: String, value: String)]) -> [String] {
        facts.map { "\($0.name.padded(to: 11))  \($0.value.printable)" }
    }

    private func summary(of deployment: DeploymentStatus) -> String {
        let share = deployment.percent == 100 ? "" : ", \(deployment.percent)% of requests"
        return "\(deployment.state.rawValue), \(deployment.serving) of "
            + "\(Counted(deployment.wanted, "instance"))\(share)"
    }

    /// What has become of it; what was said just before as the reason is not said again.
    private func words(for environment: EnvironmentStatus, why: String) -> String {
        let digest = environment.digest.map { "\($0.short) " } ?? ""
        let isTold = environment.progress.isEmpty || why.contains(environment.progress)
        let progress = isTold ? "" : ": \(environment.progress)"
        return "\(digest)\(environment.state.rawValue)\(progress)"
    }

    private func requests(of deployment: DeploymentStatus) -> String {
        guard let counters = deployment.requests else { return "none counted yet" }
        var words = counters.answers.sorted { $0.key < $1.key }
            .map { "\($0.value) answered \($0.key)" }
        if words.isEmpty { words.append("none answered yet") }
        if counters.redispatched > 0 { words.append("\(counters.redispatched) re-dispatched") }
        if counters.abandoned > 0 { words.append("\(counters.abandoned) abandoned") }
        words.append("\(counters.waiting) waiting")
        return words.joined(separator: ", ")
    }

    /// What became of copies of live requests, whose answers nobody sees.
    private func copies(for deployment: DeploymentStatus) -> String {
        guard let counted = deployment.requests?.mirrored else { return "none counted yet" }
        var words = ["\(counted.copied) made"]
        words += counted.answers.sorted { $0.key < $1.key }.map { "\($0.value) answered \($0.key)" }
        words.append("\(counted.unanswered) unanswered")
        words += counted.shed.sorted { $0.key < $1.key }.map { "\($0.value) left out: \($0.key)" }
        return words.joined(separator: ", ")
    }

    /// What the first instance that has told anything says of the model.
    private func told(by deployment: DeploymentStatus) -> [(name: String, value: String)] {
        guard let told = deployment.instances.compactMap(\.facts).first else { return [] }
        var facts: [(name: String, value: String)] = []
        if let example = told.example {
            let rows = example.rows.map { " for \(Counted($0, "row"))" } ?? ""
            let time = example.milliseconds.formatted(.number.precision(.fractionLength(1)))
            facts.append(("example", "answered \(example.status)\(rows) in \(time) ms"))
        }
        if let merging = told.merging {
            facts.append(("merging", "\(merging.verdict): \(merging.why)"))
        }
        return facts
    }

    private func table(of deployment: DeploymentStatus) -> [String] {
        guard !deployment.instances.isEmpty else { return ["no instances"] }
        var table = Table([
            .words("INSTANCE"), .words("STATE"), .words("REV"), .number("RUN"), .number("PID"),
            .words("NODE"), .words("START"), .number("RESTARTS"), .words("SINCE"),
        ])
        for instance in deployment.instances {
            table.add([
                "\(instance.id)", instance.state.rawValue, "\(instance.revision)",
                instance.incarnation == 0 ? "" : "\(instance.incarnation)",
                instance.pid.map(String.init) ?? "", instance.node?.text ?? "",
                instance.warm.map { $0 ? "warm" : "cold" } ?? "", "\(instance.restarts)",
                Wording.span(from: instance.since, to: now),
            ])
        }
        return table.lines
    }

    private func problems(of deployment: DeploymentStatus) -> [String] {
        let told = deployment.instances.compactMap { instance in
            instance.problem.map { "\(instance.id): \($0.printable)" }
        }
        return told.isEmpty ? [] : [""] + told
    }
}
