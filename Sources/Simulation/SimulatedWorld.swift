// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Rulebook
import Vocabulary

/// A machine, its supervisor and its bad luck, in virtual time, all from one seed.
struct SimulatedWorld {
    var random: SplitMix64
    /// What people do beside that, so that a world without them stays the same.
    var people: SplitMix64
    /// What callers asked and revisions answered, likewise.
    var asked: SplitMix64
    /// What befalls nodes without ending them, for the same reason.
    var nature: SplitMix64
    var now = Moment.zero
    var agenda = Agenda<Happening>()
    var referee = Referee()
    var fingerprint = Fingerprint()
    var decisions = 0
    let policy: Policy
    /// Whether what was decided by looking at a part is decided by looking at everything as well.
    var decidesTwice = true
    /// Who is handed the story, line by line.
    var telling: ((String) -> Void)?

    // The machine.
    var nodes: [SimulatedNode]
    var gateway = SimulatedGateway()
    var nextPid: Int32 = 1_000
    var faults: FaultPlan

    // The supervisor.
    /// What it knows; nothing while it is dead.
    var rulebook: Rulebook?
    /// What would be known of it after its death, piece by piece.
    var durable: [RulebookPart.ID: RulebookPart] = [:]
    /// What of what it knows could not be written down yet.
    var unwritten = RulebookChanges()
    /// Runs that it spawned since it last could write anything down.
    var undurable: [Run] = []
    /// Whether anything happened since then.
    var isMemoryOld = false
    var life = 0
    var isDiskFull = false
    var hasSaidFarewell = false

    // What is asked of it.
    let keys: [DeploymentKey]
    /// Revisions of which no run ever becomes ready.
    var broken: Set<String> = []
    /// Revisions of which three in ten answers fail.
    var failing: Set<String> = []
    /// Revisions that answer otherwise than the one before.
    var different: Set<String> = []
    /// Runs that answer no probe.
    var ill: [Run] = []
    /// Whether probes are asked at all.
    let hasProbes: Bool
    /// Whether revisions are compared before they serve.
    let comparesAnswers: Bool
    /// Whether callers send what no revision can answer.
    let hasBadClients: Bool

    init(seed: UInt64, policy: Policy) {
        var random = SplitMix64(seed: seed)
        self.policy = policy
        var people = SplitMix64(seed: ~seed)
        var faults = FaultPlan(&random)
        faults.addPeople(&people)
        self.people = people
        var asked = SplitMix64(seed: seed &+ 0x0a5c_ed00_0000_0000)
        faults.addComparisons(&asked)
        self.asked = asked
        comparesAnswers = faults.comparisons
        var nature = SplitMix64(seed: seed ^ 0x5DEE_CE66_D5DE_ECE6)
        faults.addStops(&nature)
        self.nature = nature
        self.faults = faults
        hasBadClients = faults.badClients
        hasProbes = faults.illness
        nodes = (1...random.number(1...3)).map { number in
            SimulatedNode(
                name: NodeName(number: number),
                share: Demand(millicores: 2_000 * random.number(2...6))
            )
        }
        let names = ["iris/default", "iris/second", "wine/default"].compactMap(Self.key)
        keys = Array(names.prefix(random.number(1...3)))
        self.random = random
        for node in nodes { referee.shares[node.name] = node.share }
    }

    private static func key(_ text: String) -> DeploymentKey? {
        InstanceID("\(text)/1")?.key
    }

    /// Lives until `end`, or until nothing more can happen, or until a sentence is broken.
    mutating func live(until end: Moment) {
        while referee.violation == nil {
            let tick = rulebook?.nextDeadline
            let planned = agenda.next
            guard let next = [tick, planned].compactMap({ $0 }).min(), next <= end else { break }
            now = max(now, next)
            referee.now = now
            if let planned, planned <= next, let taken = agenda.take() {
                happen(taken.item)
            } else {
                deliver(.tick)
            }
        }
        if referee.violation == nil { now = max(now, end) }
    }

    mutating func plan(_ happening: Happening, in delay: Duration) {
        agenda.plan(happening, at: now + delay)
    }

    mutating func happen(_ happening: Happening) {
        if isHeldUp(happening) { return }
        switch happening {
        case .word(let event, let node, let connection):
            guard nodes[node].isConnected, nodes[node].connection == connection else { return }
            if case .nodeJoined = event { nodes[node].isGreeted = true }
            deliver(event)
        case .gatewayWord(let event, let connection):
            guard gateway.isConnected, gateway.connection == connection else { return }
            if case .gatewayJoined = event { gateway.isGreeted = true }
            deliver(event)
        case .result(let event, let life):
            if self.life == life { deliver(event) }
        case .order(let effect, let node, let connection):
            if nodes[node].isConnected, nodes[node].connection == connection {
                carryOut(effect, on: node)
            }
        case .gatewayOrder(let effect, let connection):
            if gateway.isConnected, gateway.connection == connection { carryOut(effect) }
        case .reach(let node, let life):
            if self.life == life { reach(node) }
        case .reachGateway(let life):
            if self.life == life { reachGateway() }
        case .spawned(let run, let revision, let node): begin(run, revision, on: node)
        case .loads(let run, let node): load(run, on: node)
        case .ends(let run, let node, let report): end(run, on: node, report)
        case .sayReady(let run, let life): sayReady(run, life)
        case .noteBrokenLane(let run, let reason, let life): breakLane(run, reason, life)
        case .finishDrain(let run, let life): finishDrain(run, life)
        case .trouble: makeTrouble()
        case .change: change()
        case .share: share()
        case .stops(let node, let length): stop(node, for: length)
        case .goesOn(let node, let stop): goOn(node, stop)
        case .fallsSilent(let node, let stop): fallSilent(node, stop)
        case .slows(let node, let isSlow): nodes[node].isSlow = isSlow
        case .command(let event): deliver(event)
        case .compareEnds(let run, let revision, let most, let life):
            endComparison(run, revision, most, life)
        case .probeEnds(let run, let kind, let life): endProbe(run, kind, life)
        case .falls(let isIll): fall(ill: isIll)
        case .count: countAnswers()
        case .supervisorReturns: startSupervisor()
        case .diskFree: isDiskFull = false
        }
    }
}
