// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import ControlAPI
import Foundation
import Manifests
import Rulebook
import Vocabulary
import Wire

/// Everything that is there now, put together for people and programs.
extension Supervisor {
    func status() async -> ServerStatus {
        let view = rulebook.status
        return ServerStatus(
            server: serverFacts(),
            gateway: ServerStatus.Gateway(
                pid: gateway.connection?.pid,
                restarts: max(0, gateway.restarts),
                isOlder: gateway.joined != nil ? isOlder(gateway.program) : nil
            ),
            nodes: view.nodes.map(facts(of:)),
            endpoints: endpoints(view.deployments),
            builds: ServerStatus.Builds(
                running: builds.running,
                succeeded: builds.succeeded,
                failed: builds.failed
            )
        )
    }

    private func serverFacts() -> ServerStatus.Server {
        ServerStatus.Server(
            pid: ProcessInfo.processInfo.processIdentifier,
            version: Release.version,
            since: startedAt,
            listeners: listeners.bound.map(\.listener),
            insecure: listeners.isExposed,
            notices: notices.all + [configuration.program.notice].compactMap(\.self),
            state: configuration.state.path,
            models: configuration.models
        )
    }

    private func facts(of view: NodeView) -> NodeStatus {
        let post = nodes[view.name]
        var status = NodeStatus(
            name: view.name,
            pid: post?.connection?.pid,
            isolation: view.isolation,
            isolationReasons: post?.hello?.isolationReasons ?? [],
            millicores: view.millicores ?? 0,
            reservedMillicores: view.reservedMillicores,
            memoryBytes: view.memoryBytes ?? 0,
            restarts: max(0, post?.restarts ?? 0),
            isOlder: post?.isReplaced == true ? nil : post?.hello.map { isOlder($0.program) }
        )
        status.isDrained = view.isDrained
        status.isSilent = view.isSilent
        status.instances = view.instances
        return status
    }

    private func endpoints(_ deployments: [DeploymentView]) -> [EndpointStatus] {
        var endpoints: [EndpointStatus] = []
        for view in deployments {
            let status = facts(of: view)
            if endpoints.last?.name == view.key.endpoint {
                endpoints[endpoints.count - 1].deployments.append(status)
                continue
            }
            let document = newestDocument(of: view)
            endpoints.append(
                EndpointStatus(
                    name: view.key.endpoint,
                    url: listeners.scoringURI(of: view.key.endpoint),
                    source: document?.origin.path ?? "",
                    deployments: [status]
                )
            )
        }
        for name in self.endpoints.keys where !endpoints.contains(where: { $0.name == name }) {
            endpoints.append(
                EndpointStatus(
                    name: name,
                    url: listeners.scoringURI(of: name),
                    source: "",
                    deployments: []
                )
            )
        }
        return endpoints.sorted { $0.name < $1.name }
    }

    private func newestDocument(of view: DeploymentView) -> DeploymentDocument? {
        guard let revision = view.incoming ?? view.current else { return shelf.wanted(view.key) }
        return shelf.document(view.key, revision)
    }

    private func facts(of view: DeploymentView) -> DeploymentStatus {
        let document = newestDocument(of: view)
        let instances = view.instances.map(facts(of:))
        let isolation = instances.compactMap(\.isolation).min()
        var status = DeploymentStatus(
            name: view.key.deployment,
            revision: view.incoming ?? view.current ?? document?.revision ?? Revision(number: 1),
            givenUp: view.givenUp,
            wanted: view.wanted,
            serving: view.serving,
            state: DeploymentStatus.State(view),
            why: why(view),
            url: listeners.scoringURI(of: view.key.endpoint),
            percent: view.percent,
            mirrorPercent: view.mirrorPercent,
            model: document?.model,
            environment: document.flatMap { environmentFacts(of: $0, view) },
            isolation: isolation,
            isolationReasons: isolationReasons(view, isolation),
            retry: document?.settings.retry ?? .once,
            deadlineMilliseconds: document?.settings.deadlineMilliseconds ?? 0,
            instances: instances
        )
        status.declared = document?.declaredFacts
        if view.problem?.code == "undone" { status.isUndone = true }
        return status
    }

    /// The rulebook's sentence, and the last lines of a scorer where there is something to explain.
    private func why(_ view: DeploymentView) -> String {
        let told = view.givenUp ?? view.incoming ?? view.current
        guard view.problem != nil || view.state == .failed, view.problem?.code != "undone",
            let words = lastWords[view.key],
            !words.lines.isEmpty, words.revision == nil || words.revision == told,
            !words.lines.contains(where: { Self.says(view.sentence, $0) })
        else { return view.sentence }
        let lines = words.lines.suffix(Self.shownLines)
        return "\(view.sentence); its last lines: \(lines.joined(separator: " | "))"
    }

    private static let shownLines = 4

    /// Whether a sentence has what a scorer of ours wrote of its failure, so that its lines before
    /// that say nothing new.
    private static func says(_ sentence: String, _ line: String) -> Bool {
        let begin = "scorekeeper: cannot load the "
        guard line.hasPrefix(begin), let colon = line.dropFirst(begin.count).range(of: ": ") else {
            return false
        }
        return sentence.contains(line[colon.upperBound...])
    }

    private func facts(of view: InstanceView) -> InstanceStatus {
        let process = view.run.flatMap { held[$0] }
        return InstanceStatus(
            id: view.id,
            revision: view.revision,
            state: InstanceStatus.State(view.state) ?? .failed,
            incarnation: view.run?.incarnation ?? 0,
            pid: view.pid,
            node: view.node,
            isolation: process?.isolation,
            warm: process?.isWarm,
            restarts: view.restarts,
            since: Date() - (now - view.since).seconds,
            problem: view.problem,
            enclosure: process?.enclosure,
            facts: view.run.flatMap { facts[$0] },
            metrics: view.run.flatMap { metrics[$0] }
        )
    }

    /// Why the deployment's level is not the highest: what the nodes of its instances said.
    private func isolationReasons(
        _ view: DeploymentView,
        _ level: IsolationLevel?
    ) -> [String] {
        guard let level, level < .limited else { return [] }
        var reasons: [String] = []
        for node in view.instances.compactMap(\.node) {
            for reason in nodes[node]?.hello?.isolationReasons ?? [] where !reasons.contains(reason)
            {
                reasons.append(reason)
            }
        }
        return reasons
    }

    private static func notices(of definition: EnvironmentDefinition) -> [String] {
        guard let settlement = definition.settlement else { return [] }
        let day = settlement.settledAt.formatted(.iso8601.year().month().day())
        return ["was patched: its packages are those of \(day), within its pins"]
    }

    private func environmentFacts(
        of document: DeploymentDocument,
        _ view: DeploymentView
    ) -> EnvironmentStatus? {
        guard let definition = document.environment else { return nil }
        let log = builds.log(of: definition)
        switch builds.progress(of: definition) {
        case .none:
            // A process runs in it, though this life of the supervisor has not looked for it yet.
            let isUsed = view.instances.contains {
                $0.revision == document.revision && $0.pid != nil
            }
            return EnvironmentStatus(digest: nil, state: isUsed ? .built : .waiting)
        case .building(let step):
            return EnvironmentStatus(digest: nil, state: .building, progress: step, log: log)
        case .built(let environment):
            return EnvironmentStatus(
                digest: environment.digest,
                state: .built,
                log: environments.logPath(of: environment.digest),
                notices: environment.notices + Self.notices(of: definition)
            )
        case .failed(let problem):
            return EnvironmentStatus(
                digest: nil,
                state: .failed,
                progress: "\(problem)",
                log: log
            )
        }
    }
}

extension DeploymentStatus.State {
    /// The word that people are shown for what the rulebook says.
    fileprivate init(_ view: DeploymentView) {
        switch view.state {
        case .preparing: self = .building
        case .starting: self = .starting
        case .serving: self = view.problem == nil ? .serving : .halted
        case .rollingOut: self = .changing
        case .recovering: self = view.serving > 0 ? .changing : .starting
        case .waitingForCapacity: self = view.serving > 0 ? .changing : .starting
        case .failed: self = .failed
        case .leaving: self = .removing
        }
    }
}

extension InstanceStatus.State {
    /// The same state in the control API's words; nothing for an instance that is gone.
    init?(_ name: StateName) {
        switch name {
        case .waiting: self = .waiting
        case .starting: self = .starting
        case .comparing: self = .comparing
        case .serving: self = .serving
        case .draining: self = .draining
        case .stopping: self = .stopping
        case .backingOff: self = .backingOff
        case .failed: self = .failed
        case .gone: return nil
        }
    }
}

extension Duration {
    /// Seconds as a floating-point number, for dates.
    fileprivate var seconds: Double { Double(nanosecondsSaturated) / 1e9 }
}
