// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Vocabulary

extension Rulebook {
    mutating func declare(_ declaration: DeploymentDeclaration, _ work: inout Deliberation) {
        if let problem = objection(to: declaration, work.policy) { return work.refuse(problem) }
        let key = declaration.key
        let index: Int
        if let known = self.index(of: key) {
            index = known
        } else {
            let fresh = Deployment(
                declaration,
                nextOrdinal: departed.memory(of: key)?.nextOrdinal ?? 1
            )
            index = deployments.firstIndex { $0.key > key } ?? deployments.endIndex
            deployments.insert(fresh, at: index)
            departed.forget(key)
        }

        deployments[index].declared = declaration
        deployments[index].isWithdrawn = false
        if deployments[index].record(declaration.revision) != nil {
            // The newest revision again: nothing that a process was started from has changed.
            deployments[index].change(declaration.revision) { $0.declaration = declaration }
            return work.noteChange()
        }
        deployments[index].halt = nil
        deployments[index].next = declaration.revision
        deployments[index].revisions.append(
            RevisionRecord(declaration: declaration, declaredAt: work.now)
        )
        forgetFailed(
            of: index,
            because: "\(key) was declared anew, as \(declaration.revision)",
            &work
        )
        work.add(
            .prepare(key, declaration.revision),
            because: "\(declaration.revision) of \(key) was declared: its environment and its "
                + "model are needed before it can be started"
        )
    }

    /// Why a declaration cannot be taken; nothing when it can.
    private func objection(
        to declaration: DeploymentDeclaration,
        _ policy: Policy
    ) -> Problem? {
        let key = declaration.key
        if isLeaving {
            return Problem(
                .conflict,
                code: "leaving",
                what: "cannot take '\(key)': the server is shutting down",
                remedy: "declare it again when the server is back"
            )
        }
        if let problem = formalObjection(to: declaration) { return problem }
        let known = self.index(of: key).map { deployments[$0] }
        if let newest = known?.declared,
            let problem = revisionObjection(to: declaration, newest: newest, in: known)
        {
            return problem
        }
        if known == nil, let memory = departed.memory(of: key),
            declaration.revision <= memory.newest
        {
            return staleRevision(declaration, newest: memory.newest)
        }
        var hypothetical =
            known ?? Deployment(declaration, nextOrdinal: 1)
        hypothetical.revisions.removeAll { $0.revision == declaration.revision }
        hypothetical.revisions.append(RevisionRecord(declaration: declaration))
        hypothetical.isWithdrawn = false
        hypothetical.next = declaration.revision
        return objection(to: hypothetical, instead: known, declaration.instanceType, policy)
    }

    /// Why the machine cannot hold what a deployment would need to go back to a revision.
    func objection(
        toReturnOf revision: Revision,
        in index: Int,
        _ policy: Policy
    ) -> Problem? {
        let known = deployments[index]
        guard let record = known.record(revision) else { return nil }
        var hypothetical = known
        hypothetical.target = revision
        return objection(
            to: hypothetical,
            instead: known,
            record.declaration.instanceType,
            policy
        )
    }

    private func objection(
        to hypothetical: Deployment,
        instead known: Deployment?,
        _ type: InstanceType,
        _ policy: Policy
    ) -> Problem? {
        let promise = hypothetical.promise(policy)
        if let known, promise.isCovered(by: known.promise(policy)) { return nil }
        return capacity.objection(
            to: hypothetical.key,
            type: type,
            each: promise.demand,
            instances: promise.instances,
            required: promise.required,
            limit: promise.limit,
            policy
        )
    }

    private func formalObjection(to declaration: DeploymentDeclaration) -> Problem? {
        let key = declaration.key
        if declaration.instances < 1 {
            return Problem(
                .invalid,
                code: "instances",
                what: "cannot take '\(key)': \(declaration.instances) instances serve nothing",
                remedy: "ask for 1 or more, or delete the deployment"
            )
        }
        if !(0...100).contains(declaration.percent) {
            return Problem(
                .invalid,
                code: "percent",
                what: "cannot give '\(key)' \(declaration.percent) percent of the traffic",
                remedy: "give it 0 to 100"
            )
        }
        if let rule = declaration.failureRule,
            !(1...100).contains(rule.percent) || rule.requests < 1
        {
            return Problem(
                .invalid,
                code: "failureRule",
                what: "cannot take '\(key)': a rollout cannot be halted above \(rule.percent) "
                    + "percent of \(rule.requests) requests",
                remedy: "set 1 to 100 percent of 1 request or more"
            )
        }
        for rule in [declaration.probes?.liveness, declaration.probes?.readiness] {
            guard let rule, !rule.isSound else { continue }
            return Problem(
                .invalid,
                code: "probe",
                what:
                    "cannot take '\(key)': a probe with a period, timeout or threshold of nothing",
                remedy: "set each of them to 1 or more"
            )
        }
        if declaration.startDeadline <= .zero || declaration.drainDeadline < .zero {
            return Problem(
                .invalid,
                code: "deadline",
                what: "cannot take '\(key)': a deadline that has passed before it begins",
                remedy: "set deadlines of at least a second"
            )
        }
        return nil
    }

    private func revisionObjection(
        to declaration: DeploymentDeclaration,
        newest: DeploymentDeclaration,
        in known: Deployment?
    ) -> Problem? {
        if declaration.revision > newest.revision { return nil }
        guard declaration.revision == newest.revision, let known,
            known.isReferenced(newest.revision)
        else { return staleRevision(declaration, newest: newest.revision) }
        let isSameProcess =
            declaration.instanceType == newest.instanceType
            && declaration.environment == newest.environment && declaration.model == newest.model
        if isSameProcess { return nil }
        return Problem(
            .conflict,
            code: "revision",
            what: "cannot change what \(declaration.revision) of '\(declaration.key)' runs: its "
                + "instance type, environment and model are settled",
            remedy: "declare it as \(newest.revision.next)"
        )
    }

    private func staleRevision(
        _ declaration: DeploymentDeclaration,
        newest: Revision
    ) -> Problem {
        Problem(
            .conflict,
            code: "revision",
            what: "cannot take \(declaration.revision) of '\(declaration.key)': \(newest) came "
                + "after it, or was given up",
            remedy: "declare it as \(newest.next)"
        )
    }

    /// Lets one deployment go, unless requests are sent there.
    mutating func withdrawAlone(_ key: DeploymentKey, _ work: inout Deliberation) {
        if let problem = liveTrafficObjection(to: key, work.policy) { return work.refuse(problem) }
        withdraw(key, &work)
        guard let known = traffic(of: key.endpoint), known.mirror?.deployment == key.deployment
        else { return }
        // Nobody is answered by it: the copies end with it.
        declareTraffic(TrafficDeclaration(endpoint: key.endpoint, live: known.live), &work)
    }

    mutating func withdraw(_ key: DeploymentKey, _ work: inout Deliberation) {
        guard let index = self.index(of: key), !deployments[index].isWithdrawn else {
            return work.refuse(
                Problem(
                    .notFound,
                    code: "deployment",
                    what: "cannot delete '\(key)': there is no such deployment",
                    remedy: "see which there are with 'scorekeeper status'"
                )
            )
        }
        deployments[index].isWithdrawn = true
        deployments[index].current = nil
        deployments[index].target = nil
        deployments[index].next = nil
        deployments[index].previous = nil
        deployments[index].rollout = nil
        deployments[index].pausedSince = nil
        deployments[index].halt = nil
        forgetFailed(of: index, because: "\(key) was withdrawn", &work)
        work.noteChange()
    }

    private mutating func forgetFailed(
        of deployment: Int,
        because reason: String,
        _ work: inout Deliberation
    ) {
        for instance in deployments[deployment].instances.indices.reversed() {
            guard case .failed = deployments[deployment].instances[instance].state else { continue }
            remove(
                InstancePath(deployment: deployment, instance: instance),
                because: reason,
                &work
            )
        }
    }

    mutating func notePrepared(_ key: DeploymentKey, _ revision: Revision) {
        guard let index = index(of: key) else { return }
        deployments[index].change(revision) { $0.isPrepared = true }
    }

    mutating func notePreparationFailed(
        _ key: DeploymentKey,
        _ revision: Revision,
        _ problem: Problem,
        _ work: inout Deliberation
    ) {
        // A late word about a revision that is started from already changes nothing.
        guard let index = index(of: key), deployments[index].next == revision else { return }
        giveUp(revision, of: index, problem, &work)
    }

    /// Ends a rollout, or a first start, that can come to nothing.
    mutating func giveUp(
        _ revision: Revision,
        of index: Int,
        _ problem: Problem,
        _ work: inout Deliberation
    ) {
        let deployment = deployments[index]
        guard deployment.next == revision || deployment.target == revision else { return }
        if deployment.next == revision { deployments[index].next = nil }
        if deployment.target == revision {
            deployments[index].target = nil
            deployments[index].endRollout(.halted(problem), at: work.now)
        }
        deployments[index].halt = Deployment.Halt(revision: revision, problem: problem)
        let stays = deployments[index].wanted.map { "\($0.revision) stays" } ?? "nothing serves"
        work.add(
            .notice("\(deployment.key): \(revision) was given up and \(stays): \(problem)"),
            because: "\(revision) of \(deployment.key) cannot serve"
        )
    }
}
