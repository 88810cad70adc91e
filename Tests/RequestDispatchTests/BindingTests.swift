// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Testing
import Vocabulary

@testable import RequestDispatch

@Suite struct `The choice of a lane` {
    @Test func `follows the order of arrival`() throws {
        var stage = Stage()
        let requests = try (0..<3).map { _ in try stage.arrive().0 }

        let lane = stage.addLane()
        var bound = stage.start(lane)
        bound += stage.tell(.answered(requests[0]))
        bound += stage.tell(.answered(requests[1]))

        #expect(bound == requests.map { .bind($0, lane) })
    }

    @Test func `gives nothing to a lane that is not ready, not routed or draining`() throws {
        var stage = Stage()
        let lane = stage.addLane(calls: 4)
        let (first, unready) = try stage.arrive()
        let unrouted = stage.tell(.laneReady(lane))
        let routed = stage.tell(.laneRouted(lane, true))
        stage.tell(.laneDraining(lane))
        let (_, draining) = try stage.arrive()

        #expect(unready.isEmpty)
        #expect(unrouted.isEmpty)
        #expect(routed == [.bind(first, lane)])
        #expect(draining.isEmpty)
    }

    @Test func `fills a lane as far as it may, and lets one that may hold less run empty`() throws {
        var stage = Stage()
        let lane = stage.openLane()
        let requests = try (0..<4).map { _ in try stage.arrive().0 }

        let more = stage.tell(.laneHolds(lane, 3))
        stage.tell(.laneHolds(lane, 1))
        let still = stage.tell(.answered(requests[0])) + stage.tell(.answered(requests[1]))
        let last = stage.tell(.answered(requests[2]))

        #expect(more == [.bind(requests[1], lane), .bind(requests[2], lane)])
        #expect(still.isEmpty)
        #expect(last == [.bind(requests[3], lane)])
    }

    @Test func `prefers the lane that holds least and takes turns among equals`() throws {
        var stage = Stage()
        let lanes = (0..<3).map { _ in stage.openLane(calls: 2) }

        let bound = try (0..<6).flatMap { _ in try stage.arrive().1 }

        let counts = lanes.map { lane in
            bound.count { if case .bind(_, let to) = $0 { to == lane } else { false } }
        }
        #expect(counts == [2, 2, 2])
        let firstThree = bound.prefix(3).compactMap { effect -> LaneID? in
            if case .bind(_, let lane) = effect { lane } else { nil }
        }
        #expect(Set(firstThree) == Set(lanes))
    }

    @Test func `never exceeds a lane's slots, those of withdrawn requests included`() throws {
        var stage = Stage()
        let lane = stage.openLane()
        let (first, _) = try stage.arrive()
        let (second, _) = try stage.arrive()

        stage.tell(.clientGone(first))
        let onWithdrawn = stage.tell(.withdrawn(first))
        let onReturn = stage.tell(.slotReturned(lane))

        #expect(onWithdrawn == [.forget(first)])
        #expect(onReturn == [.bind(second, lane)])
    }

    @Test func `asks a lane that holds more than it calls to give one to an idle lane`() throws {
        var stage = Stage()
        let full = stage.openLane(calls: 1, slots: 3)
        let requests = try (0..<3).map { _ in try stage.arrive().0 }
        stage.tell(.taken(requests[0]))
        let idle = stage.openLane()
        let (own, bound) = try stage.arrive()

        let asked = stage.tell(.answered(own))
        let moved = stage.tell(.withdrawn(requests[2]))

        #expect(bound == [.bind(own, idle)])
        #expect(asked == [.withdraw(requests[2], full)])
        #expect(moved == [.bind(requests[2], idle)])
    }

    @Test func `leaves a request where it is when the scorer had begun it`() throws {
        var stage = Stage()
        let full = stage.openLane(calls: 1, slots: 2)
        let requests = try (0..<2).map { _ in try stage.arrive().0 }
        _ = stage.openLane()
        let (own, _) = try stage.arrive()
        let asked = stage.tell(.answered(own))

        let effects = stage.tell(.begun(requests[1]))
        let ended = stage.tell(.answered(requests[1]))

        #expect(asked == [.withdraw(requests[1], full)])
        #expect(effects.isEmpty)
        #expect(ended.isEmpty)
    }

    @Test func `reports a draining lane once, when it is empty`() throws {
        var stage = Stage()
        let lane = stage.openLane()
        let (request, _) = try stage.arrive()

        let atOnce = stage.tell(.laneDraining(lane))
        let later = stage.tell(.answered(request))
        let again = stage.tell(.laneDraining(lane))

        #expect(atOnce.isEmpty)
        #expect(later == [.drained(lane)])
        #expect(again.isEmpty)
    }
}

@Suite struct `One client's share` {
    @Test func `is a quarter of the calls of the lanes that serve, and one at least`() {
        var stage = Stage()
        let before = stage.dispatcher.share(of: stage.deployment)

        _ = stage.openLane(calls: 5, slots: 100)
        let ofFive = stage.dispatcher.share(of: stage.deployment)
        let second = stage.openLane(calls: 8)
        _ = stage.addLane(calls: 100)
        let ofThirteen = stage.dispatcher.share(of: stage.deployment)
        stage.tell(.laneDraining(second))
        let after = stage.dispatcher.share(of: stage.deployment)

        #expect([before, ofFive, ofThirteen, after] == [1, 1, 3, 1])
    }
}

@Suite struct `A split` {
    @Test func `gives each deployment exactly its percentage, spread out`() {
        let split = TrafficSplit(percents: [90, 10])

        let turns = (0..<1_000).map { split.choose(sequence: $0) }

        #expect(turns.count { $0 == 1 } == 100)
        let positions = turns.indices.filter { turns[$0] == 1 }
        let gaps = zip(positions, positions.dropFirst()).map { $1 - $0 }
        #expect((gaps.min() ?? 0) >= 5)
    }

    @Test func `gives nothing to nobody`() {
        #expect(TrafficSplit(percents: []).choose(sequence: 7) == nil)
        #expect(TrafficSplit(percents: [0, 0]).choose(sequence: 7) == nil)
    }

    @Test func `gives everything to the only one with traffic`() {
        let split = TrafficSplit(percents: [0, 100, 0])

        #expect((0..<50).allSatisfy { split.choose(sequence: $0) == 1 })
    }
}
