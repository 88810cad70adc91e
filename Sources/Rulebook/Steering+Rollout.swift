// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Vocabulary

/// From one revision to another.
///
/// With n instances wanted and a surge of s = ceil(0.2 n), at most n + s are held. While anything of
/// the old revision is left: start new ones in every place that is free; as new ones serve, drain as
/// many old ones, but never one whose going would leave fewer than n serving.
///
/// | n = 5, s = 1 | old serving | new starting | new serving | old draining | held |
/// |---|---|---|---|---|---|
/// | declared, prepared | 5 | 1 | 0 | 0 | 6 |
/// | the first is ready | 4 | 0 | 1 | 1 | 6 |
/// | the old one has left | 4 | 1 | 1 | 0 | 6 |
/// | ... the last is ready | 0 | 0 | 5 | 1 | 6 |
///
/// A revision of which no run was ever ready displaces nothing: it has the surge alone to prove
/// itself in, and when it is given up, what stood before has not moved: as many of it serve as were
/// wanted of it.
extension Rulebook {
    /// Moves revisions on: prepared ones become the target, a target that serves alone the current.
    mutating func steerRevisions(_ work: inout Deliberation) {
        for index in deployments.indices {
            if !deployments[index].isMoving { deployments[index].pausedSince = nil }
            if let over = deployments[index].rollout?.overAt, over <= work.now {
                deployments[index].rollout?.close()
                work.noteChange()
            }
            if !isHalted(index, work.policy), let next = deployments[index].next,
                let record = deployments[index].record(next),
                work.policy.mayStart(record.isPrepared)
            {
                // What was on its way in and has served is what a halted rollout falls back to.
                if let target = deployments[index].target,
                    deployments[index].record(target)?.isProven == true
                {
                    replaceCurrent(of: index, with: target, work.policy)
                }
                deployments[index].target = next
                deployments[index].next = nil
                deployments[index].rollout = deployments[index].current.map {
                    Rollout(
                        .upgrade,
                        from: $0,
                        to: next,
                        at: work.now,
                        comparing: record.declaration.comparison
                    )
                }
                work.noteChange()
            }
            let deployment = deployments[index]
            guard let target = deployment.target, let record = deployment.record(target) else {
                continue
            }
            let staying = deployment.instances.filter { !$0.state.isLeaving }
            let serving = staying.count { $0.revision == target && $0.isServing }
            guard serving >= record.declaration.instances,
                staying.allSatisfy({ $0.revision == target })
            else { continue }
            complete(index, target, work)
            let fresh = Counted(serving, "instance")
            work.add(
                .notice("\(deployment.key): \(target) serves as wanted"),
                because: "\(fresh) of \(target) \(fresh.verb("serves", "serve")) and none of "
                    + "another revision is left"
            )
        }
    }

    /// Makes the revision that serves alone the current one, and keeps the one before it.
    private mutating func complete(_ index: Int, _ target: Revision, _ work: Deliberation) {
        replaceCurrent(of: index, with: target, work.policy)
        deployments[index].target = nil
        // Paused it stays for a revision that is to come next.
        deployments[index].endRollout(.completed, at: work.now)
    }

    private mutating func replaceCurrent(
        of index: Int,
        with target: Revision,
        _ policy: Policy
    ) {
        let isReturn = deployments[index].rollout?.purpose == .rollback
        deployments[index].previous =
            isReturn || !policy.keepsPrevious() ? nil : deployments[index].current
        deployments[index].current = target
    }

    /// Instances that serve at least while a rollout is paused or a node is drained: as many as
    /// stand, or as come where that is fewer and the revision has served before.
    func leastWanted(_ index: Int) -> Int {
        let deployment = deployments[index]
        return [deployment.current, deployment.target].compactMap { $0 }
            .compactMap(deployment.record)
            .filter { $0.isProven || $0.revision == deployment.current }
            .map(\.declaration.instances).min() ?? 0
    }

    func isHalted(_ index: Int, _ policy: Policy) -> Bool {
        deployments[index].isPaused && policy.heedsPause()
    }

    /// Lets instances go that are no longer wanted.
    mutating func steerRetirement(_ work: inout Deliberation) {
        retireWithdrawn(&work)
        // What a run holds is known only when the gateway has spoken.
        guard isEveryoneHeard else { return }
        for index in deployments.indices {
            if gateway.peer.isJoined { retireMoved(in: index, &work) }
            if isHalted(index, work.policy) { continue }
            if let steered = deployments[index].steered {
                releaseUnstarted(of: steered, in: index, &work)
                guard gateway.peer.isJoined else { continue }
                retireSurplus(of: steered, in: index, &work)
                retireOld(than: steered, in: index, &work)
            } else {
                let reason =
                    deployments[index].isWithdrawn
                    ? "\(deployments[index].key) was withdrawn"
                    : "its revision was given up"
                for path in candidates(in: index, where: { _ in true }) {
                    retire(path, because: reason, &work)
                }
            }
        }
    }

    /// Lets the runs of withdrawn deployments go, whoever has not been heard yet: declared again
    /// meanwhile, a deployment must not be answered for by what was deleted.
    private mutating func retireWithdrawn(_ work: inout Deliberation) {
        guard gateway.peer.isJoined else { return }
        for index in deployments.indices where deployments[index].isWithdrawn {
            let reason = "\(deployments[index].key) was withdrawn"
            for path in candidates(in: index, where: { $0.state.live != nil }) {
                retire(path, because: reason, &work)
            }
        }
    }

    /// The instances that could be let go, the one that would be missed least first.
    ///
    /// Shape: those that serve nobody before those that do, then the youngest first. Retiring one
    /// never moves those that come after it.
    func candidates(
        in deployment: Int,
        where isWanted: (Instance) -> Bool
    ) -> [InstancePath] {
        let instances = deployments[deployment].instances
        let found = instances.indices.reversed().filter {
            !instances[$0].state.isLeaving && isWanted(instances[$0])
        }
        return found.map { InstancePath(deployment: deployment, instance: $0) }
    }

    /// Gives up places that were taken for more instances than may be held since fewer are wanted.
    private mutating func releaseUnstarted(
        of steered: RevisionRecord,
        in index: Int,
        _ work: inout Deliberation
    ) {
        let limit = deployments[index].promise(work.policy).limit
        let held = deployments[index].instances.count { $0.state.reservation != nil }
        var excess = held - limit
        guard excess > 0 else { return }
        for path in candidates(
            in: index,
            where: { $0.revision == steered.revision && $0.state.name == .waiting }
        ) where excess > 0 {
            excess -= 1
            retire(path, because: "\(limit) instances may be held, and it is one more", &work)
        }
    }

    private mutating func retireSurplus(
        of steered: RevisionRecord,
        in index: Int,
        _ work: inout Deliberation
    ) {
        let wanted = steered.declaration.instances
        var surplus =
            candidates(in: index) { $0.revision == steered.revision && $0.replaces == nil }.count
            - wanted
        for isServing in [false, true] where surplus > 0 {
            for path in candidates(
                in: index,
                where: { $0.revision == steered.revision && $0.isEstablished == isServing }
            ) where surplus > 0 {
                guard mayRetire(path, wanted: wanted, work) else { continue }
                surplus -= 1
                let enough = Counted(wanted, "instance")
                let reason = "\(enough) \(enough.verb("is", "are")) wanted, and it is one more"
                retire(path, because: reason, &work)
            }
        }
    }

    private mutating func retireOld(
        than steered: RevisionRecord,
        in index: Int,
        _ work: inout Deliberation
    ) {
        let deployment = deployments[index]
        let isOld: (Instance) -> Bool = { $0.revision != steered.revision }
        guard deployment.instances.contains(where: isOld) else { return }
        // Neither the revision that is wanted nor the one to fall back to, and it serves nobody.
        for path in candidates(
            in: index,
            where: { isOld($0) && $0.revision != deployment.current && !$0.isEstablished }
        ) {
            let reason = "its revision was overtaken by \(steered.revision) before it served"
            retire(path, because: reason, &work)
        }

        let old = candidates(in: index, where: isOld).count
        let servingNew = candidates(in: index) { !isOld($0) && $0.isServing }.count
        let wanted = steered.declaration.instances
        let standing =
            deployment.inPlay.filter { $0.revision != steered.revision }
            .map(\.declaration.instances).max() ?? 0
        var excess = old - work.policy.staying(wanted, servingNew, standing, steered.isProven)
        for isServing in [false, true] where excess > 0 {
            for path in candidates(
                in: index,
                where: { isOld($0) && $0.isEstablished == isServing }
            ) where excess > 0 {
                guard mayRetire(path, wanted: wanted, work) else { continue }
                excess -= 1
                let fresh = Counted(servingNew, of: wanted, "instance")
                let reason =
                    "\(fresh) of \(steered.revision) \(fresh.verb("serves", "serve")) in its stead"
                retire(path, because: reason, &work)
            }
        }
    }

    /// Whether letting this one go leaves enough to serve.
    func mayRetire(_ path: InstancePath, wanted: Int, _ work: Deliberation) -> Bool {
        let instance = self[path]
        let serving = deployments[path.deployment].serving
        if instance.isServing { return work.policy.mayDrain(serving, wanted) }
        // One whose lane is on its way back counts as serving next.
        return !instance.isEstablished || serving >= wanted
    }

    /// Starts instances of the revision that is wanted while there is a place for them.
    mutating func steerRollout(_ work: inout Deliberation) {
        guard isEveryoneHeard else { return }
        for index in deployments.indices {
            // While a rollout is paused, nothing but what is missing of what stands.
            let isHalted = isHalted(index, work.policy)
            let standing = deployments[index].current.flatMap(deployments[index].record)
            guard let steered = isHalted ? standing : deployments[index].steered else { continue }
            var fresh = candidates(in: index) {
                (isHalted || $0.revision == steered.revision) && $0.replaces == nil
            }.count
            let wanted = isHalted ? leastWanted(index) : steered.declaration.instances
            while fresh < wanted {
                let key = deployments[index].key
                let id = InstanceID(key: key, ordinal: deployments[index].nextOrdinal)
                guard let reservation = capacity.reserve(for: id, work.policy) else { break }
                let all = Counted(steered.declaration.instances, "instance")
                let reason =
                    "\(all) of \(steered.revision) \(all.verb("is", "are")) wanted; "
                    + "'\(reservation.node)' has a place"
                deployments[index].nextOrdinal += 1
                deployments[index].instances.append(
                    Instance(
                        id: id,
                        revision: steered.revision,
                        state: .waiting(Waiting(reservation: reservation)),
                        since: work.now,
                        reason: reason
                    )
                )
                work.note(id, is: .waiting, because: reason)
                fresh += 1
            }
        }
    }
}

extension Instance {
    /// Whether it serves, or did until its lane was lost and will again.
    var isEstablished: Bool { !state.isLeaving && state.name != .stopping && servedSince != nil }
}
