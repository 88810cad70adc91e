// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import RequestDispatch
import Vocabulary
import Wire

/// How long a client that is kept alive may take for one more request when the gateway is replaced.
private let lastWordsPause = Duration.milliseconds(250)

/// What the supervisor orders.
extension GatewayCore {
    /// Carries out an order; descriptors come with some.
    func obey(_ order: GatewayOrder, _ descriptors: [Descriptor]) {
        beginTurn()
        switch order {
        case .listen(let listener):
            if let socket = descriptors.first { listen(listener, socket) }
        case .lane(let order):
            if let socket = descriptors.first { openLane(order, socket) }
        case .route(let route): follow(route)
        case .unroute(let name): unroute(name)
        case .drain(let run):
            if let station = stations.first(where: { $0.run == run }) {
                decide(.laneDraining(station.id))
            }
        case .probe(let run, let kind, let timeout):
            probe(run, kind, within: .milliseconds(timeout))
        case .end(let run, let withNode): settle(run, withNode: withNode ?? false)
        case .compare(let order): compare(order)
        case .reportStatistics(let id): reportStatistics(id)
        case .reportComparisons(let id):
            for tally in desk.tallies { report(.comparison(tally)) }
            report(.comparisonsEnd(id: id))
        case .reportAnswers(let key):
            report(.answers(key, deployments[key]?.revisions.all ?? []))
        case .last: isLast = true
        case .leave(let grace): leave(within: .milliseconds(Int64(grace)))
        }
    }

    /// What a supervisor is told first on its connection; then what scorers have told.
    func greeting(_ hello: GatewayReport) -> [(GatewayReport, [Descriptor])] {
        var greeting: [(GatewayReport, [Descriptor])] = [(hello, [])]
        for open in listeners { greeting.append((.listening(open.listener), [open.descriptor])) }
        var told: [(GatewayReport, [Descriptor])] = []
        for station in stations where !station.isDismissed {
            greeting.append((.holding(station.run, isReady: station.isReady), []))
            if let text = station.told.value { told.append((.told(station.run, text), [])) }
            if let metrics = station.metrics.value {
                told.append((.metrics(station.run, metrics), []))
            }
        }
        greeting.append((.helloEnd, []))
        return greeting + told
    }

    /// The deployment of a name; made where it is new, because a lane may come before its route.
    func deployment(_ key: DeploymentKey) -> Deployment {
        if let known = deployments[key] { return known }
        let deployment = Deployment(key: key, id: dispatcher.addDeployment(DeploymentRules()))
        deployments[key] = deployment
        deploymentList.append(deployment)
        return deployment
    }

    private func follow(_ route: EndpointRoute) {
        let endpoint = router.endpoints[route.endpoint.text] ?? Endpoint(name: route.endpoint)
        let before = endpoint.deployments
        let after = route.deployments.map { deployment($0.key) }
        endpoint.follow(after, route)
        router.set(endpoint)
        for (deployment, route) in zip(after, route.deployments) {
            deployment.follow(route)
            keep(route.keptRequests ?? 0, of: deployment)
            apply(DeploymentRules(route), to: deployment)
        }
        for old in before where !after.contains(where: { $0 === old }) { retire(old) }
    }

    private func unroute(_ name: EndpointName) {
        guard let endpoint = router.endpoints[name.text] else { return }
        let deployments = endpoint.deployments
        router.remove(name)
        endpoint.follow([], EndpointRoute(endpoint: name, deployments: []))
        for deployment in deployments { retire(deployment) }
    }

    private func retire(_ deployment: Deployment) {
        deployment.retire()
        desk.forget(deployment.key)
        dispatcher.forgetConvictions(of: deployment.id)
        apply(DeploymentRules(isOpen: false), to: deployment)
    }

    private func apply(_ rules: DeploymentRules, to deployment: Deployment) {
        dispatcher.setRules(rules, of: deployment.id)
        for station in deployment.stations {
            decide(.laneRouted(station.id, deployment.runs.contains(station.run)))
        }
        if !rules.isOpen { decide(.closed(deployment.id)) }
    }

    // MARK: - Sockets

    private func listen(_ listener: Listener, _ socket: Descriptor) {
        guard !isLeaving, !listeners.contains(where: { $0.listener == listener }) else { return }
        let socket = try? Acceptor(listener, socket, on: loop) { [self] accepted in
            serve(accepted, of: listener.endpoint)
        }
        if let socket { listeners.append(socket) }
    }

    private func serve(_ accepted: Descriptor, of owner: EndpointName?) {
        let at = refreshedNow()
        // Where it cannot be watched it is closed: the machine has no memory for one more.
        guard let socket = try? ClientSocket(accepted, on: loop) else { return }
        Connection(core: self, owner: owner, socket, at: at).open()
    }

    /// Accepts nothing more; leaves when every connection is done, or after the grace.
    func leave(within grace: Duration) {
        guard !isLeaving else { return }
        isLeaving = true
        for open in listeners { open.close() }
        for connection in connectionsInOrder { connection.leave(atOnce: false) }
        if connections.isEmpty { return finish() }
        // Whoever has sent a request by now is heard, though it may not be here yet; those who have
        // nothing to say are let go.
        loop.schedule(in: lastWordsPause) { [self] in
            for connection in connectionsInOrder { connection.leave(atOnce: true) }
        }
        loop.schedule(in: grace) { [self] in finish() }
    }

    /// Leaves, once everything is answered or its time is over.
    func finish() {
        if isLast {
            for station in stations where !station.isDismissed { try? station.lane.tellToDrain() }
        }
        left()
    }

    // MARK: - Figures

    private func reportStatistics(_ id: Int) {
        // What is told as bound is in its lane.
        postAll()
        postCopies()
        for deployment in deploymentList.sorted(by: { $0.key < $1.key }) {
            let figures = dispatcher.figures(of: deployment.id)
            report(
                .statistics(
                    DeploymentStatistics(
                        key: deployment.key,
                        answers: deployment.counters.answers,
                        latencyBounds: AnswerCounters.bounds,
                        latencyCounts: Array(deployment.counters.latencies),
                        latencySum: deployment.counters.latencySum,
                        waiting: figures.waiting,
                        bound: figures.bound,
                        redispatched: figures.redispatched,
                        abandoned: figures.abandoned,
                        mirrored: deployment.mirrored.statistics(figures)
                    )
                )
            )
        }
        report(.statisticsEnd(id: id))
    }
}
