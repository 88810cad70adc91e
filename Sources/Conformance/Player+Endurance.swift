// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Glibc
import RequestQueue
import Vocabulary

/// Catching a scorer in the middle of something, and wearing it out.
extension Player {
    /// Times that a scorer is stopped in the hope of finding a request in its hand.
    private static let catches = 64
    /// Requests that wait behind each other then, so that it is busy for a while.
    private static let waiting = 8
    /// How long a scorer is kept busy at most.
    private static let endurance = Duration.seconds(60)
    private static let longBodies = 32

    /// Has a request in hand: one whose answer waits for its reader, or one that it was stopped at.
    ///
    /// Shape: whether its process is stopped.
    func catchInHand(_ label: Label) throws(Interruption) -> Bool {
        let stage = try current
        let long = Request(body: bytes(.areas(4)), reader: .slow)
        try stage.post(label, long)
        try wait("answer") { $0.asked[label].map { $0.parts > 0 || $0.isOver } ?? false }
        if stage.asked[label]?.isOver == false { return false }
        for _ in 0..<Self.catches {
            let labels = (0..<min(Self.waiting, stage.lane.credit)).map { "\(label)-\($0)" }
            for each in labels { try stage.post(each, Request(body: bytes(.sample))) }
            try spinUntilTaken(labels, stage)
            stage.process.freeze()
            try stage.drain()
            if let caught = labels.first(where: { stage.isInHand($0) }) {
                stage.rename(caught, to: label)
                return true
            }
            stage.process.signal(SIGCONT)
            try wait("answer") { stage in labels.allSatisfy { stage.asked[$0]?.isOver == true } }
        }
        throw .notApplicable("it answers faster than it can be caught with a request in hand")
    }

    /// Waits until the scorer is in the middle of those that wait.
    private func spinUntilTaken(_ labels: [Label], _ stage: Stage) throws(Interruption) {
        let limit = Stage.now + settings.patience
        let middle = labels[labels.count / 2]
        while stage.asked[middle]?.isOver == false, !stage.isInHand(middle) {
            if stage.process.look() != nil { return }
            guard Stage.now < limit else {
                throw .broke("no sign that it took the request came in \(settings.patience.words)")
            }
            try stage.drain()
        }
    }

    /// Keeps the lane full until so many requests were completed.
    func endure() throws(Interruption) {
        let stage = try current
        let limit = Stage.now + Self.endurance
        var posted = 0
        var done = 0
        while done < settings.requests {
            while posted < settings.requests, stage.lane.credit > 0, Stage.now < limit {
                try stage.post("\(posted)", Request(body: bytes(.sample)))
                posted += 1
            }
            if done == posted { break }
            try wait("completion of \(Counted(posted - done, "request")) of \(posted)") { stage in
                stage.asked.values.contains(where: \.isOver)
            }
            for (label, known) in stage.asked where known.isOver {
                try check(known, stage)
                stage.asked[label] = nil
                done += 1
            }
        }
        note =
            done < settings.requests
            ? "\(Counted(done, "request")) in \(Self.endurance.words)"
            : Counted(done, "request").description
    }

    /// Posts long bodies and counts what the process holds before and after.
    func repeatLongBody() throws(Interruption) {
        let before = try afterLongBodies()
        let after = try afterLongBodies()
        for (kind, first, second) in [
            ("descriptor", before.descriptors, after.descriptors),
            ("mapping", before.mappings, after.mappings),
        ] where second - first >= Self.longBodies / 2 {
            let counted = Counted(second - first, kind)
            throw .broke("it held \(counted) more after \(Self.longBodies) long bodies")
        }
    }

    private func afterLongBodies() throws(Interruption) -> ProcessHoldings {
        for _ in 0..<Self.longBodies {
            try current.post("long", Request(body: bytes(.areas(2))))
            try meet(.awaitAnswer("long"))
        }
        return ProcessHoldings(group: try current.process.pid)
    }
}
