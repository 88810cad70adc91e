// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

/// What must hold in every world, named as it is reported.
public enum Sentence: String, CaseIterable, Sendable {
    /// Checked at each `publish`.
    case routesOnlyToReady = "routes only to runs that said they are ready"
    /// Checked at each `publish` that leaves out a run which could still answer.
    case neverBelow = "never fewer than n serving by our own act"
    /// Checked at each `publish` that leaves out a run which could still answer.
    case unprovenDisplacesNothing = "a revision that never served displaces nothing"
    /// Checked at each `spawn` of a new instance; one that waits to be started again is held too.
    case neverAbove = "never more than n + surge held"
    /// Checked at each `spawn`, against every process that exists anywhere.
    case noInstanceDoubled = "no instance doubled"
    /// Checked at each `spawn`, since the supervisor's present life began.
    case heardFirst = "nothing is started before every node and the gateway have been heard of"
    /// Checked at each `spawn`.
    case noRunTwice = "no run's number given twice"
    /// Checked at each `spawn`, against what runs there.
    case noNodeExceeded = "capacity of no node exceeded"
    /// Checked at each `spawn`.
    case onlyPrepared = "only what is prepared is started"
    /// Checked at each `spawn`.
    case hopelessGivenUp = "a revision that is never ready is given up after five starts"
    /// Checked at each `spawn` of an instance whose last start never got ready.
    case waitsKept = "no start before its back-off is over"
    /// Checked at the exit of a run that served, the first of its instance in a minute.
    case firstDeathAtOnce = "the first death of a serving run is answered at once"
    /// Checked at each effect for a node.
    case ordersToPresent = "nodes are told things only while they are there"
    /// Checked at each `openLane`.
    case lanesToProcesses = "a lane is opened only to a run whose process was told of"
    /// Checked at each exit of a run whose lane the gateway holds.
    case endedIsSettled = "every ended run is settled"
    /// Checked at each `drain`.
    case unroutedBeforeDrained = "no run is drained while a route leads to it"
    /// Checked at each `discard`.
    case usedIsKept = "no revision in use is discarded"
    /// Checked at each first `spawn` of an instance, and at each `publish` that leaves out a run
    /// which could still answer, while a rollout is paused.
    case pausedStands = "while a rollout is paused nothing new starts and nothing old drains"
    /// Checked at each `spawn`, and in the end.
    case drainedGetsNothing = "a drained node is given nothing while another has room"
    /// Checked at each `spawn` and `end`, while any node answers nothing.
    case silentGetsNothing = "a node that answers nothing is told nothing"
    /// Checked at the end of each world, for each deployment that has room anywhere.
    case spreadInTheEnd = "in the end no node's loss costs more than it must"
    /// Checked at the end of each world.
    case settles = "once what is wanted is there, nothing moves any more"
    /// Checked at each decision that starts more than one run.
    case servesSoonest = "what serves nobody is started before what serves more"
    /// Checked at each `publish` of a deployment with a run whose readiness probe has failed.
    case unwellLeftOut = "what fails its readiness probe gets no requests while another is well"
    /// Checked at each `publish` of a deployment of which every run fails its readiness probe.
    case lastStaysRouted = "the last run that could answer is never left out"
    /// Checked at each undo of a rollout that was completed, until the next is declared.
    case undoGranted = "what a completed rollout replaced can be gone back to"
    /// Checked at the end of each world, for each deployment whose newest revision was undone.
    case undoneStays = "what was undone does not come back by itself"
    /// Checked at each first `spawn` of an instance of a revision that fails, and in the end.
    case failingGoes = "a revision that fails while it is rolled in is rolled back"
    /// Checked at each `publish`, for each run of a revision that is rolled in and compared.
    case comparedFirst = "no request is routed to a new revision before its comparison ended"
    /// Checked with `comparedFirst`, where the gateway was lost when a required comparison had begun.
    case begunIsCompared = "what must not differ and was being compared never serves uncompared"
    /// Checked at each `publish`, for each run of a revision that is rolled in and must not differ.
    case differentNeverServes = "a revision whose answers differ and must not never serves"
    /// Checked at each `publish` of an endpoint that was declared, for each deployment.
    case sharesAsDeclared = "requests are shared out and copied as was declared"
    /// Checked at each `publish` of an endpoint that was declared.
    case sharesWhole = "what is shared out makes 100 percent, or nothing"
    /// Checked at each deployment that is let go from behind a declared endpoint.
    case liveIsKept = "what answers requests is not let go"
    /// Checked at each refusal.
    case refusalChangesNothing = "what is refused changes nothing"
    /// Checked after each decision.
    case noTickInThePast = "no tick is asked for in the past"
    /// Checked at each decision that looked at a part, with no bug planted or one that breaks this.
    case scopeSuffices = "looking at what an event concerns finds what looking at all finds"
    /// Checked at each death of the supervisor, unless the disk was full.
    case keptIsKnown = "what is kept piece by piece is what is known"
    /// Checked at the end of each world, for each deployment.
    case converges = "within ten minutes of the last fault, what is wanted comes to be"
    /// Checked at the end of each world, for each process.
    case everyProcessWanted = "in the end nothing runs that nobody wants"
    /// Checked at the end of each world.
    case gatewayAgrees = "in the end the gateway routes to all that serves"
    /// Checked at the end of each world.
    case farewellHoldsNothing = "after the farewell nothing is held"
}

/// A sentence that did not hold.
public struct Violation: Error, Sendable, CustomStringConvertible {
    /// Which.
    public let sentence: Sentence
    /// What was seen instead.
    public let what: String
    /// When, in virtual seconds.
    public let seconds: Double

    /// The sentence and what was seen instead.
    public var description: String {
        "'\(sentence.rawValue)' does not hold at \(seconds) s: \(what)"
    }
}
