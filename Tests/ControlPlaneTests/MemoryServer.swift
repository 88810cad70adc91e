// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import ControlAPI
import Foundation
import Vocabulary
import Wire

/// A server that keeps everything in memory and has two places for deployments.
actor MemoryServer: ServerControl {
    private static let places = 2

    /// Endpoints that were declared by themselves.
    var declared: [EndpointName: OnlineEndpoint] = [:]
    /// What was registered.
    var registered: [ModelAsset] = []
    /// Assets that were asked to be archived or deleted, in order.
    var changed: [AssetID] = []
    /// Deployments that were asked to be deleted, in order.
    var deleted: [DeploymentKey] = []
    private var sources: [EndpointName: String] = [:]
    private var revisions: [EndpointName: Int] = [:]
    private var counters: [DeploymentStatistics] = []
    /// Whether its node was drained.
    private(set) var drained = false
    /// Whether it was told to become another.
    private(set) var hasBegunHandover = false
    /// What was asked for, in order.
    private(set) var asked: [DeployRequest] = []

    func count(_ statistics: DeploymentStatistics) {
        counters.append(statistics)
    }

    func deploy(_ request: DeployRequest) throws(Problem) -> DeployAnswer {
        asked.append(request)
        guard let name = request.name, let model = request.model else {
            throw Problem(.unsupported, code: "scorerAlone", what: "cannot serve a bare scorer")
        }
        if model.hasSuffix(".zip") {
            let place = Problem.Location(file: model, line: 3, column: 7)
            throw Problem(
                .invalid,
                code: "archive",
                what: "cannot read an archive",
                remedy: "unpack it",
                location: place
            )
        }
        if let source = sources[name], source != model {
            throw Problem(.conflict, code: "nameTaken", what: "cannot take the name '\(name)'")
        }
        guard sources[name] != nil || sources.count < Self.places else {
            throw Problem(.exhausted, code: "full", what: "cannot find room for '\(name)'")
        }
        sources[name] = model
        revisions[name, default: 0] += 1
        return DeployAnswer(
            key: DeploymentKey(endpoint: name, deployment: .dropped),
            revision: Revision(number: revisions[name] ?? 0),
            url: url(name),
            notices: ["told"]
        )
    }

    func delete(_ endpoint: EndpointName) throws(Problem) {
        guard sources.removeValue(forKey: endpoint) != nil else {
            throw Problem(.notFound, code: "endpointNotFound", what: "cannot find '\(endpoint)'")
        }
    }

    func status() -> ServerStatus {
        ServerStatus(
            server: ServerStatus.Server(
                pid: 41,
                version: "1.2.3",
                since: Date(timeIntervalSince1970: 1_772_357_400.25),
                listeners: [Listener(address: "127.0.0.1:8080")],
                insecure: false,
                notices: [],
                state: "/state",
                models: nil
            ),
            gateway: ServerStatus.Gateway(pid: 42, restarts: 1),
            nodes: [
                NodeStatus(
                    name: NodeName(number: 1),
                    pid: nil,
                    isolation: nil,
                    isolationReasons: [],
                    millicores: 2_000,
                    reservedMillicores: 0,
                    memoryBytes: 1 << 30,
                    restarts: 3
                )
            ],
            endpoints: sources.keys.sorted().map(endpoint),
            builds: ServerStatus.Builds(running: 1, succeeded: 4, failed: 2)
        )
    }

    func handOver(_ request: HandoverRequest) -> HandoverAnswer {
        HandoverAnswer(executable: request.executable ?? "/installed", version: "7.8.9")
    }

    func beginHandover() { hasBegunHandover = true }

    func quota() -> QuotaStatus {
        QuotaStatus(
            machine: QuotaStatus.Machine(
                millicores: 64_000,
                measuredMillicores: 2_000,
                memoryBytes: 1 << 30,
                measuredMemoryBytes: 1 << 30,
                overcommitment: "overcommitted"
            ),
            nodes: [
                QuotaStatus.Node(
                    name: NodeName(number: 1),
                    isJoined: true,
                    millicores: 64_000,
                    measuredMillicores: 2_000,
                    usedMillicores: 4_000,
                    reservedMillicores: 8_000,
                    pooledMillicores: 4_000,
                    freeMillicores: 56_000,
                    sharing: 1,
                    loss: nil
                )
            ],
            deployments: []
        )
    }

    func rollout(of key: DeploymentKey) throws(Problem) -> RolloutStatus {
        guard sources[key.endpoint] != nil else {
            throw Problem(.notFound, code: "deployment", what: "there is no '\(key)'")
        }
        return RolloutStatus(key: key, state: .none, sentence: "1 instance serves")
    }

    func command(
        _ command: RolloutCommand,
        of key: DeploymentKey
    ) throws(Problem) -> RolloutStatus {
        guard command == .undo else {
            throw Problem(.conflict, code: "nothingRolls", what: "nothing rolls")
        }
        var status = try rollout(of: key)
        status.state = .goingBack
        return status
    }

    func drain(_ node: NodeName, isDrained: Bool) throws(Problem) {
        guard node == NodeName(number: 1) else {
            throw Problem(.notFound, code: "node", what: "there is no node '\(node)'")
        }
        drained = isDrained
    }

    func explain(_ instance: InstanceID) throws(Problem) -> Explanation {
        guard sources[instance.key.endpoint] != nil else {
            throw Problem(.notFound, code: "noJournal", what: "cannot explain '\(instance)'")
        }
        return Explanation(
            instance: instance,
            state: .serving,
            sentence: "it said ready",
            entries: [
                Explanation.Entry(
                    time: Date(timeIntervalSince1970: 1_772_357_400.25),
                    event: "it was wanted",
                    reason: "1 is wanted and 0 are held",
                    effects: ["spawn \(instance)#1"]
                )
            ]
        )
    }

    func statistics() -> [DeploymentStatistics] { counters }

    private func endpoint(_ name: EndpointName) -> EndpointStatus {
        let key = DeploymentKey(endpoint: name, deployment: .dropped)
        let instance = InstanceStatus(
            id: InstanceID(key: key, ordinal: 1),
            revision: Revision(number: 1),
            state: .serving,
            incarnation: 2,
            pid: 77,
            node: NodeName(number: 1),
            isolation: .sandbox,
            warm: true,
            restarts: 1,
            since: Date(timeIntervalSince1970: 1_772_357_400.25)
        )
        let deployment = DeploymentStatus(
            name: .dropped,
            revision: Revision(number: revisions[name] ?? 0),
            wanted: 1,
            serving: 1,
            state: .serving,
            why: "",
            url: url(name),
            model: nil,
            environment: nil,
            isolation: .sandbox,
            isolationReasons: [],
            retry: .once,
            deadlineMilliseconds: 60_000,
            instances: [instance]
        )
        return EndpointStatus(
            name: name,
            url: url(name),
            source: sources[name] ?? "",
            deployments: [deployment]
        )
    }

    private func url(_ name: EndpointName) -> String {
        "http://127.0.0.1:8080/endpoints/\(name)/score"
    }
}

extension MemoryServer: OnlineControl {
    func onlineEndpoints() -> [OnlineEndpoint] {
        declared.values.sorted { $0.name < $1.name }
    }

    func put(_ request: EndpointRequest) throws(Problem) -> OnlineEndpoint {
        guard let name = request.name else {
            throw Problem(.invalid, code: "noName", what: "no endpoint is named")
        }
        guard request.mode != .create || declared[name] == nil else {
            throw Problem(.conflict, code: "endpointExists", what: "'\(name)' is there")
        }
        let endpoint = OnlineEndpoint(
            name: name,
            scoringURI: url(name),
            openAPIURI: url(name),
            traffic: request.traffic ?? [:]
        )
        declared[name] = endpoint
        return endpoint
    }

    func put(_ request: OnlineDeploymentRequest) throws(Problem) -> DeployAnswer {
        guard let endpoint = request.endpoint, let name = request.name, declared[endpoint] != nil
        else { throw Problem(.notFound, code: "endpointNotFound", what: "no such endpoint") }
        return DeployAnswer(
            key: DeploymentKey(endpoint: endpoint, deployment: name),
            revision: Revision(number: 1),
            url: url(endpoint)
        )
    }

    func delete(_ deployment: DeploymentKey) throws(Problem) {
        guard declared[deployment.endpoint] != nil else {
            throw Problem(.notFound, code: "deploymentNotFound", what: "no '\(deployment)'")
        }
        deleted.append(deployment)
    }

    func compare(
        _ deployment: DeploymentKey,
        with other: DeploymentName
    ) throws(Problem) -> DeploymentComparison {
        guard declared[deployment.endpoint] != nil else {
            throw Problem(.conflict, code: "notMirrored", what: "nothing is mirrored")
        }
        return DeploymentComparison(
            live: deployment,
            mirrored: other,
            mirrorPercent: 10,
            tolerance: 0.5
        )
    }
}

extension MemoryServer: AssetControl {
    func models() -> [ModelAsset] { registered }

    func environmentAssets() -> [EnvironmentAsset] { [] }

    func registerModel(_ request: AssetRequest) throws(Problem) -> ModelAsset {
        guard let name = request.name, let path = request.path,
            let digest = Digest(String(repeating: "a", count: 64))
        else {
            throw Problem(.invalid, code: "noName", what: "the model has no name")
        }
        let model = ModelAsset(
            name: name,
            version: request.version ?? "1",
            type: request.type ?? "custom_model",
            path: path,
            digest: digest,
            created: Date(timeIntervalSince1970: 1_700_000_000)
        )
        registered.append(model)
        return model
    }

    func registerEnvironment(_ request: AssetRequest) throws(Problem) -> EnvironmentAsset {
        throw Problem(.unsupported, code: "noEnvironments", what: "none are kept here")
    }

    func archive(_ asset: AssetID, isArchived: Bool) throws(Problem) {
        changed.append(asset)
    }

    func delete(_ asset: AssetID) throws(Problem) {
        guard registered.contains(where: { $0.name == asset.name }) else {
            throw Problem(.notFound, code: "assetNotFound", what: "no '\(asset)'")
        }
        changed.append(asset)
    }
}

extension MemoryServer: PatchControl {
    func planPatch(_ request: PatchRequest) throws(Problem) -> PatchPlan {
        guard request.names != ["nobody"] else {
            throw Problem(.notFound, code: "patchName", what: "nothing is called 'nobody'")
        }
        return PatchPlan(
            environments: [.init(digest: nil, names: request.names, pins: ["demo==1.0"])],
            others: []
        )
    }

    func buildPatch(_ settlement: Digest) throws(Problem) {
        throw Problem(.notFound, code: "patchForgotten", what: "no '\(settlement.short)'")
    }

    func patch(_ step: PatchStep) throws(Problem) -> DeployAnswer {
        DeployAnswer(key: step.key, revision: step.revision.next, url: url(step.key.endpoint))
    }
}

extension MemoryServer: PlanControl {
    func plan(_ request: PlanRequest) -> PlanAnswer {
        PlanAnswer(steps: [.init("endpoint", request.path, .create)], notices: ["told"])
    }
}
