// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import ControlAPI
import Foundation
import HTTPTypes
import Hummingbird
import NIOCore
import NIOFoundationCompat
import Vocabulary

/// What can be asked of a server over HTTP.
///
/// | Route | Answers |
/// |---|---|
/// | `GET /status` | 200, `ServerStatus` |
/// | `GET /quota` | 200, `QuotaStatus` |
/// | `GET /endpoints/NAME` | 200, `EndpointStatus` |
/// | `POST /endpoints` with a `DeployRequest` | 202, `DeployAnswer` |
/// | `DELETE /endpoints/NAME` | 202, `{"endpoint": NAME}` |
/// | `GET /online-endpoints` | 200, `[OnlineEndpoint]` |
/// | `PUT /online-endpoints` with an `EndpointRequest` | 200, `OnlineEndpoint` |
/// | `PUT /online-deployments` with an `OnlineDeploymentRequest` | 202, `DeployAnswer` |
/// | `DELETE /online-endpoints/NAME/deployments/NAME` | 202, `{"deployment": NAME}` |
/// | `GET /online-endpoints/NAME/deployments/NAME/compared/NAME` | 200, `DeploymentComparison` |
/// | `GET /instances/ENDPOINT/DEPLOYMENT/ORDINAL` | 200, `Explanation` |
/// | `GET /rollouts/ENDPOINT/DEPLOYMENT` | 200, `RolloutStatus` |
/// | `POST /rollouts/ENDPOINT/DEPLOYMENT/COMMAND` | 202, `RolloutStatus` |
/// | `POST /nodes/NAME/drain`, `.../undrain` | 202, `{"node": NAME}` |
/// | `POST /handover` with a `HandoverRequest` | 202, `HandoverAnswer`; then the server is another |
/// | `GET /metrics` | 200, Prometheus text |
///
/// Every refusal is `{"error": {"code", "message", "target"}}` with the status of its kind.
struct ControlRoutes: Sendable {
    /// Requests hold names and paths: what is longer is not one of ours.
    static let bodyLimit = 1 << 20

    let control: any ServerControl

    /// Every route, for the control socket.
    var all: RouterResponder<BasicRequestContext> {
        let router = Router()
        router.add(middleware: ProblemMiddleware())
        router.get("status") { _, _ in Answer(await status()) }
        router.get("quota") { _, _ in Answer(await control.quota()) }
        router.get("endpoints/:name") { _, context in
            try Answer(await endpoint(Self.name(in: context)))
        }
        router.post("endpoints") { request, _ in
            let asked = try await Self.decode(DeployRequest.self, from: request)
            return try await Answer(control.deploy(asked), status: .accepted)
        }
        router.delete("endpoints/:name") { _, context in
            let name = try Self.name(in: context)
            try await control.delete(name)
            return Answer(["endpoint": name], status: .accepted)
        }
        router.get("instances/:endpoint/:deployment/:ordinal") { _, context in
            try await Answer(control.explain(Self.instance(in: context)))
        }
        router.post("handover") { request, _ in
            let asked = try await Self.decode(HandoverRequest.self, from: request)
            return try await Answer(control.handOver(asked), status: .accepted) {
                await ControlServer.flush()
                await control.beginHandover()
            }
        }
        addOnline(to: router)
        addAssets(to: router)
        addRollouts(to: router)
        addPatches(to: router)
        addNodes(to: router)
        addMetrics(to: router)
        return router.buildResponder()
    }

    private func addOnline(to router: Router<BasicRequestContext>) {
        router.get("online-endpoints") { _, _ in Answer(await control.onlineEndpoints()) }
        router.put("online-endpoints") { request, _ in
            let asked = try await Self.decode(EndpointRequest.self, from: request)
            return try await Answer(control.put(asked))
        }
        router.put("online-deployments") { request, _ in
            let asked = try await Self.decode(OnlineDeploymentRequest.self, from: request)
            return try await Answer(control.put(asked), status: .accepted)
        }
        router.delete("online-endpoints/:name/deployments/:deployment") { _, context in
            let key = try Self.deployment(in: context)
            try await control.delete(key)
            return Answer(["deployment": key.description], status: .accepted)
        }
        let pair = "online-endpoints/:name/deployments/:deployment/compared/:other"
        router.get(RouterPath(pair)) { _, context in
            let key = try Self.deployment(in: context)
            let other = try Self.deployment(in: context, called: "other")
            return try await Answer(control.compare(key, with: other.deployment))
        }
    }

    /// `/metrics` and nothing else, for a port that anyone on the machine can reach.
    var metricsAlone: RouterResponder<BasicRequestContext> {
        let router = Router()
        router.add(middleware: ProblemMiddleware())
        addMetrics(to: router)
        return router.buildResponder()
    }

    private func addMetrics(to router: Router<BasicRequestContext>) {
        router.get("metrics") { _, _ in
            let statistics = await control.statistics()
            let text = MetricsText(status: await control.status(), statistics: statistics).text
            return Response(
                status: .ok,
                headers: [.contentType: MetricsText.contentType],
                body: ResponseBody(byteBuffer: ByteBuffer(string: text))
            )
        }
    }

    private func status() async -> ServerStatus {
        let status = await control.status()
        // Asked last: whatever the status tells, the gateway has taken in before it answers this.
        return status.counting(await control.statistics())
    }

    private func endpoint(_ name: EndpointName) async throws(Problem) -> EndpointStatus {
        guard let endpoint = await status().endpoint(name) else {
            throw Problem(
                .notFound,
                code: "endpointNotFound",
                what: "cannot find endpoint '\(name)'",
                remedy: "'scorekeeper status' lists those there are"
            )
        }
        return endpoint
    }

    private static func name(in context: BasicRequestContext) throws(Problem) -> EndpointName {
        let text = context.parameters.get("name") ?? ""
        guard let name = EndpointName(text) else {
            throw Problem(
                .invalid,
                code: "endpointName",
                what: "cannot read '\(text.printable)' as an endpoint's name",
                remedy: "write \(EndpointName.rule)"
            )
        }
        return name
    }

    static func deployment(
        in context: BasicRequestContext,
        called parameter: String = "deployment"
    ) throws(Problem) -> DeploymentKey {
        let text = ["name", parameter].map { context.parameters.get($0) ?? "" }
            .joined(separator: "/")
        guard let key = DeploymentKey(text) else {
            throw Problem(
                .invalid,
                code: "deploymentName",
                what: "cannot read '\(text.printable)' as a deployment",
                remedy: "write ENDPOINT/DEPLOYMENT, each \(DeploymentName.rule)"
            )
        }
        return key
    }

    private static func instance(in context: BasicRequestContext) throws(Problem) -> InstanceID {
        let parts = ["endpoint", "deployment", "ordinal"].map { context.parameters.get($0) ?? "" }
        let text = parts.joined(separator: "/")
        guard let instance = InstanceID(text) else {
            throw Problem(
                .invalid,
                code: "instanceName",
                what: "cannot read '\(text.printable)' as an instance",
                remedy: "write ENDPOINT/DEPLOYMENT/NUMBER, as 'scorekeeper status' shows it"
            )
        }
        return instance
    }

    static func decode<Value: Decodable>(
        _ type: Value.Type,
        from request: Request
    ) async throws -> Value {
        let body = try await request.body.collect(upTo: bodyLimit)
        do {
            return try ControlCoding.decoder().decode(type, from: body)
        } catch {
            throw Problem(
                .invalid,
                code: "badRequest",
                what: "cannot read the request's body: \(DecodingFault(error))",
                remedy: "send a JSON object as the API describes it"
            )
        }
    }
}
