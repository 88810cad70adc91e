// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import RequestDispatch
import RequestQueue
import Vocabulary
import Wire

/// Copies of live requests: made once a request is whole, answered for the counters alone.
extension GatewayCore {
    /// A request that the split placed is coming: remembers what a copy of it will need.
    func offer(
        _ exchange: Exchange,
        to mirror: Mirror,
        _ head: borrowing RequestHead,
        _ route: Router.Route,
        _ target: String
    ) {
        exchange.mirror = mirror
        guard mirror.deployment.contract != exchange.deployment?.contract else { return }
        guard ownAnswer(head, route, mirror.deployment) == nil else {
            exchange.mirroredHead = []
            return
        }
        exchange.mirroredHead = ScorerHead.make(
            head,
            target: target,
            place: "",
            identifier: exchange.identifier,
            clientIdentifier: exchange.clientIdentifier,
            passesAll: mirror.deployment.contract != .mlflow
        )
    }

    /// Makes a copy of a request that came whole and is under way, where one is due.
    func copy(_ exchange: Exchange, to mirror: Mirror) {
        exchange.mirror = nil
        guard exchange.request != .none, mirror.isDue() else { return }
        let deployment = mirror.deployment
        guard exchange.mirroredHead?.isEmpty != true else {
            deployment.mirrored.shed(.unsuited)
            return
        }
        switch dispatcher.admitCopy(to: deployment.id, length: exchange.body.count, at: now) {
        case .shed(let reason): deployment.mirrored.shed(MirrorCounters.Shed(reason))
        case .admitted(let request, let deadline):
            deployment.mirrored.copied += 1
            let copy = Exchange(copyOf: exchange, for: deployment, at: now)
            copy.request = request
            copy.deadline = deadline
            if let comparison = mirror.nextComparison() { pair(exchange, copy, comparison) }
            remember(copy, as: request)
            decide(.arrived(request, digest: 0))
            if unpostedCopies.last?.request != request { copy.body.compact() }
            if deadline < timerDue { setTimer() }
        }
    }

    /// Has the answers to a request and to its copy compared.
    private func pair(_ live: Exchange, _ copy: Exchange, _ comparison: MirrorComparison) {
        guard let liveDeployment = live.deployment, let mirrored = copy.deployment,
            let pair = AnswerPair(
                live: liveDeployment.key,
                mirrored: mirrored.key,
                tolerance: comparison.tolerance,
                since: now,
                room: pairRoom,
                desk: desk
            )
        else { return }
        live.pair = pair
        copy.pair = pair
    }

    /// A live answer is whole: keeps it where it is to be compared.
    func keepLive(
        _ completion: borrowing Completion,
        of exchange: Exchange,
        from station: LaneStation
    ) {
        guard let pair = exchange.pair else { return }
        let isWhole = exchange.progress == .awaited
        pair.keepLive(completion, isWhole: isWhole, station.order.revision, at: now)
        exchange.pair = nil
    }

    /// A copy's answer, or a part of it, came: counts it and lets it go.
    func drop(
        _ completion: borrowing Completion,
        of copy: Exchange,
        from station: LaneStation,
        isLast: Bool
    ) {
        if let trial = copy.trial { return judge(completion, of: copy, in: trial, isLast: isLast) }
        let isWhole = isLast && copy.progress == .awaited
        if copy.progress == .awaited {
            station.deployment.mirrored.answers.count(
                status: completion.status,
                since: copy.arrival,
                at: now
            )
        }
        copy.progress = isLast ? .complete : .streaming
        guard isLast else { return }
        copy.pair?.keepMirrored(completion, isWhole: isWhole, station.order.revision, at: now)
        copy.pair = nil
    }
}
