// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import TestSupport
import Testing
import Vocabulary

@testable import RequestDispatch

@Suite struct `Any history` {
    @Test(arguments: 0..<200 as Range<UInt64>)
    func `loses no request and gives nobody another's answer`(seed: UInt64) {
        var history = History(seed: seed)

        history.play(steps: 600)
        history.heal()

        #expect(history.complaints.isEmpty, "seed \(seed): \(history.complaints.prefix(3))")
        #expect(history.admitted == history.settled.count, "seed \(seed)")
        #expect(history.dispatcher.liveRequests == 0, "seed \(seed)")
        #expect(history.dispatcher.bytesHeld == 0, "seed \(seed)")
        #expect(history.dispatcher.bytesCopied == 0, "seed \(seed)")
    }

    @Test func `is the same when it is told again`() {
        var first = History(seed: 42)
        var second = History(seed: 42)

        first.play(steps: 600)
        second.play(steps: 600)

        #expect(first.log == second.log)
    }
}

/// A made-up world around a dispatcher, and what must hold in it.
///
/// The checker keeps its own books: it knows which request each slot of each lane holds from the
/// effects alone, and never asks the dispatcher.
private struct History {
    struct Held {
        let request: RequestID
        var isTaken = false
        var parts = 0
        var isWithdrawn = false
    }

    var dispatcher = Dispatcher()
    var random: SplitMix64
    var now = Moment(nanoseconds: 1_000_000_000)
    let deployment: DeploymentID
    var lanes: [(id: LaneID, slots: Int, held: [Held], probes: Int)] = []
    var receiving: [RequestID] = []
    var open: Set<RequestID> = []
    var copies: Set<RequestID> = []
    var settled: [RequestID: String] = [:]
    var admitted = 0
    var complaints: [String] = []
    var log: [DispatchEffect] = []

    init(seed: UInt64) {
        random = SplitMix64(seed: seed)
        deployment = dispatcher.addDeployment(
            DeploymentRules(
                waitingLimit: 40,
                deadline: .seconds(4),
                retry: seed % 3 == 0 ? .never : .once
            )
        )
    }

    mutating func play(steps: Int) {
        for _ in 0..<steps { step() }
    }

    private mutating func step() {
        now = now + .milliseconds(Int64(random.below(40)))
        switch random.below(13) {
        case 0 where lanes.count < 4: openLane()
        case 1 where !lanes.isEmpty && random.below(6) == 0: kill(random.below(lanes.count))
        case 2 where !open.isEmpty: abandonOne()
        case 3: tell(.tick)
        case 4, 5: takeOne()
        case 6, 7: answerOne()
        case 8: sendPart()
        case 9: returnOne()
        case 10: copyOne()
        default: admitOne()
        }
    }

    /// Faults stop: everything that is open must end.
    mutating func heal() {
        if lanes.isEmpty { openLane() }
        for request in receiving { tell(.arrived(request, digest: 0)) }
        receiving = []
        for _ in 0..<4_000 where !open.isEmpty || lanes.contains(where: { !$0.held.isEmpty }) {
            now = now + .milliseconds(5)
            if lanes.isEmpty { openLane() }
            takeOne()
            answerOne()
            returnOne()
            tell(.tick)
        }
    }

    private mutating func openLane() {
        let calls = 1 + random.below(3)
        let slots = calls + random.below(3)
        let id = dispatcher.addLane(
            to: deployment,
            revision: Revision(number: 1),
            calls: calls,
            slots: slots,
            at: now
        )
        lanes.append((id, slots, [], 0))
        tell(.laneRouted(id, true))
        tell(.laneReady(id))
    }

    private mutating func kill(_ place: Int) {
        let lane = lanes.remove(at: place)
        for held in lane.held where held.isTaken && !held.isWithdrawn {
            tell(.taken(held.request))
        }
        tell(.laneEnded(lane.id))
    }

    private mutating func admitOne() {
        guard
            case .admitted(let request, _) = dispatcher.admit(
                to: deployment,
                length: random.below(100),
                at: now
            )
        else { return }
        if open.contains(request) || settled[request] != nil {
            complaints.append("identity \(request) was given twice")
        }
        admitted += 1
        open.insert(request)
        if random.below(5) == 0 {
            receiving.append(request)
        } else {
            tell(.arrived(request, digest: 0))
        }
    }

    private mutating func copyOne() {
        guard
            case .admitted(let request, _) = dispatcher.admitCopy(
                to: deployment,
                length: random.below(100),
                at: now
            )
        else { return }
        if open.contains(request) || settled[request] != nil {
            complaints.append("identity \(request) was given twice")
        }
        admitted += 1
        open.insert(request)
        copies.insert(request)
        tell(.arrived(request, digest: 0))
    }

    /// Nobody waits for a copy: nobody leaves it.
    private mutating func abandonOne() {
        let sorted = open.subtracting(copies).sorted { $0.index < $1.index }
        guard !sorted.isEmpty else { return }
        let request = sorted[random.below(sorted.count)]
        settle(request, "client gone")
        receiving.removeAll { $0 == request }
        tell(.clientGone(request))
    }

    private mutating func takeOne() {
        guard !lanes.isEmpty else { return }
        let place = random.below(lanes.count)
        let index = lanes[place].held.firstIndex { !$0.isTaken && !$0.isWithdrawn }
        if let index { lanes[place].held[index].isTaken = true }
    }

    private mutating func answerOne() {
        guard !lanes.isEmpty else { return }
        let place = random.below(lanes.count)
        guard let index = lanes[place].held.firstIndex(where: \.isTaken) else { return }
        let held = lanes[place].held.remove(at: index)
        if open.contains(held.request) { settle(held.request, "answered") }
        tell(.answered(held.request))
    }

    /// Its client takes one part in two over at once.
    private mutating func sendPart() {
        guard !lanes.isEmpty else { return }
        let place = random.below(lanes.count)
        guard let index = lanes[place].held.firstIndex(where: { $0.isTaken && $0.parts < 2 })
        else { return }
        let request = lanes[place].held[index].request
        tell(.part(request))
        if random.below(2) == 0 {
            tell(.partRead(request))
        } else {
            lanes[place].held[index].parts += 1
        }
    }

    private mutating func returnOne() {
        guard !lanes.isEmpty else { return }
        let place = random.below(lanes.count)
        if lanes[place].probes > 0 {
            lanes[place].probes -= 1
            tell(.slotReturned(lanes[place].id))
        } else if let index = lanes[place].held.firstIndex(where: \.isWithdrawn) {
            lanes[place].held.remove(at: index)
            tell(.slotReturned(lanes[place].id))
        }
    }

    private mutating func settle(_ request: RequestID, _ how: String) {
        if open.remove(request) == nil {
            complaints.append("\(request) \(how) after \(settled[request] ?? "never having come")")
        }
        settled[request] = how
    }

    private mutating func tell(_ event: DispatchEvent) {
        var pending = dispatcher.decide(event, at: now)
        while !pending.isEmpty {
            let effect = pending.removeFirst()
            log.append(effect)
            if let answer = perform(effect) { pending += dispatcher.decide(answer, at: now) }
        }
    }

    private mutating func perform(_ effect: DispatchEffect) -> DispatchEvent? {
        switch effect {
        case .bind(let request, let lane), .bindCopy(let request, let lane):
            guard let place = lanes.firstIndex(where: { $0.id == lane }) else {
                complaints.append("\(request) was bound to a lane that is gone")
                return nil
            }
            if !open.contains(request) { complaints.append("\(request) was bound after its end") }
            let isHeld = lanes.contains { lane in
                lane.held.contains { $0.request == request && !$0.isWithdrawn }
            }
            if isHeld { complaints.append("\(request) is in two lanes") }
            lanes[place].held.append(Held(request: request))
            if lanes[place].held.count + lanes[place].probes > lanes[place].slots {
                complaints.append("lane \(lane) holds more than its slots")
            }
            return nil
        case .withdraw(let request, let lane):
            guard let place = lanes.firstIndex(where: { $0.id == lane }),
                let index = lanes[place].held.firstIndex(where: {
                    $0.request == request && !$0.isWithdrawn
                })
            else {
                complaints.append("\(request) was withdrawn from where it is not")
                return nil
            }
            if lanes[place].held[index].isTaken { return .begun(request) }
            lanes[place].held[index].isWithdrawn = true
            return .withdrawn(request)
        case .fail(let request, _):
            settle(request, "failed")
            receiving.removeAll { $0 == request }
            return nil
        case .probe(let lane):
            if let place = lanes.firstIndex(where: { $0.id == lane }) { lanes[place].probes += 1 }
            return nil
        case .eject(let lane, _):
            if let place = lanes.firstIndex(where: { $0.id == lane }) {
                lanes.remove(at: place)
                return .laneEnded(lane)
            }
            return nil
        case .forget(let request):
            if open.contains(request) { complaints.append("\(request) was forgotten while open") }
            return nil
        case .convict(let request, _):
            if copies.contains(request) { complaints.append("\(request), a copy, was convicted") }
            return nil
        case .drained: return nil
        }
    }
}
