// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Rulebook
import Vocabulary

// The parts of a simulated machine, as plain facts; what they do is in `SimulatedWorld`.

/// One node of the simulated machine.
struct SimulatedNode {
    let name: NodeName
    let share: Demand
    var isAlive = false
    /// Grows with each connection; what was said over an earlier one is lost.
    var connection = 0
    var isConnected = false
    /// Whether the supervisor has heard the whole greeting: it sends nothing before.
    var isGreeted = false
    var processes: [SimulatedProcess] = []
    /// Runs whose spawn was sent over the present connection and has not arrived.
    var ordered: [Run] = []
    /// Ends that no supervisor has heard of, told first at the next greeting.
    var unheard: [Event] = []
    /// Nothing is said before what was said earlier.
    var lastWord = Moment.zero
    var lastOrder = Moment.zero
    /// Whether it does nothing at all; its scorers go on.
    var isStopped = false
    /// Whether all it does takes seconds.
    var isSlow = false
    /// Which stop this is.
    var stops = 0
    /// What it would have done or said since it was stopped, in order.
    var heldUp: [Happening] = []
    var unsaid: [Event] = []
    /// Whether somebody has connected since and waits for its greeting.
    var isGreetingOwed = false
}

/// One scorer.
struct SimulatedProcess {
    let run: Run
    /// Nothing while it is being made.
    var pid: Int32?
    /// Whether it has loaded its model.
    var isLoaded = false
}

/// The gateway of the simulated machine.
struct SimulatedGateway {
    struct Lane {
        let run: Run
        var isReady = false
    }

    var isAlive = false
    var life = 0
    var connection = 0
    var isConnected = false
    var isGreeted = false
    var lanes: [Lane] = []
    var routes: [PublishedEndpoint] = []
    var lastWord = Moment.zero
    var lastOrder = Moment.zero
}

/// What can happen in the simulated machine.
enum Happening {
    // Towards the rulebook.
    case word(Event, node: Int, connection: Int)
    case gatewayWord(Event, connection: Int)
    case result(Event, life: Int)
    // Towards the machine.
    case order(Effect, node: Int, connection: Int)
    case gatewayOrder(Effect, connection: Int)
    case reach(node: Int, life: Int)
    case reachGateway(life: Int)
    // Of itself.
    case spawned(Run, Revision, node: Int)
    case loads(Run, node: Int)
    case ends(Run, node: Int, ExitReport)
    case sayReady(Run, gatewayLife: Int)
    case noteBrokenLane(Run, String, gatewayLife: Int)
    case finishDrain(Run, gatewayLife: Int)
    case trouble
    case change
    case share
    case stops(node: Int, for: Duration)
    case goesOn(node: Int, stop: Int)
    case fallsSilent(node: Int, stop: Int)
    case slows(node: Int, isSlow: Bool)
    case command(Event)
    case compareEnds(Run, Revision, most: Int, gatewayLife: Int)
    case probeEnds(Run, ProbeKind, gatewayLife: Int)
    case falls(ill: Bool)
    case count
    case supervisorReturns
    case diskFree
}
