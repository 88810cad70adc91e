// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import RequestQueue
import Vocabulary

/// What a scorer is waited for.
extension Player {
    /// How much longer than patience something may take that makes progress.
    private static let patiences = 20

    func meet(_ step: Step) throws(Interruption) {
        let stage = try current
        switch step {
        case .awaitGreetingTaken:
            try wait("sign that it read its socket", looking: .milliseconds(1)) {
                $0.hasTakenGreeting
            }
        case .awaitReady: try awaitReady(stage)
        case .awaitTaken(let label):
            try wait("sign that it took the request", looking: .milliseconds(1)) { stage in
                guard let known = stage.asked[label] else { return false }
                return known.isOver || stage.lane.wasTaken(known.ticket)
            }
        case .settle: try settle()
        case .awaitAnswer(let label): try awaitAnswer(label)
        case .awaitAllAnswers:
            for label in stage.asked.keys.sorted() { try awaitAnswer(label) }
        case .awaitEnd(let label):
            try wait("completion of the request") { $0.asked[label]?.isOver == true }
        case .awaitDeclined(let label):
            try wait("completion of the request") { $0.asked[label]?.isOver == true }
            guard let known = stage.asked[label], known.outcome == .declined else {
                throw .broke(stage.asked[label]?.words ?? "nothing came")
            }
        case .awaitPong(let label):
            try wait("pong") { $0.asked[label]?.outcome == .pong }
        case .awaitParts(let label, let count):
            try wait("further part of an answer") { stage in
                stage.asked[label].map { $0.parts >= count || $0.isOver } ?? false
            }
            guard let known = stage.asked[label], known.parts >= count else {
                throw .notApplicable("its answer to a long body is a short one")
            }
        case .awaitUnread: try awaitUnread(stage)
        case .awaitDeadline(let label):
            let deadline = stage.asked[label]?.deadline ?? 0
            try pass(until: Moment(nanoseconds: deadline) + .milliseconds(1))
        case .quiet: try pass(until: Stage.now + .milliseconds(50))
        case .awaitExit(let status): try awaitExit(stage, status)
        default: try expect(step, stage)
        }
    }

    private func expect(_ step: Step, _ stage: Stage) throws(Interruption) {
        switch step {
        case .expectWithdrawn(let label):
            guard stage.asked[label]?.isWithdrawn == true else {
                throw .broke("it had marked the request as taken while it was stopped")
            }
        case .expectUntaken(let label):
            try stage.drain()
            guard let known = stage.asked[label], !known.isOver,
                !stage.lane.wasTaken(known.ticket)
            else { throw .broke("it had marked the request as taken while it was stopped") }
        case .expectDelivered(let label):
            try expectWritten(label, stage)
        case .expectNoneHeld:
            guard stage.lane.held.isEmpty else {
                throw .broke("\(Counted(stage.lane.held.count, "slot")) never came back")
            }
        default: break
        }
    }

    /// Waits until something is so, the scorer has ended, or patience has.
    ///
    /// Patience begins anew with each completion: a long answer may take as long as its parts keep
    /// coming, up to a multiple of it.
    func wait(
        _ what: String,
        looking pause: Duration? = nil,
        until isMet: (Stage) -> Bool
    ) throws(Interruption) {
        let stage = try current
        let end = Stage.now + settings.patience * Self.patiences
        var limit = Stage.now + settings.patience
        var completions = stage.completions
        while true {
            let ending = stage.process.look()
            try stage.hear()
            try stage.drain()
            if isMet(stage) { return }
            if let ending { throw .broke("it \(ending), and no \(what) came") }
            let now = Stage.now
            if stage.completions != completions {
                completions = stage.completions
                limit = min(end, now + settings.patience)
            }
            guard now < limit else {
                throw .broke("no \(what) came in \(settings.patience.words)")
            }
            try stage.sleep(until: pause.map { min(limit, now + $0) } ?? limit)
        }
    }

    /// Lets time pass and listens.
    private func pass(until limit: Moment) throws(Interruption) {
        let stage = try current
        while Stage.now < limit {
            try stage.hear()
            try stage.drain()
            // One that has ended stays readable, and rings no more.
            if stage.process.look() != nil { break }
            try stage.sleep(until: limit)
        }
        try stage.hear()
        try stage.drain()
    }

    private func awaitReady(_ stage: Stage) throws(Interruption) {
        try wait("word that it is ready") { $0.isReady || $0.failure != nil }
        if let failure = stage.failure {
            throw .broke("it said that it cannot start: \(failure.printable)")
        }
    }

    private func settle() throws(Interruption) {
        let stage = try current
        let limit = Stage.now + settings.patience
        while !stage.lane.held.isEmpty, Stage.now < limit, stage.process.look() == nil {
            try stage.hear()
            try stage.drain()
            if !stage.lane.held.isEmpty { try stage.sleep(until: limit) }
        }
    }

    private func awaitAnswer(_ label: Label) throws(Interruption) {
        try wait("answer") { $0.asked[label]?.isOver == true }
        let stage = try current
        if let known = stage.asked[label] { try check(known, stage) }
    }

    /// Whether an answer is the right one, as far as that can be known.
    func check(_ known: Asked, _ stage: Stage) throws(Interruption) {
        guard known.isAnswered else { throw .broke(known.words) }
        refusals.note(status: known.status, answer: known.answer)
        if isEcho == nil { isEcho = known.answer == known.body }
        guard isEcho == true, known.answer != known.body else { return }
        let others = stage.asked.values.filter { $0.ticket != known.ticket && !$0.body.isEmpty }
        if others.contains(where: { $0.body == known.answer }) {
            throw .lied(.anothersAnswer, "it gave one request the answer to another")
        }
        throw .lied(
            .otherBytes,
            "it was asked \(Counted(known.body.count, "byte")) and answered "
                + "\(Counted(known.answer.count, "byte")) that are not the same"
        )
    }

    /// What a scorer that was ended had counted must be there, whole.
    ///
    /// Whatever is wrong with it is wrong because nobody is left who would write it: the sentences
    /// about answers were kept until then.
    private func expectWritten(_ label: Label, _ stage: Stage) throws(Interruption) {
        do throws(Interruption) {
            try stage.drain()
            if let known = stage.asked[label], known.isOver { try check(known, stage) }
        } catch {
            guard case .lied(_, let seen) = error else { throw error }
            throw .broke("it had counted an answer before it was written: \(seen)")
        }
        guard let known = stage.asked[label], known.parts > 0 else {
            throw .broke("it had counted an answer that was not there")
        }
    }

    /// Waits for a completion without reading it.
    ///
    /// It looks without waiting for the bell: an answer that is counted first and written
    /// afterwards is caught in between.
    private func awaitUnread(_ stage: Stage) throws(Interruption) {
        let limit = Stage.now + settings.patience
        while true {
            let ending = stage.process.look()
            try stage.hear()
            if stage.hasUnread { return }
            if let ending { throw .broke("it \(ending), and no answer came") }
            let now = Stage.now
            guard now < limit else { throw .broke("no answer came in \(settings.patience.words)") }
            try stage.sleep(until: min(limit, now + .milliseconds(1)))
        }
    }

    private func awaitExit(_ stage: Stage, _ status: Int32?) throws(Interruption) {
        let limit = Stage.now + settings.patience
        while stage.process.look() == nil {
            try stage.hear()
            try stage.drain()
            guard Stage.now < limit else {
                throw .broke("it still ran \(settings.patience.words) later")
            }
            try stage.sleep(until: limit)
        }
        guard let ending = stage.process.ending else { return }
        if let status, ending != .left(status) {
            throw .broke("it \(ending) instead of status \(status)")
        }
        if status == nil { note = "it \(ending)" }
    }
}

extension Duration {
    /// The duration for a person: whole seconds, or milliseconds where it is short.
    var words: String {
        let milliseconds = wholeMilliseconds
        return milliseconds % 1_000 == 0 ? "\(milliseconds / 1_000) s" : "\(milliseconds) ms"
    }
}
