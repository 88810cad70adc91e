// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Rulebook
import Vocabulary

/// What the referee expects of the future, and of the end.
extension Referee {
    /// Whether the death of this run must be answered at once: it served, nothing else is going on.
    func expectsRestart(of run: Run, nodes known: [NodeName]) -> Bool {
        let key = run.instance.key
        guard !isLeaving, !withdrawn.contains(key), isGatewayJoined, ready.contains(run),
            known.allSatisfy({ joined.contains($0) }), silent.isEmpty,
            (routed[key] ?? []).contains(run),
            let newest = versions[key]?.last, newest.hasServed,
            revisions[run] == newest.declaration.revision
        else { return false }
        let record = records[run.instance] ?? Record()
        let isFirst =
            record.deathsInARow == 0
            || record.readySince.map { now - $0 >= .seconds(60) } ?? false
        let peers = processes.filter { $0.run.instance.key == key && $0.run != run }
        return isFirst && peers.count == newest.declaration.instances - 1
            && peers.allSatisfy { $0.revision == newest.declaration.revision }
    }

    /// The verdict over a world whose faults have stopped long ago.
    ///
    /// Shape: `routes` is what the gateway really has, `lanes` those that are really ready.
    mutating func judgeRest(routes: [PublishedEndpoint], lanes: [Run]) {
        for key in versions.keys.sorted() { judgeRest(of: key) }
        for process in processes {
            let key = process.run.instance.key
            let isWanted = versions[key] != nil && !withdrawn.contains(key)
            check(.everyProcessWanted, isWanted, "\(process.run) runs")
            check(
                .drainedGetsNothing,
                !drained.contains(process.node) || !takesNothing(key),
                "\(process.run) is still on \(process.node), which is drained"
            )
        }
        let rest = now - lastStart
        check(.settles, rest >= Self.quiet, "something was started \(rest) before the end")
        let routedTo = routes.flatMap { $0.deployments.flatMap(\.runs) }.sorted()
        let living = processes.map(\.run).sorted()
        check(
            .gatewayAgrees,
            routedTo == living && lanes.sorted() == living,
            "routes lead to \(routedTo), lanes are ready to \(lanes.sorted()), and \(living) live"
        )
        let endpoints = routes.map(\.endpoint).sorted()
        let wanted = Set(
            versions.keys.filter { !withdrawn.contains($0) }.map(\.endpoint) + traffic.keys
        ).sorted()
        check(.gatewayAgrees, endpoints == wanted, "the gateway knows \(endpoints), not \(wanted)")
    }

    private mutating func judgeRest(of key: DeploymentKey) {
        guard !withdrawn.contains(key), let newest = versions[key]?.last else { return }
        let living = processes.filter { $0.run.instance.key == key }
        let declared = newest.declaration
        let isThere =
            living.count == declared.instances
            && living.allSatisfy { $0.revision == declared.revision }
        // A node that is drained delays what was promised as if it were not.
        let isShort = !drained.isEmpty && !takesNothing(key)
        judgeSpread(of: key, living)
        let isStuck =
            isShort
            || (versions[key] ?? []).contains(where: \.declaration.instanceType.isExemptFromSurge)
                && mayLackRoom(for: key)
        let mayStand = isStuck || judgeWish(key, living: living)
        if !mayStand, !newest.mayBeGivenUp {
            return check(
                .converges,
                isThere || isStuck,
                "\(declared.instances) of \(declared.revision) of \(key) are wanted, "
                    + "\(living.map { "\($0.run) of \($0.revision)" }) live"
            )
        }
        // Given up: one older revision stands whole, or nothing does.
        let revisions = Set(living.map(\.revision)).sorted()
        let isWhole =
            revisions.isEmpty
            || (revisions.count == 1
                && version(key, revisions[0])?.declaration.instances == living.count)
        check(
            .converges,
            isThere || isWhole || isStuck,
            "\(declared.revision) of \(key) may have been given up, and what stands is "
                + "\(living.map { "\($0.run) of \($0.revision)" })"
        )
    }

    /// What takes nothing has room everywhere.
    private mutating func judgeSpread(of key: DeploymentKey, _ living: [Process]) {
        guard takesNothing(key), !living.isEmpty else { return }
        let counts = shares.keys.filter { !drained.contains($0) }.map { node in
            living.count { $0.node == node }
        }
        let isEven = (counts.max() ?? 0) - (counts.min() ?? 0) <= 1
        let places = living.map { "\($0.run) on \($0.node)" }.sorted()
        check(.spreadInTheEnd, isEven, "of \(key) there are \(places)")
    }

    /// How long nothing has moved in the end.
    private static let quiet = Duration.seconds(120)

    /// Whether some node may lack the room for one more instance, promises to others included.
    private func mayLackRoom(for key: DeploymentKey) -> Bool {
        let need = inPlay(key).map(\.declaration.instanceType.millicores).max() ?? 0
        var free = shares.values.reduce(0) { $0 + $1.millicores }
        for (other, known) in versions where !withdrawn.contains(other) {
            let instances = known.map(\.declaration.instances).max() ?? 0
            let each = known.map(\.declaration.instanceType.millicores).max() ?? 0
            free -= (instances + (instances + 4) / 5) * each
        }
        return free < need * shares.count
    }
}
