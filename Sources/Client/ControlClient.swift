// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import ControlAPI
import Foundation
import Vocabulary

/// The management API from the other side: one method a route.
///
/// Errors: each method throws the server's own `Problem`, or `noServer` where there is none.
public struct ControlClient: Sendable {
    private let socket: String
    private let lock: String

    /// A client of the server whose state folder this is.
    public init(state: String) {
        self.socket = state + "/control.sock"
        self.lock = state + "/lock"
    }

    /// Everything that is there now.
    public func status() async throws(Problem) -> ServerStatus {
        try await ask("GET", "/status")
    }

    /// What is promised of the machine's cores.
    public func quota() async throws(Problem) -> QuotaStatus {
        try await ask("GET", "/quota")
    }

    /// Has the server hand over; that it went away before it could answer is no error.
    public func handOver(_ request: HandoverRequest) async throws(Problem) -> HandoverAnswer? {
        do throws(Problem) {
            return try await ask("POST", "/handover", body: Self.encoded(request))
        } catch {
            guard error.code == "connectionLost" else { throw error }
            return nil
        }
    }

    /// How far a handover is.
    public func handoverProgress() async throws(Problem) -> HandoverProgress {
        try await ask("GET", "/status")
    }

    /// One endpoint.
    public func endpoint(_ name: EndpointName) async throws(Problem) -> EndpointStatus {
        try await ask("GET", "/endpoints/\(name)")
    }

    /// Asks for a deployment; serving comes later.
    public func deploy(_ request: DeployRequest) async throws(Problem) -> DeployAnswer {
        try await ask("POST", "/endpoints", body: Self.encoded(request))
    }

    static func encoded(_ request: some Encodable) throws(Problem) -> Data {
        do {
            return try ControlCoding.encoder().encode(request)
        } catch {
            throw Problem(.failed, code: "encoding", what: "cannot write the request: \(error)")
        }
    }

    /// Every endpoint in the words of Azure ML's command line.
    public func onlineEndpoints() async throws(Problem) -> [OnlineEndpoint] {
        try await ask("GET", "/online-endpoints")
    }

    /// One of them.
    public func onlineEndpoint(_ name: EndpointName) async throws(Problem) -> OnlineEndpoint {
        if let found = try await onlineEndpoints().first(where: { $0.name == name }) {
            return found
        }
        throw Problem(
            .notFound,
            code: "endpointNotFound",
            what: "there is no endpoint '\(name)'",
            remedy: "see which there are with 'scorekeeper online-endpoint list'"
        )
    }

    /// The deployments behind an endpoint, in order of name.
    public func onlineDeployments(
        of name: EndpointName
    ) async throws(Problem) -> [OnlineDeployment] {
        try await endpoint(name).deployments.map { OnlineDeployment($0, of: name) }
    }

    /// One of them.
    public func onlineDeployment(_ key: DeploymentKey) async throws(Problem) -> OnlineDeployment {
        let all = try await onlineDeployments(of: key.endpoint)
        if let found = all.first(where: { $0.name == key.deployment }) { return found }
        throw Self.noDeployment(key, but: all.map(\.name))
    }

    /// What is wrong with the name of a deployment that is not there, and which are.
    static func noDeployment(_ key: DeploymentKey, but names: [DeploymentName]) -> Problem {
        let there = names.map { "'\($0)'" }.joined(separator: ", ")
        return Problem(
            .notFound,
            code: "deploymentNotFound",
            what: "there is no deployment '\(key)'" + (there.isEmpty ? "" : ", but \(there)"),
            remedy: "see them with 'scorekeeper online-deployment list -e \(key.endpoint)'"
        )
    }

    /// Makes an endpoint, or changes one.
    public func put(_ request: EndpointRequest) async throws(Problem) -> OnlineEndpoint {
        try await ask("PUT", "/online-endpoints", body: Self.encoded(request))
    }

    /// Asks for a deployment behind a declared endpoint; serving comes later.
    public func put(_ request: OnlineDeploymentRequest) async throws(Problem) -> DeployAnswer {
        try await ask("PUT", "/online-deployments", body: Self.encoded(request))
    }

    /// Begins to remove one deployment.
    public func delete(_ key: DeploymentKey) async throws(Problem) {
        let path = "/online-endpoints/\(key.endpoint)/deployments/\(key.deployment)"
        _ = try await askForBytes("DELETE", path)
    }

    /// What the answers of two deployments differ in, of which one gets copies.
    public func compare(
        _ deployment: DeploymentKey,
        with other: DeploymentName
    ) async throws(Problem) -> DeploymentComparison {
        let path = "/online-endpoints/\(deployment.endpoint)/deployments/\(deployment.deployment)"
        return try await ask("GET", "\(path)/compared/\(other)")
    }

    /// Begins to remove an endpoint.
    public func delete(_ name: EndpointName) async throws(Problem) {
        _ = try await askForBytes("DELETE", "/endpoints/\(name)")
    }

    /// How a deployment's rollout stands.
    public func rollout(of key: DeploymentKey) async throws(Problem) -> RolloutStatus {
        try await ask("GET", "/rollouts/\(key)")
    }

    /// Pauses, resumes or undoes a deployment's rollout.
    public func command(
        _ command: RolloutCommand,
        of key: DeploymentKey
    ) async throws(Problem) -> RolloutStatus {
        try await ask("POST", "/rollouts/\(key)/\(command.rawValue)")
    }

    /// Has all that a node holds move to others, or lets it be given instances again.
    public func drain(_ node: NodeName, isDrained: Bool) async throws(Problem) {
        _ = try await askForBytes("POST", "/nodes/\(node)/\(isDrained ? "drain" : "undrain")")
    }

    /// Why an instance is in the state it is in.
    public func explain(_ instance: InstanceID) async throws(Problem) -> Explanation {
        try await ask("GET", "/instances/\(instance)")
    }

    /// The server's figures as Prometheus reads them.
    public func metrics() async throws(Problem) -> String {
        String(decoding: try await askForBytes("GET", "/metrics"), as: UTF8.self)
    }

    func ask<Value: Decodable>(
        _ method: String,
        _ path: String,
        body: Data = Data()
    ) async throws(Problem) -> Value {
        let bytes = try await askForBytes(method, path, body: body)
        do {
            return try ControlCoding.decoder().decode(Value.self, from: bytes)
        } catch {
            throw Problem(
                .failed,
                code: "badAnswer",
                what: "cannot read the server's answer to '\(method) \(path)'",
                remedy: "use the 'scorekeeper' that the server was started with"
            )
        }
    }

    func askForBytes(
        _ method: String,
        _ path: String,
        body: Data = Data()
    ) async throws(Problem) -> Data {
        let headers = [
            (name: "host", value: "localhost"), (name: "content-type", value: "application/json"),
        ]
        let exchange = HTTPExchange(method, path, headers: headers, body: body)
        let wait = ServerWait(lock: lock, isRepeatable: method == "GET")
        let answer = try await wait.answer(to: exchange, at: .unixSocket(socket))
        guard (200..<300).contains(answer.status) else { throw Self.refusal(answer) }
        return answer.body
    }

    private static func refusal(_ answer: HTTPExchange.Answer) -> Problem {
        if let body = try? ControlCoding.decoder().decode(ProblemBody.self, from: answer.body) {
            return body.problem(status: answer.status)
        }
        return Problem(
            Problem.Kind(status: answer.status),
            code: "badAnswer",
            what: "cannot do it: the server answered \(answer.status)"
        )
    }
}
