// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import ControlAPI
import Ledger
import Rulebook
import Vocabulary

/// Endpoints that are declared by themselves.
extension Supervisor: OnlineControl {
    func onlineEndpoints() async -> [OnlineEndpoint] {
        let view = rulebook.status
        let names = Set(view.endpoints.map(\.endpoint) + view.deployments.map(\.key.endpoint))
        return names.sorted().map { facts(of: $0, view) }
    }

    func put(_ request: EndpointRequest) async throws(Problem) -> OnlineEndpoint {
        let asked = try plan(request)
        let present = endpoints[asked.name]
        switch request.mode {
        case .create where present != nil:
            throw Problem(
                .conflict,
                code: "endpointExists",
                what: "cannot create '\(asked.name)': there is such an endpoint",
                remedy: "change it with 'scorekeeper online-endpoint update'"
            )
        case .update where present == nil:
            throw undeclared(asked.name)
        default: break
        }
        let base: EndpointDocument
        if let present { base = present } else { base = try adopted(asked.name) }
        try declare(asked.document(over: base))
        let unconfirmed = await routesUnconfirmed()
        var answer = facts(of: asked.name, rulebook.status(of: asked.name))
        answer.notices = asked.notices + [unconfirmed].compactMap(\.self)
        return answer
    }

    func put(_ request: OnlineDeploymentRequest) async throws(Problem) -> DeployAnswer {
        var draft = try await draft(of: request)
        let key = draft.key
        guard endpoints[key.endpoint] != nil else { throw undeclared(key.endpoint) }
        let isThere = shelf.wanted(key) != nil
        if request.mode == .create && isThere {
            throw Problem(
                .conflict,
                code: "deploymentExists",
                what: "cannot create '\(key)': there is such a deployment",
                remedy: "change it with 'scorekeeper online-deployment update'"
            )
        }
        if request.mode == .update && !isThere { throw deploymentNotFound(key) }
        configuration.trial?.bound(&draft.settings)
        let document = try declare(draft)
        return DeployAnswer(
            key: key,
            revision: document.revision,
            url: listeners.scoringURI(of: key.endpoint),
            notices: draft.notices
        )
    }

    func delete(_ deployment: DeploymentKey) async throws(Problem) {
        guard let document = shelf.wanted(deployment) else {
            throw deploymentNotFound(deployment)
        }
        if case .dropped(_, let path) = document.origin {
            throw wouldComeBack(deployment.description, from: path)
        }
        var changes: [Transaction.Change] = [.withdraw(deployment)]
        let mirror = rulebook.traffic(of: deployment.endpoint)?.mirror
        if var endpoint = endpoints[deployment.endpoint],
            mirror?.deployment == deployment.deployment
        {
            endpoint.mirrorTraffic = [:]
            changes.append(endpoint.kept)
        }
        try request(.withdrawn(deployment), changes: changes)
        shelf.withdraw(deployment)
        if let traffic = rulebook.traffic(of: deployment.endpoint) {
            endpoints[deployment.endpoint] = endpoints[deployment.endpoint]?.sharing(traffic)
        }
    }

    // MARK: - Declaring

    /// Every endpoint that is declared, by itself or by what stands behind it.
    var endpointNames: [EndpointName] { endpoints.keys + shelf.endpoints }

    /// Makes a document what the endpoint is from now on.
    func declare(_ document: EndpointDocument) throws(Problem) {
        let traffic = try document.declaration()
        let shared = document.sharing(traffic)
        guard shared != endpoints[document.name] else { return }
        let before = endpoints[document.name]
        // Whatever was declared since then was judged beside it.
        if before == nil, let problem = Problem.namedAlike(document.name, among: endpointNames) {
            throw problem
        }
        // First: carrying the decision out looks the endpoint up.
        endpoints[document.name] = shared
        do throws(Problem) {
            try request(.trafficDeclared(traffic), changes: [shared.kept])
        } catch {
            endpoints[document.name] = before
            throw error
        }
        if before?.statuses != shared.statuses { publishAgain(document.name) }
        logger.info("endpoint declared", metadata: ["endpoint": "\(document.name)"])
    }

    /// Lets a declared endpoint go, and everything behind it.
    func withdrawEndpoint(_ name: EndpointName) throws(Problem) {
        let behind = shelf.wanted.map(\.key).filter { $0.endpoint == name }
        let changes = behind.map { Transaction.Change.withdraw($0) }
        try request(
            .endpointWithdrawn(name),
            changes: changes + [.drop(EndpointDocument.id(name))]
        )
        for key in behind { shelf.withdraw(key) }
        endpoints[name] = nil
        logger.info("endpoint withdrawn", metadata: ["endpoint": "\(name)"])
    }

    /// What an endpoint that a short command made becomes when it is declared: its one deployment
    /// goes on answering everything.
    func adopted(_ name: EndpointName) throws(Problem) -> EndpointDocument {
        var document = EndpointDocument(name: name)
        for present in shelf.wanted where present.key.endpoint == name {
            if case .dropped(_, let path) = present.origin {
                throw Problem(
                    .conflict,
                    code: "nameTaken",
                    what: "cannot create '\(name)': the folder '\(path)' has that name",
                    remedy: "choose another name, or take the folder out and deploy its model"
                )
            }
            document.traffic[present.key.deployment.text] = 100
        }
        return document
    }

    /// What the ledger keeps of endpoints.
    static func recallEndpoints(
        _ ledger: Ledger
    ) throws(Problem) -> [EndpointName: EndpointDocument] {
        var endpoints: [EndpointName: EndpointDocument] = [:]
        for kept in try ledger.documents(of: EndpointDocument.kind) {
            guard let document = try? kept.decode(EndpointDocument.self) else { continue }
            endpoints[document.name] = document
        }
        return endpoints
    }

    // MARK: - Telling

    private func facts(of name: EndpointName, _ view: StatusView) -> OnlineEndpoint {
        let document = endpoints[name]
        let deployments = view.deployments.filter { $0.key.endpoint == name }
        let isLeaving = document == nil && deployments.allSatisfy { $0.state == .leaving }
        func percents(_ figure: (DeploymentView) -> Int) -> [String: Int] {
            let given = deployments.filter { $0.state != .leaving && figure($0) > 0 }
            return Dictionary(
                uniqueKeysWithValues: given.map { ($0.key.deployment.text, figure($0)) }
            )
        }
        let scoring = listeners.scoringURI(of: name)
        return OnlineEndpoint(
            name: name,
            authMode: document?.authMode ?? "key",
            provisioningState: isLeaving ? "Deleting" : "Succeeded",
            scoringURI: scoring,
            openAPIURI: scoring.dropLast("score".count) + "swagger.json",
            traffic: percents(\.percent),
            mirrorTraffic: percents(\.mirrorPercent),
            description: document?.description,
            tags: document?.tags ?? [:],
            properties: document?.properties ?? [:],
            deployments: deployments.map(\.key.deployment),
            isDeclared: document != nil
        )
    }

    // MARK: - Refusing

    func endpointNotFound(_ name: EndpointName) -> Problem {
        Problem(
            .notFound,
            code: "endpointNotFound",
            what: "there is no endpoint '\(name)'",
            remedy: "see which there are with 'scorekeeper status'"
        )
    }

    func deploymentNotFound(_ key: DeploymentKey) -> Problem {
        let behind = shelf.wanted.map(\.key).filter { $0.endpoint == key.endpoint }
        let there = behind.map { "'\($0.deployment)'" }.joined(separator: ", ")
        return Problem(
            .notFound,
            code: "deploymentNotFound",
            what: "there is no deployment '\(key)'" + (there.isEmpty ? "" : ", but \(there)"),
            remedy: "see which there are with 'scorekeeper online-deployment list -e "
                + "\(key.endpoint)'"
        )
    }

    func undeclared(_ name: EndpointName) -> Problem {
        if let there = Problem.undeclared(name, among: shelf.wanted) { return there }
        return Problem(
            .notFound,
            code: "endpointNotFound",
            what: "there is no endpoint '\(name)'",
            remedy: "create it first: 'scorekeeper online-endpoint create -n \(name)'"
        )
    }

    func wouldComeBack(_ name: String, from path: String) -> Problem {
        Problem(
            .conflict,
            code: "dropped",
            what: "cannot delete '\(name)': the folder '\(path)' would bring it back",
            remedy: "remove that folder"
        )
    }
}
