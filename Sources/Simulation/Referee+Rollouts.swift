// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Rulebook
import Vocabulary

/// What the referee knows of rollouts: from what was granted, delivered and published alone.
struct RolloutRecords {
    /// How a deployment's newest revision stands with its operators.
    enum Wish {
        /// It was undone, and not asked for since.
        case undone
        /// It was undone more than once: either may be meant.
        case either
    }

    /// Answers of one revision, when they came.
    struct Answers {
        let moment: Moment
        let revision: Revision
        let count: Int
        let failures: Int
    }

    /// Deployments whose rollout is paused, with the newest revision at that time.
    var paused: [DeploymentKey: Revision] = [:]
    var wishes: [DeploymentKey: Wish] = [:]
    /// Revisions that fail too much to be rolled in further.
    var condemned: [DeploymentKey: Revision] = [:]
    /// Deployments that have gone back once: what is smaller there may take over at once.
    var returned: Set<DeploymentKey> = []
    /// Deployments of those whose newest revision was declared with another count since.
    var grown: Set<DeploymentKey> = []
    /// Deployments of which an undo must be granted.
    var undoable: Set<DeploymentKey> = []
    /// The revision that is published, the one before it, and since when.
    var standing: [DeploymentKey: (now: Revision, before: Revision?, since: Moment)] = [:]
    var answers: [DeploymentKey: [Answers]] = [:]
    /// Deployments whose published revision is watched though it stands alone.
    var baking: Set<DeploymentKey> = []

    mutating func forget(_ key: DeploymentKey) {
        paused[key] = nil
        wishes[key] = nil
        condemned[key] = nil
        undoable.remove(key)
        grown.remove(key)
        answers[key] = nil
        baking.remove(key)
    }

    /// The share of answers that failed in a revision's last minute of answering, and their number.
    func share(
        of revision: Revision,
        _ key: DeploymentKey,
        since start: Moment = .zero
    ) -> (share: Double, count: Int) {
        let all = (answers[key] ?? []).filter { $0.revision == revision && $0.moment >= start }
        guard let last = all.last?.moment else { return (0, 0) }
        let recent = all.filter { last - $0.moment < .seconds(60) }
        let count = recent.reduce(0) { $0 + $1.count }
        let failures = recent.reduce(0) { $0 + $1.failures }
        return (count == 0 ? 0 : Double(failures) / Double(count), count)
    }
}

extension Referee {
    mutating func noteRolloutGranted(_ event: Event) {
        switch event {
        case .declared(let declaration):
            let key = declaration.key
            guard version(key, declaration.revision) == nil else {
                // What stands while a return to what was before is paused may be asked to grow.
                if rollouts.returned.contains(key) { rollouts.grown.insert(key) }
                return
            }
            rollouts.wishes[key] = nil
            rollouts.condemned[key] = nil
            rollouts.undoable.remove(key)
        case .withdrawn(let key):
            rollouts.forget(key)
            rollouts.standing[key] = nil
        case .nodeDrained(let name): drained.insert(name)
        case .nodeUndrained(let name): drained.remove(name)
        case .rolloutPaused(let key):
            rollouts.paused[key] = versions[key]?.last?.declaration.revision
        case .rolloutResumed(let key): rollouts.paused[key] = nil
        case .rolloutUndone(let key):
            let wish = rollouts.wishes[key]
            if rollouts.undoable.contains(key) { check(.undoGranted, true, "") }
            rollouts.forget(key)
            rollouts.wishes[key] = wish == nil ? .undone : .either
            rollouts.returned.insert(key)
        default: break
        }
    }

    /// The rulebook has had reason to give this revision up.
    mutating func noteHopeless(_ key: DeploymentKey, _ revision: Revision) {
        change(key, revision) { $0.mayBeGivenUp = true }
        rollouts.paused[key] = nil
        rollouts.undoable.remove(key)
    }

    mutating func noteAnswered(_ key: DeploymentKey, _ answers: RolloutRecords.Answers) {
        rollouts.answers[key, default: []].append(answers)
        guard let newest = versions[key]?.last?.declaration.revision,
            let standing = rollouts.standing[key], rollouts.wishes[key] != .undone
        else { return }
        // What is rolled in need not be the newest: that may have been given up before it was prepared.
        for revision in Set([answers.revision, newest]).sorted() where revision > standing.now {
            judgeAnswers(key, of: revision, beside: standing.now)
        }
        if let before = standing.before, rollouts.baking.contains(key),
            now - standing.since < .seconds(60)
        {
            judgeAnswers(key, of: standing.now, beside: before)
        }
    }

    /// Condemns a revision that fails more than the one beside it.
    ///
    /// How far back the rulebook remembers that one is its own affair: what is condemned only by the
    /// shorter or the longer memory may go or stay.
    private mutating func judgeAnswers(
        _ key: DeploymentKey,
        of fresh: Revision,
        beside old: Revision
    ) {
        let new = rollouts.share(of: fresh, key)
        let isLight = new.count < 50
        guard new.count >= 10, new.share > (isLight ? 1 - 1e-9 : 0.1) else { return }
        let first = (rollouts.answers[key] ?? []).first { $0.revision == fresh }?.moment ?? now
        let verdicts = [Moment.zero, first].map { start in
            let beside = rollouts.share(of: old, key, since: start)
            let excuse = beside.count >= (isLight ? 1 : 10) ? beside.share : 0
            return new.share > excuse + 0.1 + 1e-9
        }
        guard verdicts.contains(true) else { return }
        noteHopeless(key, fresh)
        rollouts.returned.insert(key)
        let isNewest = versions[key]?.last?.declaration.revision == fresh
        // What may have been undone, and undone again, may go or stay.
        guard isNewest, rollouts.wishes[key] == nil, verdicts.allSatisfy({ $0 }) else { return }
        rollouts.condemned[key] = fresh
    }

    /// A route was published: the revision that it names has been rolled out whole.
    mutating func noteStanding(_ key: DeploymentKey, _ revision: Revision) {
        let known = rollouts.standing[key]
        guard known?.now != revision else { return }
        rollouts.standing[key] = (revision, known?.now, now)
        if let paused = rollouts.paused[key], revision >= paused { rollouts.paused[key] = nil }
        rollouts.undoable.remove(key)
        rollouts.baking.remove(key)
        guard let before = known?.now, let old = version(key, before),
            let new = version(key, revision), old.hasServed, new.hasServed
        else { return }
        rollouts.baking.insert(key)
        guard !old.mayBeGivenUp, !new.mayBeGivenUp,
            versions[key]?.last?.declaration.revision == revision
        else { return }
        rollouts.undoable.insert(key)
    }

    /// Judges the first start of an instance.
    mutating func judgeFirstStart(_ run: Run, _ revision: Revision) {
        let key = run.instance.key
        let isDrained = processes.contains {
            $0.run.instance.key == key && drained.contains($0.node) && $0.revision == revision
        }
        // What had been started on a node that answers nothing is not new where it goes on.
        let isSilenced = nodes.contains { other, node in
            silent.contains(node) && other.instance.key == key && revisions[other] == revision
        }
        let mayMove = isDrained || isSilenced
        if let paused = rollouts.paused[key], !mayMove {
            let isGrown = revision == paused && rollouts.grown.contains(key)
            check(.pausedStands, revision < paused || isGrown, "\(run) of \(revision) starts")
        }
        if let condemned = rollouts.condemned[key] {
            // While the way back is paused, what stood on a lost node goes on elsewhere.
            let goesOn = mayMove && rollouts.paused[key] != nil
            check(.failingGoes, revision != condemned || goesOn, "\(run) of \(revision) starts")
        }
    }

    /// Judges the order in which a decision starts runs; called before they are.
    ///
    /// While a node answers nothing, what is to be ended there is not, and nobody but the rulebook
    /// knows of it.
    mutating func judgeOrder(_ decision: Decision) {
        guard silent.isEmpty else { return }
        let serving = (processes.map(\.run) + untold).filter { !dismissed.contains($0) }
        var begun = Set(serving.map(\.instance.key))
        var hasStartedMore = false
        for effect in decision.effects {
            guard case .spawn(let run, _, _) = effect else { continue }
            let key = run.instance.key
            let percents = (versions[key] ?? []).map {
                percent(of: key, declared: $0.declaration.percent)
            }
            if begun.insert(key).inserted {
                if percents.allSatisfy({ $0 > 0 }) {
                    let what = "\(run) is started after what serves more"
                    check(.servesSoonest, !hasStartedMore, what)
                }
                if percents.contains(where: { $0 > 0 }) { continue }
            }
            hasStartedMore = true
        }
    }

    /// Judges an undo that was refused.
    mutating func judgeRefusedUndo(_ key: DeploymentKey, _ refusal: Problem) {
        guard rollouts.undoable.contains(key), !isLeaving else { return }
        check(.undoGranted, refusal.code != "nothingBefore", "\(refusal)")
    }

    /// Judges what stands in the end of a deployment.
    ///
    /// Shape: whether the newest revision need not be there.
    mutating func judgeWish(_ key: DeploymentKey, living: [Process]) -> Bool {
        guard let newest = versions[key]?.last?.declaration.revision else { return true }
        let lives = living.contains { $0.revision == newest }
        if rollouts.condemned[key] == newest {
            check(.failingGoes, !lives, "\(newest) of \(key) is still there")
        }
        switch rollouts.wishes[key] {
        case nil: return false
        case .undone:
            check(.undoneStays, !lives, "\(newest) of \(key) is there")
            return true
        case .either: return true
        }
    }
}
