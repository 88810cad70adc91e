// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Vocabulary
import Wire

/// What a node holds and what it answers: every decision of a node, as a value.
///
/// An exit is told once to each connection and kept until the supervisor shows, by starting a later
/// incarnation of that instance, that it has heard of it: a supervisor that dies between reading and
/// committing is told again when it comes back.
struct NodeInventory {
    /// What happened.
    enum Event {
        /// A supervisor connected; an earlier one, if any, is gone.
        case supervisorArrived
        /// The supervisor's connection ended.
        case supervisorLeft
        /// The supervisor asked for something.
        case ordered(NodeOrder)
        /// The run's program runs.
        case started(HeldRun)
        /// The run never ran its program, and nothing of it is left.
        case refused(Run, Problem)
        /// The run's tree is gone.
        case ended(Run, ExitReport)
        /// Something a person should know.
        case noticed(String)
        /// What was noticed is so no more.
        case settled(String)
        /// The node itself was asked to go, by a signal.
        case askedToLeave
        /// Time has passed.
        case tick
    }

    /// What to do about it.
    enum Effect {
        case start(SpawnOrder)
        case end(Run)
        /// The run can answer: it counts in full.
        case countInFull(Run)
        case tell(NodeReport)
        /// Tell with the gateway's end of the run's lane.
        case tellWithLane(NodeReport, Run)
        case cool(environment: String)
        /// Nothing is held any more: leave.
        case leave
    }

    private enum Place {
        case starting
        case running(HeldRun)
    }

    /// Most exits that are remembered.
    static let mostExits = 4_096

    private let greeting: NodeHello
    private let grace: Duration
    private var held: [Run: Place] = [:]
    private var exits: [(run: Run, report: ExitReport)] = []
    /// What was said last that a person should know.
    private var notice: String?
    private var isConnected = false
    private var isLeaving = false
    private(set) var orphanDeadline: Moment

    /// Makes the inventory of a node that holds nothing yet and waits for its first supervisor.
    init(greeting: NodeHello, grace: Duration, now: Moment) {
        self.greeting = greeting
        self.grace = grace
        self.orphanDeadline = now + grace
    }

    /// The runs that have a process or are about to, in order.
    var runs: [Run] { held.keys.sorted() }

    /// Answers what to do about `event`.
    mutating func decide(_ event: Event, now: Moment) -> [Effect] {
        switch event {
        case .supervisorArrived:
            isConnected = true
            orphanDeadline = .never
            return greet()
        case .supervisorLeft:
            isConnected = false
            orphanDeadline = now + grace
            return []
        case .ordered(let order):
            return obey(order)
        case .started(let run):
            guard held[run.run] != nil else { return [] }
            held[run.run] = .running(run)
            return isConnected ? [.tellWithLane(.spawned(run), run.run)] : []
        case .refused(let run, let problem):
            guard held.removeValue(forKey: run) != nil else { return [] }
            return tell(.refused(run, problem)) + leaveIfEmpty()
        case .ended(let run, let report):
            guard held.removeValue(forKey: run) != nil else { return [] }
            remember(run, report)
            return tell(.exited(run, report)) + leaveIfEmpty()
        case .noticed(let text):
            notice = text
            return tell(.notice(text))
        case .settled(let text):
            // What was said since is true still.
            return notice == text ? tell(.notice("")) : []
        case .askedToLeave:
            return leave()
        case .tick:
            return now >= orphanDeadline && !isLeaving ? leave() : []
        }
    }

    private func tell(_ report: NodeReport) -> [Effect] {
        isConnected ? [.tell(report)] : []
    }

    /// Everything that is held and every exit that may not have been heard of.
    private func greet() -> [Effect] {
        var effects: [Effect] = [.tell(.hello(greeting))]
        for run in runs {
            switch held[run] {
            case .running(let facts): effects.append(.tell(.holding(facts)))
            case .starting: effects.append(.tell(.starting(run)))
            case nil: break
            }
        }
        effects += exits.map { .tell(.exited($0.run, $0.report)) }
        return effects + [.tell(.helloEnd)]
    }

    private mutating func obey(_ order: NodeOrder) -> [Effect] {
        switch order {
        case .spawn(let spawn):
            if let problem = objection(to: spawn.run) {
                return [.tell(.refused(spawn.run, problem))]
            }
            exits.removeAll {
                $0.run.instance == spawn.run.instance && $0.run.incarnation < spawn.run.incarnation
            }
            held[spawn.run] = .starting
            return [.start(spawn)]
        case .end(let run):
            if held[run] != nil { return [.end(run)] }
            let known = exits.last { $0.run == run }?.report
            return tell(.exited(run, known ?? ExitReport(cause: .lost)))
        case .ready(let run):
            return held[run] == nil ? [] : [.countInFull(run)] + tell(.inFull(run))
        case .lane(let run):
            switch held[run] {
            case .running: return [.tellWithLane(.lane(run), run)]
            // `spawned` will bring it.
            case .starting: return []
            case nil: return tell(.refused(run, Self.notHeld(run)))
            }
        case .cool(let environment):
            return [.cool(environment: environment)]
        case .ask:
            return tell(.here)
        case .leave:
            return leave()
        }
    }

    private func objection(to run: Run) -> Problem? {
        if isLeaving {
            return Problem(
                .conflict,
                code: "nodeLeaving",
                what: "cannot start '\(run)': node '\(greeting.name)' is leaving"
            )
        }
        if held[run] != nil {
            return Problem(
                .conflict,
                code: "alreadyHeld",
                what: "cannot start '\(run)': node '\(greeting.name)' already holds it"
            )
        }
        if exits.contains(where: { $0.run == run }) {
            return Problem(
                .conflict,
                code: "alreadyEnded",
                what: "cannot start '\(run)': it has already ended",
                remedy: "a new life of the instance takes a new incarnation"
            )
        }
        return nil
    }

    private static func notHeld(_ run: Run) -> Problem {
        Problem(.notFound, code: "notHeld", what: "cannot find '\(run)': no such run is held here")
    }

    private mutating func remember(_ run: Run, _ report: ExitReport) {
        exits.append((run, report))
        if exits.count > Self.mostExits { exits.removeFirst() }
    }

    private mutating func leave() -> [Effect] {
        isLeaving = true
        return runs.map { .end($0) } + leaveIfEmpty()
    }

    private func leaveIfEmpty() -> [Effect] {
        isLeaving && held.isEmpty ? [.leave] : []
    }
}
