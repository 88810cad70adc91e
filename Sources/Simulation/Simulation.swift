// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Rulebook
import Vocabulary

/// The rulebook under bad luck, in virtual time.
///
/// One seed is one world: nodes, deployments, changes, faults, and the order of everything. It lives
/// for some minutes with its faults; then they stop, and what is wanted must come to be; then it is
/// told to shut down, and nothing may be left. A `Referee` with a model of its own watches every
/// step. The same seed gives the same world, decision by decision.
public enum Simulation {
    /// What came of one world.
    public struct Report: Sendable {
        /// The seed that replays it.
        public let seed: UInt64
        /// Decisions made.
        public let decisions: Int
        /// Virtual seconds lived.
        public let seconds: Double
        /// The same for two runs only if they decided the same in the same order.
        public let fingerprint: UInt64
        /// How often each sentence was checked, in the order of `Sentence.allCases`.
        public let checks: [Int]
        /// The sentence that did not hold, if one did not.
        public let violation: Violation?

        /// The command that plays the same world again.
        public var command: String { "scorekeeper simulate --seed \(seed)" }
    }

    private static let troubled: Duration = .seconds(240)
    private static let healed: Duration = .seconds(600)
    private static let farewell: Duration = .seconds(300)

    /// Lives one world to its end, or to the first sentence that does not hold.
    ///
    /// Shape: `planting` gives the rulebook a bug; `telling` is handed each line of the story.
    public static func run(
        seed: UInt64,
        planting mutant: Mutant? = nil,
        telling: ((String) -> Void)? = nil
    ) -> Report {
        var world = SimulatedWorld(seed: seed, policy: mutant?.policy ?? .standard)
        // Twice the work: a planted bug that breaks another sentence is found without.
        world.decidesTwice = mutant?.expected.contains(.scopeSuffices) ?? true
        world.telling = telling
        world.liveThrough(troubled: troubled, healed: healed, farewell: farewell)
        return Report(
            seed: seed,
            decisions: world.decisions,
            seconds: Double(world.now.nanoseconds) / 1e9,
            fingerprint: world.fingerprint.value,
            checks: world.referee.checks,
            violation: world.referee.violation
        )
    }
}

extension Simulation {
    /// The first world in which a planted bug breaks a sentence that names it.
    public static func firstCatch(
        of mutant: Mutant,
        seeds: Range<UInt64>
    ) -> (seed: UInt64, sentence: Sentence)? {
        for seed in seeds {
            if let violation = run(seed: seed, planting: mutant).violation,
                mutant.expected.contains(violation.sentence)
            {
                return (seed, violation.sentence)
            }
        }
        return nil
    }
}

extension SimulatedWorld {
    /// The three ages of a world.
    mutating func liveThrough(troubled: Duration, healed: Duration, farewell: Duration) {
        startSupervisor()
        let milliseconds = Int(troubled.wholeMilliseconds)
        for _ in 0..<random.number(2...10) {
            plan(.change, in: random.milliseconds(0...milliseconds))
        }
        for _ in 0..<random.number(0...25) {
            plan(.trouble, in: random.milliseconds(0...milliseconds))
        }
        plan(.count, in: Self.countInterval)
        planDrains(until: troubled)
        planIllness(until: troubled)
        planTraffic(until: troubled)
        planStops(until: troubled)
        live(until: now + troubled)

        faults = .none
        // Whoever paused a rollout resumes it.
        for key in keys { plan(.command(.rolloutResumed(key)), in: .seconds(120)) }
        live(until: now + healed)
        tellStatus()
        if referee.violation == nil {
            let lanes = gateway.lanes.filter(\.isReady).map(\.run)
            referee.judgeRest(routes: gateway.routes, lanes: lanes)
        }

        deliver(.leave)
        live(until: now + farewell)
        if referee.violation == nil {
            let living = referee.processes.map(\.run)
            referee.check(
                .farewellHoldsNothing,
                hasSaidFarewell && living.isEmpty,
                "\(living) still run"
            )
        }
    }
}
