// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Client
import Foundation
import Simulation
import Vocabulary

/// `scorekeeper simulate`.
struct Simulate: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Plays the server's decisions against faults, in virtual time.",
        discussion: """
            A seed is one world: its nodes, deployments, changes, faults and the order of \
            everything. A referee with a model of its own checks each step. --plant plays a world \
            with a bug put in on purpose, to see it caught; --plants plays the seeds with each of \
            the bugs in turn and tells which sentence caught it. --story tells every decision of \
            one world.

            EXAMPLE
              scorekeeper simulate --seeds '0..<1000'
              scorekeeper simulate --seeds '0..<1000' --plants
              scorekeeper simulate --seed 0 --plant startsUnprepared --story
            """
    )

    @Option(help: "One seed.")
    var seed: UInt64?

    @Option(help: ArgumentHelp("Many seeds: FIRST..<END.", valueName: "range"))
    var seeds: SeedRange?

    @Option(help: ArgumentHelp("A planted bug.", valueName: "bug"))
    var plant: Mutant?

    @Flag(help: "Also plant each bug in turn, and tell what caught it.")
    var plants = false

    @Flag(help: "Tell every decision of one world.")
    var story = false

    @OptionGroup var format: OutputOptions

    func validate() throws {
        guard (seed == nil) != (seeds == nil) else {
            throw ValidationError("Name one seed with --seed, or many with --seeds.")
        }
        guard !story || (seed != nil && format.output == .table) else {
            throw ValidationError("--story tells of one world, to people: name it with --seed.")
        }
        guard !plants || plant == nil else {
            throw ValidationError("--plants plants every bug: leave --plant out.")
        }
    }

    func run() async throws {
        let range = seeds?.range ?? (seed ?? 0)..<((seed ?? 0) + 1)
        var summary = await play(range)
        if plants { summary.bugs = await plantEach(in: range) }
        switch format.output {
        case .json: try Output.print(json: summary)
        case .table: Output.print(summary.lines.joined(separator: "\n"))
        }
        if summary.firstViolation != nil || summary.bugs?.allSatisfy(\.isCaught) == false {
            throw ExitCode(CommandStatus.failed.rawValue)
        }
    }

    /// Plays every seed, each on one of as many tasks as there are cores.
    private func play(_ range: Range<UInt64>) async -> SimulationSummary {
        let lanes = UInt64(ProcessInfo.processInfo.activeProcessorCount)
        return await withTaskGroup(of: SimulationSummary.self) { group in
            for lane in 0..<lanes {
                group.addTask {
                    var summary = SimulationSummary()
                    for seed in range where seed % lanes == lane {
                        let report = Simulation.run(
                            seed: seed,
                            planting: plant,
                            telling: story ? { Output.print($0) } : nil
                        )
                        summary.add(report, options: plant.map { " --plant \($0)" } ?? "")
                    }
                    return summary
                }
            }
            return await group.reduce(into: SimulationSummary()) { $0.merge($1) }
        }
    }
}

extension Simulate {
    /// Plays each bug over the seeds until a sentence that it breaks tells of it.
    private func plantEach(in range: Range<UInt64>) async -> [SimulationSummary.Bug] {
        await withTaskGroup(of: SimulationSummary.Bug.self) { group in
            for mutant in Mutant.allCases {
                group.addTask {
                    let caught = Simulation.firstCatch(of: mutant, seeds: range)
                    return SimulationSummary.Bug(
                        name: "\(mutant)",
                        what: mutant.rawValue,
                        caughtBySeed: caught?.seed,
                        sentence: caught?.sentence.rawValue
                    )
                }
            }
            return await group.reduce(into: []) { $0.append($1) }.sorted { $0.name < $1.name }
        }
    }
}

/// Seeds from one up to another, written `0..<1000`.
struct SeedRange: ExpressibleByArgument {
    let range: Range<UInt64>

    init?(argument: String) {
        let parts = argument.components(separatedBy: "..<")
        guard parts.count == 2, let first = UInt64(parts[0]), let end = UInt64(parts[1]),
            first < end
        else { return nil }
        range = first..<end
    }
}

extension Mutant: ExpressibleByArgument {
    /// The bugs go by their names in the code: their sentences are long.
    public init?(argument: String) {
        guard let mutant = Mutant.allCases.first(where: { "\($0)" == argument }) else { return nil }
        self = mutant
    }

    /// What may be written.
    public static var allValueStrings: [String] { allCases.map { "\($0)" } }
}
