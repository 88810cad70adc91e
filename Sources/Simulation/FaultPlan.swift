// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

/// Which faults a world has: each seed leaves some out, so that one cannot hide another.
struct FaultPlan {
    var refusals = false
    var crashes = false
    var slowness = false
    var slowSpawns = false
    var deafness = false
    var duplicates = false
    var nodeLosses = false
    var gatewayLosses = false
    var brokenConnections = false
    var supervisorDeaths = false
    var fullDisks = false
    var brokenRevisions = false
    var failedPreparations = false
    var ejections = false
    var commands = false
    var failures = false
    var badClients = false
    var drains = false
    var illness = false
    var traffic = false
    var comparisons = false
    var vainComparisons = false
    var stops = false

    /// A world in which everything works.
    static let none = FaultPlan()

    init() {}

    init(_ random: inout SplitMix64) {
        refusals = random.chance(1, in: 2)
        crashes = random.chance(2, in: 3)
        slowness = random.chance(1, in: 2)
        slowSpawns = random.chance(1, in: 2)
        deafness = random.chance(1, in: 2)
        duplicates = random.chance(2, in: 3)
        nodeLosses = random.chance(1, in: 2)
        gatewayLosses = random.chance(1, in: 2)
        brokenConnections = random.chance(1, in: 2)
        supervisorDeaths = random.chance(2, in: 3)
        fullDisks = random.chance(1, in: 2)
        brokenRevisions = random.chance(1, in: 2)
        failedPreparations = random.chance(1, in: 3)
        ejections = random.chance(1, in: 2)
    }

    /// Adds what befalls nodes without ending them, from one more.
    mutating func addStops(_ nature: inout SplitMix64) {
        stops = nature.chance(1, in: 3)
    }

    /// Adds what people do and what scorers answer, from a number stream of their own.
    mutating func addPeople(_ people: inout SplitMix64) {
        commands = people.chance(1, in: 2)
        failures = people.chance(1, in: 2)
        badClients = people.chance(1, in: 4)
        drains = people.chance(1, in: 3)
        illness = people.chance(1, in: 6)
        traffic = people.chance(1, in: 2)
    }

    /// Adds what becomes of answers that are compared, likewise.
    mutating func addComparisons(_ asked: inout SplitMix64) {
        comparisons = asked.chance(1, in: 2)
        vainComparisons = asked.chance(1, in: 2)
    }
}
