// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Rulebook
import Vocabulary

/// A bug planted on purpose, to show that the referee would notice it.
///
/// Each is a policy that differs from the real one in no more than the bug needs; none of them can be reached
/// from outside this package, and nothing in production makes a policy.
public enum Mutant: String, CaseIterable, Sendable {
    case routesWhileStarting = "routes to a run before it says ready"
    case routesWhileDraining = "leaves a draining run in the route"
    case surgesByOneMore = "holds one instance more than the surge"
    case drainsTooSoon = "drains an old instance before a new one serves in its stead"
    case forgetsIncarnations = "takes word of an earlier run for word of the present one"
    case spawnsUnheard = "starts instances before all nodes have been heard of"
    case spawnsIntoTheVoid = "starts instances on nodes that are not there"
    case overcommits = "puts instances where there is no room"
    case startsUnprepared = "starts a revision that is not prepared"
    case restartsAtOnce = "never waits before it starts again"
    case restartsLate = "makes a run that served wait at its first death"
    case endsOnce = "never repeats an end that was not answered"
    case leavesLanes = "does not settle the lane of a run that ended"
    case trustsOldLanes = "takes lanes of a lost gateway for ready"
    case opensLanesEarly = "takes a run that is being started for one that has a process"
    case leavesStrays = "does not end processes that nobody wants"
    case vacatesEarly = "gives the place of a draining instance away"
    case discardsInUse = "discards a revision that still runs"
    case publishesChangesOnly = "tells a gateway that joined nothing it was told before"
    case displacesForUnproven = "lets a revision that never served displace the one that does"
    case ignoresPauses = "goes on with a rollout that is paused"
    case forgetsPrevious = "keeps nothing to go back to once a rollout is completed"
    case undoesNothing = "grants an undo and goes on"
    case keepsFailing = "rolls in a revision however much of it fails"
    case blamesTheNew = "blames a new revision for what the old one does as well"
    case startsInOrder = "starts runs in order of name, whoever waits for them"
    case movesUnreplaced = "lets an instance of a drained node go before another serves"
    case forgetsSilence = "gives instances to a node that answers nothing"
    case neverEvens = "leaves instances where a node's loss drove them"
    case evensForever = "moves instances for evenness that does not grow by it"
    case forgetsDrains = "grants a node's drain and forgets it"
    case routesToUnwell = "routes to what fails its readiness probe"
    case leavesOutAll = "leaves out what fails its readiness probe, the last included"
    case countsTwice = "counts what is said twice of a probe for two answers"
    case ignoresTraffic = "gives each deployment its own percentage, whatever the endpoint says"
    case sharesAnything = "shares requests out by whatever percentages"
    case letsLiveGo = "lets a deployment go that answers requests"
    case neverGivesUp = "never gives a revision up"
    case forgetsTheDue = "overlooks deadlines of all that an event is not about"
    case writesNoPlaces = "writes down nothing of who has which place"
    case servesUncompared = "gives a new revision requests before its answers were compared"
    case admitsDifferent = "rolls in a revision whose answers differ though they must not"
    case comparesNothing = "takes it for no difference that what was compared is gone"
    case comparesForEver = "waits for ever for a comparison of which nothing comes"

    /// The sentences of which one is expected to be broken.
    public var expected: [Sentence] {
        switch self {
        case .routesWhileStarting: [.routesOnlyToReady]
        case .routesWhileDraining: [.unroutedBeforeDrained]
        case .surgesByOneMore: [.neverAbove]
        case .drainsTooSoon: [.neverBelow]
        case .forgetsIncarnations: [.noInstanceDoubled]
        case .spawnsUnheard: [.heardFirst, .noInstanceDoubled, .noRunTwice]
        case .spawnsIntoTheVoid: [.ordersToPresent]
        case .overcommits: [.noNodeExceeded]
        case .startsUnprepared: [.onlyPrepared]
        case .restartsAtOnce: [.waitsKept]
        case .restartsLate: [.firstDeathAtOnce]
        case .endsOnce: [.converges, .everyProcessWanted, .gatewayAgrees, .farewellHoldsNothing]
        case .leavesLanes: [.endedIsSettled]
        case .trustsOldLanes: [.routesOnlyToReady]
        case .opensLanesEarly: [.lanesToProcesses]
        case .leavesStrays: [.converges, .everyProcessWanted, .gatewayAgrees]
        case .vacatesEarly: [.neverAbove, .noNodeExceeded]
        case .discardsInUse: [.usedIsKept]
        case .publishesChangesOnly: [.gatewayAgrees]
        case .displacesForUnproven: [.unprovenDisplacesNothing, .neverBelow]
        case .ignoresPauses: [.pausedStands]
        case .forgetsPrevious: [.undoGranted]
        case .undoesNothing: [.undoneStays]
        case .keepsFailing: [.failingGoes]
        case .blamesTheNew: [.converges]
        case .startsInOrder: [.servesSoonest]
        case .movesUnreplaced: [.neverBelow]
        case .forgetsSilence: [.silentGetsNothing]
        case .neverEvens: [.spreadInTheEnd]
        case .evensForever: [.settles]
        case .forgetsDrains: [.drainedGetsNothing]
        case .routesToUnwell: [.unwellLeftOut]
        case .leavesOutAll: [.lastStaysRouted]
        case .countsTwice: [.neverBelow]
        case .ignoresTraffic: [.sharesAsDeclared, .sharesWhole]
        case .sharesAnything: [.sharesWhole]
        case .letsLiveGo: [.liveIsKept]
        case .neverGivesUp: [.hopelessGivenUp]
        case .forgetsTheDue: [.scopeSuffices]
        case .writesNoPlaces: [.keptIsKnown]
        case .servesUncompared: [.comparedFirst]
        case .admitsDifferent: [.differentNeverServes]
        case .comparesNothing: [.begunIsCompared]
        case .comparesForEver: [.converges, .gatewayAgrees]
        }
    }

    var policy: Policy {
        var policy = Policy.standard
        switch self {
        case .routesWhileStarting:
            policy.routed = { state in
                if case .starting(let starting) = state {
                    starting.live.run
                } else {
                    state.lease?.run
                }
            }
        case .routesWhileDraining:
            policy.routed = { state in
                if case .draining(let draining) = state {
                    draining.live.run
                } else {
                    state.lease?.run
                }
            }
        case .surgesByOneMore: policy.surge = { ($0 + 4) / 5 + 1 }
        case .drainsTooSoon:
            policy.staying = { wanted, servingNew, standing, isProven in
                isProven ? max(0, wanted - servingNew - 1) : standing
            }
            policy.mayDrain = { _, _ in true }
        case .forgetsIncarnations: policy.isSame = { $0.instance == $1.instance }
        case .spawnsUnheard: policy.maySpawn = { $0.isNodeJoined && !$0.isStrayNear }
        case .spawnsIntoTheVoid: policy.maySpawn = { $0.isEveryoneHeard && !$0.isStrayNear }
        case .overcommits: policy.fits = { _, _ in true }
        case .startsUnprepared: policy.mayStart = { _ in true }
        case .restartsAtOnce: policy.delay = { _ in .zero }
        case .restartsLate: policy.delay = { BackOff.delay(step: $0 + 1) }
        case .endsOnce: policy.endAgain = { _ in .never }
        case .leavesLanes: policy.owesSettlement = { _, _ in false }
        case .trustsOldLanes: policy.outlivesGateway = { true }
        case .opensLanesEarly: policy.process = { $0.pid ?? 0 }
        case .leavesStrays: policy.endsStray = { false }
        case .vacatesEarly:
            policy.isVacated = { state in
                if case .draining = state { true } else { state?.reservation == nil }
            }
        case .discardsInUse: policy.mayDiscard = { isKept, _ in !isKept }
        case .publishesChangesOnly: policy.mustPublish = { hasChanged, _ in hasChanged }
        case .displacesForUnproven:
            policy.staying = { _, _, standing, _ in max(0, standing - 1) }
            policy.mayDrain = { _, _ in true }
        case .ignoresPauses: policy.heedsPause = { false }
        case .forgetsPrevious: policy.keepsPrevious = { false }
        case .undoesNothing: policy.abandons = { false }
        case .keepsFailing: policy.fails = { _, _, _ in false }
        case .blamesTheNew:
            policy.fails = { rule, new, _ in rule.isBroken(new: new, old: AnswerTally()) }
        case .startsInOrder: policy.startsSoonest = { false }
        case .movesUnreplaced: policy.mayMove = { _ in true }
        case .forgetsSilence: policy.heedsSilence = { false }
        case .neverEvens: policy.evensOut = { _ in false }
        case .evensForever: policy.evensOut = { $0 >= 1 }
        case .forgetsDrains: policy.heedsDrain = { false }
        case .routesToUnwell: policy.mayLeaveOut = { _ in false }
        case .leavesOutAll: policy.mayLeaveOut = { _ in true }
        case .countsTwice: policy.heedsAnswer = { _ in true }
        case .ignoresTraffic: policy.heedsTraffic = { false }
        case .sharesAnything: policy.mayShare = { _ in true }
        case .letsLiveGo: policy.mayLetGo = { _ in true }
        case .neverGivesUp: policy.givesUp = { _, _ in false }
        case .forgetsTheDue: policy.heedsDue = { false }
        case .writesNoPlaces: policy.mustWrite = { $0 != .pledge }
        case .servesUncompared: policy.comparesFirst = { _ in false }
        case .admitsDifferent: policy.halts = { _ in false }
        case .comparesNothing: policy.heedsEmptied = { false }
        case .comparesForEver: policy.comparisonEnd = { _ in .never }
        }
        return policy
    }
}
