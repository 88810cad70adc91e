// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Vocabulary

/// Which runs are forked from a warmed parent and which start cold: every such decision, as a value.
///
/// A run waits while its environment's parent does its imports, because starting cold would do the
/// same imports once more. A parent that dies, hangs or fails costs nobody a run: whoever waited
/// starts cold, a notice says so, and the parent is tried again later, each time later than before.
struct WarmedParents {
    /// What happened.
    enum Event {
        /// A run of this environment is to start, and may be forked.
        case wanted(String, Run)
        /// The parent says that its imports are done.
        case warmed(String)
        /// The run's program runs.
        case started(Run)
        /// The run could not be forked.
        case failed(Run, String)
        /// Nobody wants the run any more.
        case dropped(Run)
        /// The parent is gone, or could not be started.
        case ended(String, String)
        /// Let the environment's parent go.
        case cool(String)
        /// Time has passed.
        case tick
    }

    /// What to do about it.
    enum Effect: Hashable {
        case startParent(String)
        case fork(String, Run)
        case startCold(Run)
        case endParent(String)
        case notice(String)
        /// What that notice said is so no more.
        case settled(String)
    }

    private enum State {
        case away(until: Moment)
        case warming(deadline: Moment)
        case warm
    }

    private struct Parent {
        var state: State
        var failures = 0
        var waiting: [Run] = []
        var asked: [(run: Run, deadline: Moment)] = []
        /// What was said when it was lost last.
        var notice: String?
    }

    /// How long a parent may take for its imports, and to fork once.
    static let importPatience: Duration = .seconds(120)
    static let forkPatience: Duration = .seconds(10)
    /// How long a parent that failed is left alone: doubled with each failure in a row.
    static let firstPause: Duration = .seconds(10)
    static let longestPause: Duration = .seconds(640)

    private var parents: [String: Parent] = [:]

    /// The next moment at which time alone changes something.
    var nextDeadline: Moment {
        var next = Moment.never
        for name in parents.keys.sorted() {
            guard let parent = parents[name] else { continue }
            if case .warming(let deadline) = parent.state { next = min(next, deadline) }
            for asked in parent.asked { next = min(next, asked.deadline) }
        }
        return next
    }

    /// Answers what to do about `event`.
    mutating func decide(_ event: Event, now: Moment) -> [Effect] {
        switch event {
        case .wanted(let name, let run): return want(name, run, now: now)
        case .warmed(let name): return warmed(name, now: now)
        case .started(let run):
            guard let name = environment(of: run) else { return [] }
            parents[name]?.asked.removeAll { $0.run == run }
            parents[name]?.failures = 0
            return []
        case .failed(let run, let reason):
            guard let name = environment(of: run) else { return [] }
            return [.endParent(name)] + lose(name, reason, now: now)
        case .dropped(let run):
            guard let name = environment(of: run) else { return [] }
            parents[name]?.waiting.removeAll { $0 == run }
            parents[name]?.asked.removeAll { $0.run == run }
            return []
        case .ended(let name, let reason):
            return lose(name, reason, now: now)
        case .cool(let name):
            guard let parent = parents.removeValue(forKey: name) else { return [] }
            return [.endParent(name)] + Self.runs(of: parent).map { .startCold($0) }
        case .tick:
            return parents.keys.sorted().flatMap { overdue($0, now: now) }
        }
    }

    private mutating func want(_ name: String, _ run: Run, now: Moment) -> [Effect] {
        var parent = parents[name] ?? Parent(state: .away(until: now))
        defer { parents[name] = parent }
        switch parent.state {
        case .away(let until):
            if now < until { return [.startCold(run)] }
            parent.state = .warming(deadline: now + Self.importPatience)
            parent.waiting.append(run)
            return [.startParent(name)]
        case .warming:
            parent.waiting.append(run)
            return []
        case .warm:
            parent.asked.append((run, now + Self.forkPatience))
            return [.fork(name, run)]
        }
    }

    private mutating func warmed(_ name: String, now: Moment) -> [Effect] {
        guard var parent = parents[name], case .warming = parent.state else { return [] }
        let waiting = parent.waiting
        parent.state = .warm
        parent.waiting = []
        parent.asked = waiting.map { ($0, now + Self.forkPatience) }
        let settled = parent.notice.map { Effect.settled($0) }
        parent.notice = nil
        parents[name] = parent
        return [settled].compactMap(\.self) + waiting.map { .fork(name, $0) }
    }

    /// The parent is no more: whoever counted on it starts cold.
    private mutating func lose(_ name: String, _ reason: String, now: Moment) -> [Effect] {
        guard var parent = parents[name] else { return [] }
        if case .away = parent.state { return [] }
        let runs = Self.runs(of: parent)
        let pause = Self.pause(after: parent.failures)
        parent.failures += 1
        parent.state = .away(until: now + pause)
        parent.waiting = []
        parent.asked = []
        let seconds = pause.wholeMilliseconds / 1_000
        let notice =
            "the warmed parent of environment '\(name.prefix(12))' is gone: \(reason.printable); "
            + "its scorers start cold, and it is tried again after \(seconds) s"
        parent.notice = notice
        parents[name] = parent
        return [.notice(notice)] + runs.map { .startCold($0) }
    }

    private mutating func overdue(_ name: String, now: Moment) -> [Effect] {
        guard let parent = parents[name] else { return [] }
        if case .warming(let deadline) = parent.state, deadline <= now {
            return [.endParent(name)] + lose(name, "its imports took too long", now: now)
        }
        if parent.asked.contains(where: { $0.deadline <= now }) {
            return [.endParent(name)] + lose(name, "it did not fork when asked", now: now)
        }
        return []
    }

    private func environment(of run: Run) -> String? {
        parents.keys.sorted().first { name in
            parents[name].map { Self.runs(of: $0).contains(run) } ?? false
        }
    }

    private static func runs(of parent: Parent) -> [Run] {
        parent.asked.map(\.run) + parent.waiting
    }

    private static func pause(after failures: Int) -> Duration {
        min(longestPause, firstPause * (1 << min(failures, 6)))
    }
}
