// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import ControlAPI
import Foundation
import Vocabulary

/// A server's status as a person reads it: what runs, what stands behind each name, what is amiss.
public struct StatusReport: Sendable {
    private let status: ServerStatus
    private let now: Date

    /// Makes a report as of `now`.
    public init(_ status: ServerStatus, now: Date) {
        self.status = status
        self.now = now
    }

    /// The whole server, an endpoint a line.
    public var overview: String {
        let parts = [machinery, endpoints, sentences, builds]
        return parts.filter { !$0.isEmpty }.map { $0.joined(separator: "\n") }
            .joined(separator: "\n\n")
    }

    /// One endpoint with its instances; where asked for, with what its scorers can and cannot do.
    public static func detail(
        _ endpoint: EndpointStatus,
        now: Date,
        isVerbose: Bool = false
    ) -> String {
        EndpointReport(endpoint, now: now, isVerbose: isVerbose).text
    }

    private var machinery: [String] {
        let server = status.server
        let common = server.listeners.filter { $0.endpoint == nil }.map(\.address)
        let places = common.isEmpty ? "" : ", listening on \(common.joined(separator: ", "))"
        let span = Wording.span(from: server.since, to: now)
        var lines = ["server   \(server.version), pid \(server.pid), up \(span)\(places)"]
        for listener in server.listeners {
            guard let endpoint = listener.endpoint else { continue }
            lines.append("         \(listener.address) is \(endpoint)'s own")
        }
        lines.append("state    \(server.state.printable)")
        if let models = server.models { lines.append("models   \(models.printable)") }
        let gateway = status.gateway
        let answering = process(gateway.pid, restarts: gateway.restarts)
        lines.append("gateway  \(answering)\(age(gateway.isOlder))")
        for node in status.nodes {
            let level = node.isolation.map { ", isolates up to '\($0.rawValue)'" } ?? ""
            let drained =
                node.isDrained
                ? ", drained, \(Counted(node.instances, "instance")) left" : ""
            let silent = node.isSilent == true ? ", answers nothing" : ""
            let agent = "\(process(node.pid, restarts: node.restarts))\(level)\(drained)\(silent)"
            lines.append("\(node.name.text.padded(to: 7))  \(agent)\(age(node.isOlder))")
            lines += node.isolationReasons.map { "         not higher: \($0.printable)" }
        }
        if server.insecure {
            lines.append("notice   other machines can reach it, and there is no authentication")
        }
        lines += server.notices.map { "notice   \($0.printable)" }
        return lines
    }

    private func process(_ pid: Int32?, restarts: Int) -> String {
        let running = pid.map { "pid \($0)" } ?? "not running"
        return restarts == 0 ? running : "\(running), started again \(Wording.times(restarts))"
    }

    private func age(_ isOlder: Bool?) -> String {
        isOlder == true ? ", of another version than the server" : ""
    }

    private var endpoints: [String] {
        var table = Table([
            .words("ENDPOINT"), .words("DEPLOYMENT"), .words("STATE"), .words("SERVING"),
            .number("REQUESTS"), .number("WAITING"), .words("ISOLATION"),
        ])
        for endpoint in status.endpoints {
            for deployment in endpoint.deployments {
                table.add([
                    endpoint.name.text, "\(deployment.name) \(deployment.revision)",
                    deployment.state.rawValue, "\(deployment.serving) of \(deployment.wanted)",
                    deployment.requests.map { "\($0.total)" } ?? "",
                    deployment.requests.map { "\($0.waiting)" } ?? "",
                    deployment.isolation?.rawValue ?? "",
                ])
            }
        }
        guard table.isEmpty else { return table.lines }
        return ["no endpoints: deploy a model with 'scorekeeper deploy MODEL'"]
    }

    private var sentences: [String] {
        status.endpoints.flatMap { endpoint in
            let told = endpoint.deployments.compactMap { deployment in
                deployment.sentence.map { sentence in
                    let isTold = status.server.notices.contains(sentence)
                    let words = isTold ? "see the notice above" : sentence.printable
                    return "  \(deployment.name): \(words)"
                }
            }
            return ["\(endpoint.name)  \(endpoint.url.printable)"] + told
        }
    }

    private var builds: [String] {
        guard status.builds.running > 0 else { return [] }
        return ["\(Counted(status.builds.running, "environment")) being built"]
    }
}

extension DeploymentStatus {
    /// Why it is in its state, or how far its environment is; nothing where there is nothing to say.
    fileprivate var sentence: String? {
        if !why.isEmpty { return why }
        guard let environment, environment.state != .built else { return nil }
        return environment.progress.isEmpty ? nil : environment.progress
    }
}

extension String {
    /// The same words with spaces behind them up to `width`.
    func padded(to width: Int) -> String {
        self + String(repeating: " ", count: max(0, width - count))
    }
}
