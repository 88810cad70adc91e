// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import AnswerComparison
import RequestDispatch
import RequestQueue
import Vocabulary
import Wire

/// What was asked before is asked of a new revision, before it is given live requests.
///
/// Its run has no route, so no live request is in its lane; what it is asked are copies, which count
/// nowhere. Nothing of the old revision is asked: its answers were kept when callers got them.
extension GatewayCore {
    /// How long until a lane that could take nothing is tried again.
    private static let pause = Duration.milliseconds(20)

    /// Keeps recent requests of a deployment from now on, so many; those there are go with zero.
    func keep(_ limit: Int, of deployment: Deployment) {
        guard limit > 0 else {
            deployment.kept = nil
            return
        }
        if let kept = deployment.kept { return kept.change(to: limit) }
        deployment.kept = KeptRequests(limit: limit, room: keptRoom, waiting: sampleRoom)
    }

    /// A live answer is whole: keeps it with its request where that is due.
    func keepSample(
        _ completion: borrowing Completion,
        of exchange: Exchange,
        from station: LaneStation
    ) {
        guard let sample = exchange.sample, exchange.progress != .complete,
            exchange.connection != nil, let deployment = exchange.deployment
        else { return }
        exchange.sample = nil
        sample.take(completion, isLast: true)
        let revision = station.order.revision
        deployment.kept?.keep(exchange, sample.whole(at: now), of: deployment, revision, at: now)
    }

    /// Asks a run what is kept of its deployment, and reports what its answers differ in.
    func compare(_ order: ComparisonOrder) {
        guard let station = stations.first(where: { $0.run == order.run }), station.isReady else {
            return
        }
        for trial in trials where trial.station === station { over(trial) }
        let kept = station.deployment.kept?.answered(by: order.old, most: order.requests) ?? []
        let trial = Trial(order, of: station, kept)
        trials.append(trial)
        trial.limit = loop.schedule(in: .milliseconds(order.limitMilliseconds)) { [self] in
            beginTurn()
            trial.cutShort()
            finish(trial)
        }
        goOn(trial)
    }

    /// Asks what comes next.
    private func goOn(_ trial: Trial) {
        guard !trial.isOver, !trial.station.isEnded else { return over(trial) }
        guard let next = trial.next else { return finish(trial) }
        let station = trial.station
        let length = next.request.body.count
        guard let bound = dispatcher.bindTrial(to: station.id, length: length, at: now) else {
            return goOn(trial, in: Self.pause)
        }
        let copy = Exchange(copyOf: next.request, for: station.deployment, at: now)
        copy.request = bound.request
        copy.deadline = bound.deadline
        copy.sample = SampledAnswer(in: KeptRequests.Room())
        copy.trial = trial
        trial.noteAsked(bound.request)
        remember(copy, as: bound.request)
        unpostedCopies.append((bound.request, station.id))
        if bound.deadline < timerDue { setTimer() }
    }

    private func goOn(_ trial: Trial, in pause: Duration) {
        loop.schedule(in: pause) { [self] in
            beginTurn()
            goOn(trial)
        }
    }

    /// An answer came, or a part of it.
    func judge(
        _ completion: borrowing Completion,
        of copy: Exchange,
        in trial: Trial,
        isLast: Bool
    ) {
        copy.progress = isLast ? .complete : .streaming
        copy.sample?.take(completion, isLast: isLast)
        guard isLast, !trial.isOver, trial.request == copy.request,
            let expected = trial.expected, let answer = copy.sample?.whole(at: now)
        else { return }
        let request = trial.request
        trial.request = .none
        trial.measured = request
        let mail = loop.mail
        desk.measure(expected, answer, tolerance: trial.order.tolerance) { difference in
            mail.post { $0.note(difference, of: answer, to: request) }
        }
    }

    /// What an answer differs in was found, unless its trial is over.
    private func note(
        _ difference: AnswerDifference?,
        of answer: ComparedAnswer,
        to request: RequestID
    ) {
        guard let trial = trials.first(where: { $0.measured == request }) else { return }
        beginTurn()
        trial.measured = .none
        trial.note(answer, difference)
        goOn(trial)
    }

    /// No answer comes: nothing is said of a run that is gone, which is reported by itself.
    func lose(_ request: RequestID, in trial: Trial, _ failure: RequestFailure) {
        guard !trial.isOver, trial.request == request else { return }
        trial.request = .none
        if trial.station.isEnded { return over(trial) }
        trial.noteUnanswered(isOurs: failure != .deadline)
        goOn(trial, in: .zero)
    }

    private func finish(_ trial: Trial) {
        over(trial)
        report(.compared(trial.found))
    }

    private func over(_ trial: Trial) {
        trial.end()
        if let limit = trial.limit { loop.cancel(limit) }
        trial.limit = nil
        trials.removeAll { $0 === trial }
        guard trial.request != .none else { return }
        decide(.clientGone(trial.request))
        trial.request = .none
    }
}
