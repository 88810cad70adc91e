// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Vocabulary

/// What a person can command of a rollout, and what ends one by itself.
extension Rulebook {
    /// Holds a rollout where it is: nothing new of it starts, nothing old drains.
    mutating func pause(_ key: DeploymentKey, _ work: inout Deliberation) {
        guard let index = index(forCommand: "pause", of: key, &work) else { return }
        guard deployments[index].isMoving else {
            return work.refuse(nothingRolls(index, "pause the rollout of"))
        }
        if deployments[index].isPaused {
            return work.refuse(
                Problem(
                    .conflict,
                    code: "alreadyPaused",
                    what: "cannot pause the rollout of '\(key)': it is paused already",
                    remedy: "let it go on with 'scorekeeper rollout resume \(key)'"
                )
            )
        }
        deployments[index].pausedSince = work.now
        work.add(
            .notice("\(key): its rollout is paused"),
            because: "somebody paused it: nothing new starts and nothing old drains until it is "
                + "resumed"
        )
    }

    /// Lets a paused rollout go on.
    mutating func resume(_ key: DeploymentKey, _ work: inout Deliberation) {
        guard let index = index(forCommand: "resume", of: key, &work) else { return }
        guard deployments[index].isPaused else {
            guard deployments[index].isMoving else {
                return work.refuse(nothingRolls(index, "resume the rollout of"))
            }
            return work.refuse(
                Problem(
                    .conflict,
                    code: "notPaused",
                    what: "cannot resume the rollout of '\(key)': it is not paused",
                    remedy: "see how far it is with 'scorekeeper rollout status \(key)'"
                )
            )
        }
        deployments[index].pausedSince = nil
        work.add(.notice("\(key): its rollout goes on"), because: "somebody resumed it")
    }

    /// Goes back to the revision before: of a rollout under way, or after it has ended.
    mutating func undo(_ key: DeploymentKey, _ work: inout Deliberation) {
        guard let index = index(forCommand: "undo", of: key, &work) else { return }
        let deployment = deployments[index]
        if deployment.isMoving, deployment.next != nil || deployment.isUpgrading {
            return abandon(index, &work)
        }
        guard deployment.target == nil else {
            let what =
                deployment.current.map { "it is on its way back from \($0) already" }
                ?? "\(deployment.target.map { "\($0)" } ?? "it") is its first, and still starting"
            return work.refuse(nothingBefore(key, what))
        }
        guard let current = deployment.current, let previous = deployment.previous,
            deployment.record(previous) != nil
        else {
            let stands = deployment.current.map { "\($0) stands, and " } ?? ""
            return work.refuse(nothingBefore(key, "\(stands)nothing before it is kept"))
        }
        if let problem = objection(toReturnOf: previous, in: index, work.policy) {
            return work.refuse(problem)
        }
        let isNewest = previous == deployment.declared.revision
        deployments[index].halt =
            isNewest ? nil : undoneHalt(index, "deploy it once more, or undo that as well")
        goBack(index, from: current, to: previous, .undo, work.now)
        work.add(
            .notice("\(key): \(current) is undone; \(previous) is rolled in again"),
            because: "somebody asked for the revision before \(current)"
        )
    }

    /// Lets what is on its way in go: what stands is wanted again.
    private mutating func abandon(_ index: Int, _ work: inout Deliberation) {
        let abandoned = deployments[index].next ?? deployments[index].target
        guard work.policy.abandons() else { return work.noteChange() }
        if deployments[index].isUpgrading {
            deployments[index].target = nil
            deployments[index].endRollout(.undone, at: work.now)
        }
        deployments[index].next = nil
        deployments[index].pausedSince = nil
        let back = deployments[index].previous.map { "; another undo goes back to \($0)" } ?? ""
        deployments[index].halt = undoneHalt(index, "deploy it once more\(back)")
        let stays = deployments[index].current.map { "; \($0) stays" } ?? ""
        work.add(
            .notice(
                "\(deployments[index].key): \(abandoned.map { "\($0)" } ?? "it") is undone\(stays)"
            ),
            because: "somebody asked for the revision before"
        )
    }

    private func undoneHalt(_ index: Int, _ remedy: String) -> Deployment.Halt {
        let newest = deployments[index].declared.revision
        return Deployment.Halt(
            revision: newest,
            problem: Problem(
                .conflict,
                code: "undone",
                what: "somebody undid it",
                remedy: remedy
            ),
            isUndone: true
        )
    }

    private mutating func goBack(
        _ index: Int,
        from current: Revision,
        to previous: Revision,
        _ purpose: Rollout.Purpose,
        _ now: Moment
    ) {
        deployments[index].target = previous
        deployments[index].previous = nil
        deployments[index].pausedSince = nil
        deployments[index].rollout = Rollout(purpose, from: current, to: previous, at: now)
    }

    // MARK: - Figures

    /// Takes the figures of a period, and halts what fails too much.
    mutating func noteAnswered(
        _ key: DeploymentKey,
        _ revision: Revision,
        _ tally: AnswerTally,
        _ work: inout Deliberation
    ) {
        guard let index = index(of: key), tally.answers > 0,
            deployments[index].isWatched
        else { return }
        deployments[index].rollout?.note(tally, of: revision, at: work.now)
        guard let rollout = deployments[index].rollout,
            let record = deployments[index].record(rollout.to)
        else { return }
        let rule = record.declaration.failureRule ?? .standard
        let new = rollout.new.tally
        let old = rollout.old.tally
        guard work.policy.fails(rule, new, old) else { return }
        let beside =
            old.answers > 0
            ? ", while \(old.failures) of \(old.answers) of \(rollout.from) did" : ""
        let problem = Problem(
            .failed,
            code: "failing",
            what: "\(new.failures) of \(new.answers) answers of \(rollout.to) failed within a "
                + "minute, and \(rule.percent) percent may\(beside)",
            remedy: "see 'scorekeeper logs \(key.endpoint) --all'"
        )
        halt(rollout, of: index, problem, &work)
    }

    /// Ends a rollout whose revision serves and should not.
    mutating func halt(
        _ rollout: Rollout,
        of index: Int,
        _ problem: Problem,
        _ work: inout Deliberation
    ) {
        if rollout.outcome == nil {
            // Without one to fall back to, a failing revision is better than none.
            guard deployments[index].current != nil else { return }
            return giveUp(rollout.to, of: index, problem, &work)
        }
        guard let previous = deployments[index].previous, deployments[index].target == nil,
            deployments[index].record(previous) != nil
        else { return }
        deployments[index].rollout?.end(.halted(problem), at: work.now)
        deployments[index].halt = Deployment.Halt(revision: rollout.to, problem: problem)
        goBack(index, from: rollout.to, to: previous, .rollback, work.now)
        work.add(
            .notice(
                "\(deployments[index].key): \(rollout.to) was given up and \(previous) is rolled "
                    + "in again: \(problem)"
            ),
            because: "\(rollout.to) of \(deployments[index].key) fails"
        )
    }

    // MARK: - Refusals

    private func index(
        forCommand verb: String,
        of key: DeploymentKey,
        _ work: inout Deliberation
    ) -> Int? {
        if isLeaving {
            work.refuse(
                Problem(
                    .conflict,
                    code: "leaving",
                    what: "cannot \(verb) the rollout of '\(key)': the server is shutting down",
                    remedy: "ask again when the server is back"
                )
            )
            return nil
        }
        guard let index = index(of: key), !deployments[index].isWithdrawn else {
            work.refuse(
                Problem(
                    .notFound,
                    code: "deployment",
                    what: "cannot \(verb) the rollout of '\(key)': there is no such deployment",
                    remedy: "see which there are with 'scorekeeper status'"
                )
            )
            return nil
        }
        return index
    }

    private func nothingRolls(_ index: Int, _ verb: String) -> Problem {
        let deployment = deployments[index]
        let stands =
            deployment.current.map { "\($0) stands, and nothing rolls" }
            ?? "its first revision is still starting"
        return Problem(
            .conflict,
            code: "nothingRolls",
            what: "cannot \(verb) '\(deployment.key)': \(stands)",
            remedy: "see what it does with 'scorekeeper status \(deployment.key.endpoint)'"
        )
    }

    private func nothingBefore(_ key: DeploymentKey, _ why: String) -> Problem {
        Problem(
            .conflict,
            code: "nothingBefore",
            what: "cannot undo the rollout of '\(key)': \(why)",
            remedy: "deploy what shall serve instead"
        )
    }
}
