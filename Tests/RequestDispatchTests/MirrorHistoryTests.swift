// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import TestSupport
import Testing
import Vocabulary

@testable import RequestDispatch

@Suite struct `A mirror` {
    @Test(arguments: 0..<200 as Range<UInt64>)
    func `changes nothing for live requests, whatever its scorers do`(seed: UInt64) {
        var without = MirroredHistory(seed: seed, isMirrored: false)
        var with = MirroredHistory(seed: seed, isMirrored: true)

        without.play(steps: 800)
        with.play(steps: 800)

        #expect(with.log == without.log, "seed \(seed)")
        #expect(with.copied > 0, "seed \(seed)")
        #expect(without.copied == 0, "seed \(seed)")
    }
}

/// The same live requests and scorers, with or without copies that go to scorers which are slow, die
/// and never answer.
///
/// What is live is driven by one source of chance and what is mirrored by another, so that both
/// histories see the same.
private struct MirroredHistory {
    /// What became of live requests, by their order and not by their identity.
    enum Line: Hashable {
        case refused(Int)
        case bound(Int, lane: Int)
        case withdrawn(Int)
        case failed(Int, String)
    }

    var dispatcher: Dispatcher
    var random: SplitMix64
    var mirrorRandom: SplitMix64
    var now = Moment(nanoseconds: 1_000_000_000)
    let live: DeploymentID
    let mirrored: DeploymentID
    let isMirrored: Bool
    var share = TrafficShare(percent: 50)
    var requests: [RequestID: Int] = [:]
    var lanes: [(id: LaneID, number: Int, held: [RequestID])] = []
    var opened = 0
    var arrivals = 0
    var mirroredLane: LaneID?
    var copies: [RequestID] = []
    var copied = 0
    var log: [Line] = []

    init(seed: UInt64, isMirrored: Bool) {
        var limits = DispatchLimits()
        // When lanes are looked at depends on whether any is busy: at most half a second's difference
        // in when an old request is moved. It never comes here.
        limits.lookInterval = .seconds(100_000)
        limits.probeInterval = .seconds(100_000)
        limits.heldBytes = 4_000
        limits.deploymentBytes = 4_000
        limits.shortBody = 10
        limits.copiedBytes = 2_000
        limits.copiesWaiting = 8
        dispatcher = Dispatcher(limits: limits)
        random = SplitMix64(seed: seed)
        mirrorRandom = SplitMix64(seed: seed &+ 1_000_000)
        let rules = DeploymentRules(
            waitingLimit: 10,
            pendingLimit: seed % 2 == 0 ? nil : 12,
            deadline: .seconds(2)
        )
        live = dispatcher.addDeployment(rules)
        mirrored = dispatcher.addDeployment(DeploymentRules(deadline: .seconds(1)))
        self.isMirrored = isMirrored
    }

    mutating func play(steps: Int) {
        for _ in 0..<steps {
            now = now + .milliseconds(Int64(random.below(60)))
            switch random.below(10) {
            case 0 where lanes.count < 3: openLane()
            case 1 where !lanes.isEmpty && random.below(8) == 0: killLane()
            case 2: tell(.tick)
            case 3, 4, 5: answerOne()
            default: arrive()
            }
            if isMirrored { disturb() }
        }
    }

    private mutating func openLane() {
        let calls = 1 + random.below(2)
        let id = dispatcher.addLane(
            to: live,
            revision: Revision(number: 1),
            calls: calls,
            slots: calls + 1,
            at: now
        )
        opened += 1
        lanes.append((id, opened, []))
        tell(.laneRouted(id, true))
        tell(.laneReady(id))
    }

    private mutating func killLane() {
        let lane = lanes.remove(at: random.below(lanes.count))
        if let first = lane.held.first { tell(.taken(first)) }
        tell(.laneEnded(lane.id))
    }

    private mutating func answerOne() {
        guard !lanes.isEmpty else { return }
        let place = random.below(lanes.count)
        guard !lanes[place].held.isEmpty else { return }
        tell(.answered(lanes[place].held.removeFirst()))
    }

    private mutating func arrive() {
        arrivals += 1
        let length = random.below(800)
        let admission = dispatcher.admit(to: live, length: length, at: now)
        guard case .admitted(let request, _) = admission else {
            log.append(.refused(arrivals))
            return
        }
        requests[request] = arrivals
        guard dispatcher.grow(request, by: length) == nil else {
            log.append(.refused(arrivals))
            return
        }
        tell(.arrived(request, digest: 0))
        guard isMirrored, share.next() else { return }
        let copy = dispatcher.admitCopy(to: mirrored, length: length, at: now)
        if case .admitted(let request, _) = copy {
            copied += 1
            tell(.arrived(request, digest: 0))
        }
    }

    /// Something happens to the mirrored deployment's scorer.
    private mutating func disturb() {
        switch mirrorRandom.below(12) {
        case 0 where mirroredLane == nil:
            let lane = dispatcher.addLane(
                to: mirrored,
                revision: Revision(number: 1),
                calls: 1,
                slots: 2,
                at: now
            )
            mirroredLane = lane
            tell(.laneRouted(lane, true))
            tell(.laneReady(lane))
        case 1:
            guard let lane = mirroredLane else { return }
            for copy in copies { tell(.taken(copy)) }
            copies = []
            mirroredLane = nil
            tell(.laneEnded(lane))
        case 2, 3, 4: if !copies.isEmpty { tell(.answered(copies.removeFirst())) }
        default: break
        }
    }

    private mutating func tell(_ event: DispatchEvent) {
        var pending = dispatcher.decide(event, at: now)
        while !pending.isEmpty {
            if let answer = perform(pending.removeFirst()) {
                pending += dispatcher.decide(answer, at: now)
            }
        }
    }

    private mutating func perform(_ effect: DispatchEffect) -> DispatchEvent? {
        switch effect {
        case .bind(let request, let lane):
            guard let place = lanes.firstIndex(where: { $0.id == lane }),
                let number = requests[request]
            else { return nil }
            lanes[place].held.append(request)
            log.append(.bound(number, lane: lanes[place].number))
            return nil
        case .bindCopy(let request, _):
            copies.append(request)
            return nil
        case .withdraw(let request, _):
            guard let number = requests[request] else {
                copies.removeAll { $0 == request }
                return .begun(request)
            }
            log.append(.withdrawn(number))
            return .begun(request)
        case .fail(let request, let failure):
            if let number = requests[request] {
                let word = "\(failure)".prefix { $0 != "(" }
                log.append(.failed(number, String(word)))
            }
            return nil
        case .convict, .forget, .probe, .eject, .drained: return nil
        }
    }
}
