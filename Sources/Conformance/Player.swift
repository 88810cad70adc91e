// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Glibc
import Vocabulary

/// Plays a script's steps against a real scorer, over a real lane.
///
/// Every wait is bounded by the settings' patience: a scorer that hangs breaks a sentence and holds
/// nobody up.
final class Player {
    let program: ScorerProgram
    let settings: ConformanceSettings
    var stage: Stage?
    /// Whether its answers are its requests' bodies; nothing as long as that is not known.
    var isEcho: Bool?
    /// What its answers were worth.
    var refusals = Refusals()
    /// What is worth knowing about a sentence that held.
    var note = ""
    private var isFrozen = false
    private var isSpent = false
    private var seed: UInt64 = 0

    init(_ program: ScorerProgram, _ settings: ConformanceSettings) {
        self.program = program
        self.settings = settings
        isEcho = settings.answers.map { $0 == .echo }
    }

    /// Plays a script: how it was interrupted, if it was.
    func play(_ script: [Step]) -> Interruption? {
        note = ""
        do throws(Interruption) {
            for step in script { try perform(step) }
            return nil
        } catch {
            if case .notApplicable = error { return error }
            let words = stage?.lastLines ?? []
            end()
            guard case .broke(let seen) = error, let last = words.last else { return error }
            return .broke("\(seen); it wrote: \(last)")
        }
    }

    /// Ends the scorer that runs.
    func end() {
        stage?.process.end()
        stage = nil
        (isFrozen, isSpent) = (false, false)
    }

    private func perform(_ step: Step) throws(Interruption) {
        switch step {
        case .launch: try launch()
        case .begin: try begin()
        case .freeze, .thaw, .kill, .drain, .greetAgain, .hangUp: try happen(step)
        case .post(let label, let body, let manner):
            try current.post(label, request(body, manner))
        case .ping(let label): try current.ping(label)
        case .fill(let filling): try fill(filling)
        case .cancel(let label): try cancel(label)
        case .read(let label): try current.read(label)
        case .readOn(let label): try readOn(label)
        case .endure: try endure()
        case .repeatLongBody: try repeatLongBody()
        case .catchInHand(let label): isFrozen = try catchInHand(label)
        case .needEcho:
            guard isEcho == true else { throw .notApplicable("it is no echo") }
        case .occupyCalls: try occupyCalls()
        case .readOnAll:
            for label in try current.asked.keys.sorted() { try readOn(label) }
        default: try meet(step)
        }
    }

    /// The life that is on the stage.
    var current: Stage {
        get throws(Interruption) {
            guard let stage else { throw .broke("no scorer runs") }
            return stage
        }
    }

    // MARK: - Lives

    private func launch() throws(Interruption) {
        end()
        stage = try Stage(program, settings)
    }

    /// A scorer that is ready and holds nothing: the one that runs, if it is one.
    private func begin() throws(Interruption) {
        if let stage, stage.isReady, !isFrozen, !isSpent, stage.process.look() == nil,
            stage.lane.held.isEmpty
        {
            stage.asked = [:]
            return
        }
        try launch()
        try meet(.awaitReady)
    }

    private func happen(_ step: Step) throws(Interruption) {
        let stage = try current
        switch step {
        case .freeze:
            // One that has just answered may not have gone back to sleep yet.
            let limit = Stage.now + min(settings.patience, .seconds(2))
            while !stage.process.isAsleep, Stage.now < limit { usleep(200) }
            stage.process.freeze()
            isFrozen = true
        case .thaw:
            stage.process.signal(SIGCONT)
            isFrozen = false
        case .kill:
            stage.process.end()
            isSpent = true
        case .drain:
            isSpent = true
            if (try? stage.lane.tellToDrain()) == nil { throw .broke("its lane had ended") }
        case .greetAgain: try stage.greetAgain()
        default:
            isSpent = true
            stage.hangUp()
        }
    }

    // MARK: - Requests

    private func request(_ body: Step.Body, _ manner: Step.Manner) -> Request {
        Request(
            body: bytes(body, manner.head),
            head: manner.head,
            deadline: manner.isShort ? .milliseconds(20) : nil,
            reader: manner.isReadSlowly ? .slow : .quick
        )
    }

    /// The bytes of a body; no two are alike, but for samples.
    func bytes(_ body: Step.Body, _ head: RequestHead = .usual) -> [UInt8] {
        seed += 1
        let area = LaneArea.bytes
        switch body {
        case .sample: return settings.sample ?? RequestBody.bytes(100, seed: seed)
        case .bytes(let count): return RequestBody.bytes(count, seed: seed)
        case .area(let more):
            let head = head.bytes(type: settings.contentType).count
            return RequestBody.bytes(area - head + more, seed: seed)
        case .areas(let count): return RequestBody.bytes(count * area, seed: seed)
        case .largest: return RequestBody.bytes(settings.largest, seed: seed)
        }
    }

    private func fill(_ filling: Step.Filling) throws(Interruption) {
        let stage = try current
        var count = stage.lane.credit
        if filling == .sharedCall {
            guard stage.shares > 1 else {
                throw .notApplicable("it has not said that requests may share a call")
            }
            count = min(count, stage.shares)
        }
        for number in 0..<count {
            var request = request(settings.sample == nil ? .bytes(32 + number) : .sample, .init())
            request.shares = filling == .sharedCall
            try stage.post("\(number)", request)
        }
    }

    private func occupyCalls() throws(Interruption) {
        let stage = try current
        let calls = min(stage.threads ?? settings.calls ?? 1, settings.laneCalls)
        guard calls > 1 else {
            throw .notApplicable(
                stage.threads == nil
                    ? "it has not said how many threads it has, nor was --calls said"
                    : "it works on one request at a time"
            )
        }
        for number in 1..<calls {
            try stage.post("\(number)", Request(body: bytes(.areas(4)), reader: .slow))
        }
        for number in 1..<calls { try meet(.awaitParts("\(number)", 1)) }
    }

    private func cancel(_ label: Label) throws(Interruption) {
        let stage = try current
        guard let known = stage.asked[label] else { return }
        stage.asked[label]?.isWithdrawn = stage.lane.cancel(known.ticket) == .withdrawn
        stage.asked[label]?.reader = .quick
    }

    private func readOn(_ label: Label) throws(Interruption) {
        let stage = try current
        stage.asked[label]?.reader = .quick
        while let known = stage.asked[label], known.read < known.parts, !known.isOver {
            stage.read(label)
        }
    }
}
