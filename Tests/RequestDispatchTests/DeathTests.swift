// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Testing
import Vocabulary

@testable import RequestDispatch

@Suite struct `A scorer's death` {
    @Test func `moves what was not begun to another lane, in its order`() throws {
        var stage = Stage()
        let dying = stage.openLane(calls: 3)
        let requests = try (0..<3).map { _ in try stage.arrive().0 }
        let (waiting, _) = try stage.arrive()

        stage.tell(.laneEnded(dying))
        let other = stage.addLane(calls: 4)
        let bound = stage.start(other)

        #expect(bound == (requests + [waiting]).map { .bind($0, other) })
        #expect(stage.dispatcher.figures(of: stage.deployment).redispatched == 0)
    }

    @Test func `has what was begun scored again elsewhere`() throws {
        var stage = Stage()
        let dying = stage.openLane()
        let (request, _) = try stage.arrive()
        stage.tell(.taken(request))
        let other = stage.openLane()

        let effects = stage.tell(.laneEnded(dying))
        let ended = stage.tell(.answered(request))

        #expect(effects == [.bind(request, other)])
        #expect(ended.isEmpty)
        #expect(stage.dispatcher.figures(of: stage.deployment).redispatched == 1)
        #expect(stage.dispatcher.liveRequests == 0)
    }

    @Test func `fails what was begun at once where it may not be scored twice`() throws {
        var stage = Stage(DeploymentRules(retry: .never))
        let dying = stage.openLane(calls: 2)
        _ = stage.openLane(calls: 2)
        let (begun, _) = try stage.arrive()
        stage.tell(.taken(begun))

        let effects = stage.tell(.laneEnded(dying))

        #expect(effects == [.fail(begun, .lost(dying))])
    }

    @Test func `has suspects scored one at a time, alone in a lane`() throws {
        var stage = Stage()
        let dying = stage.openLane(calls: 2)
        let suspects = try (0..<2).map { _ in try stage.arrive().0 }
        for suspect in suspects { stage.tell(.taken(suspect)) }
        let other = stage.openLane(calls: 4)
        let (innocent, busy) = try stage.arrive()

        let atDeath = stage.tell(.laneEnded(dying))
        let (late, heldBack) = try stage.arrive()
        let first = stage.tell(.answered(innocent))
        let second = stage.tell(.answered(suspects[0]))
        let rest = stage.tell(.answered(suspects[1]))

        #expect(busy == [.bind(innocent, other)])
        #expect(atDeath.isEmpty)
        #expect(heldBack.isEmpty)
        #expect(first == [.bind(suspects[0], other)])
        #expect(second == [.bind(suspects[1], other)])
        #expect(rest == [.bind(late, other)])
    }

    @Test func `convicts a request that was alone, and refuses its body for ten minutes`() throws {
        var stage = Stage()
        let first = stage.openLane()
        let (request, _) = try stage.arrive(digest: 7)
        stage.tell(.taken(request))
        let second = stage.openLane()
        stage.tell(.laneEnded(first))
        stage.tell(.taken(request))

        let effects = stage.tell(.laneEnded(second))
        let killing = Killing(lane: second, revision: Revision(number: 1))
        stage.dispatcher.refuse(digest: 7, for: killing, of: stage.deployment, at: stage.now)
        let third = stage.openLane()
        let (again, refused) = try stage.arrive(digest: 7)
        let (other, accepted) = try stage.arrive(digest: 8)
        stage.tell(.answered(other))
        stage.now = stage.now + .seconds(601)
        let (late, forgiven) = try stage.arrive(digest: 7)

        #expect(effects == [.convict(request, killing), .fail(request, .convicted)])
        #expect(refused == [.fail(again, .convicted)])
        #expect(accepted == [.bind(other, third)])
        #expect(forgiven == [.bind(late, third)])
    }

    @Test func `acquits a suspect whose lane died before it was begun`() throws {
        var stage = Stage()
        let first = stage.openLane()
        let (request, _) = try stage.arrive()
        stage.tell(.taken(request))
        let second = stage.openLane()
        stage.tell(.laneEnded(first))

        stage.tell(.laneEnded(second))
        let third = stage.addLane()
        let effects = stage.start(third)

        #expect(effects == [.bind(request, third)])
    }

    @Test func `ends a request that outlived four lanes`() throws {
        var stage = Stage()
        let (request, _) = try stage.arrive()

        var effects: [DispatchEffect] = []
        for _ in 0..<4 {
            let lane = stage.openLane()
            effects = stage.tell(.laneEnded(lane))
        }

        #expect(effects == [.fail(request, .outlivedLanes)])
        #expect(stage.dispatcher.liveRequests == 0)
    }

    @Test func `row 3: of many at once does not count against what stood behind others`() throws {
        var stage = Stage(DeploymentRules(retry: .never))
        let lanes = (0..<12).map { _ in stage.openLane(slots: 16) }
        let begun = try lanes.map { _ in try stage.arrive().0 }
        for request in begun { stage.tell(.taken(request)) }
        let behind = try lanes.map { _ in try stage.arrive().0 }

        let ends = lanes.flatMap { stage.tell(.laneEnded($0)) }
        let fresh = stage.addLane(slots: behind.count)
        let bound = stage.start(fresh)

        let failed = ends.filter { if case .fail = $0 { true } else { false } }
        #expect(failed == zip(begun, lanes).map { .fail($0, .lost($1)) })
        #expect(Set(bound) == Set(behind.map { .bind($0, fresh) }))
    }

    @Test func `never repeats a request once a part of its answer has left`() throws {
        var stage = Stage()
        let dying = stage.openLane()
        let (request, _) = try stage.arrive()
        stage.tell(.part(request))
        _ = stage.openLane()

        let effects = stage.tell(.laneEnded(dying))

        #expect(effects == [.fail(request, .brokenOff(dying))])
    }

    @Test func `delivers what was answered though not read`() throws {
        var stage = Stage()
        let dying = stage.openLane(calls: 2)
        let (answered, _) = try stage.arrive()
        let (begun, _) = try stage.arrive()
        let other = stage.openLane(calls: 2)

        let delivered = stage.tell(.answered(answered))
        stage.tell(.taken(begun))
        let effects = stage.tell(.laneEnded(dying))

        #expect(delivered.isEmpty)
        #expect(effects == [.bind(begun, other)])
    }

    @Test func `drops what nobody waits for`() throws {
        var stage = Stage()
        let dying = stage.openLane()
        let (request, _) = try stage.arrive()
        stage.tell(.taken(request))
        stage.tell(.clientGone(request))
        stage.tell(.begun(request))
        _ = stage.openLane()

        let effects = stage.tell(.laneEnded(dying))

        #expect(effects == [.forget(request)])
        #expect(stage.dispatcher.bytesHeld == 0)
    }
}
