// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Testing
import Vocabulary

@testable import RequestDispatch

@Suite struct `A conviction` {
    /// A stage on which body 7 has killed two scorers of a revision, and who was killed.
    private func convicted(under revision: Int) throws -> (Stage, Killing) {
        var stage = Stage()
        let first = stage.openLane(revision: revision)
        let (request, _) = try stage.arrive(digest: 7)
        stage.tell(.taken(request))
        let second = stage.openLane(revision: revision)
        stage.tell(.laneEnded(first))
        stage.tell(.taken(request))
        let killing = Killing(lane: second, revision: Revision(number: revision))
        let effects = stage.tell(.laneEnded(second))
        #expect(effects == [.convict(request, killing), .fail(request, .convicted)])
        stage.dispatcher.refuse(digest: 7, for: killing, of: stage.deployment, at: stage.now)
        return (stage, killing)
    }

    @Test func `binds the revision under which it was made, and no other`() throws {
        var (stage, _) = try convicted(under: 2)

        let good = stage.openLane(revision: 1)
        let (gone, back) = try stage.arrive(digest: 7)
        stage.tell(.answered(gone))
        stage.tell(.laneEnded(good))
        _ = stage.openLane(revision: 2)
        let (again, refused) = try stage.arrive(digest: 7)

        #expect(back == [.bind(gone, good)])
        #expect(refused == [.fail(again, .convicted)])
    }

    @Test func `leaves the body to the other revision where two are routed`() throws {
        var (stage, _) = try convicted(under: 2)
        let good = stage.openLane(revision: 1)
        let (busy, _) = try stage.arrive(digest: 8)
        let bad = stage.openLane(revision: 2)

        let (body, waits) = try stage.arrive(digest: 7)
        let turn = stage.tell(.answered(busy))
        let (other, free) = try stage.arrive(digest: 8)

        #expect(waits.isEmpty)
        #expect(turn == [.bind(body, good)])
        #expect(free == [.bind(other, bad)])
    }

    @Test func `has what waits refused once nobody else takes requests`() throws {
        var (stage, _) = try convicted(under: 2)
        let good = stage.openLane(revision: 1)
        let (busy, _) = try stage.arrive(digest: 8)
        _ = stage.openLane(revision: 2)
        let (body, _) = try stage.arrive(digest: 7)

        let effects = stage.tell(.laneRouted(good, false))

        #expect(effects == [.fail(body, .convicted)])
        #expect(stage.tell(.answered(busy)).isEmpty)
    }

    @Test func `waits with the body for a lane, as long as none takes requests`() throws {
        var (stage, _) = try convicted(under: 2)

        let (body, waits) = try stage.arrive(digest: 7)
        let good = stage.addLane(revision: 3)

        #expect(waits.isEmpty)
        #expect(stage.start(good) == [.bind(body, good)])
    }

    @Test func `does not have the body moved to the lane that would refuse it`() throws {
        var (stage, _) = try convicted(under: 2)
        let good = stage.openLane(calls: 1, slots: 2, revision: 1)
        let bad = stage.openLane(revision: 2)
        let (first, _) = try stage.arrive(digest: 7)
        let (second, bound) = try stage.arrive(digest: 7)
        stage.tell(.taken(first))

        let idle = stage.wait(.milliseconds(600))

        #expect(bound == [.bind(second, good)])
        #expect(!idle.contains(.withdraw(second, good)))
        #expect(stage.dispatcher.needsDigest(stage.deployment))
        stage.tell(.laneEnded(bad))
    }

    @Test func `goes with its deployment`() throws {
        var (stage, _) = try convicted(under: 1)

        stage.dispatcher.forgetConvictions(of: stage.deployment)
        let lane = stage.openLane(revision: 1)
        let (body, effects) = try stage.arrive(digest: 7)

        #expect(effects == [.bind(body, lane)])
        #expect(!stage.dispatcher.needsDigest(stage.deployment))
    }

    @Test func `is forgotten after ten minutes, and no digest is needed any more`() throws {
        var (stage, _) = try convicted(under: 1)
        let lane = stage.openLane()

        stage.now = stage.now + .seconds(600)
        let (body, effects) = try stage.arrive(digest: 7)

        #expect(effects == [.bind(body, lane)])
        #expect(!stage.dispatcher.needsDigest(stage.deployment))
    }

    @Test func `is taken back where the lane turns out to have gone with its node`() throws {
        var (stage, killing) = try convicted(under: 1)

        stage.tell(.laneExcused(killing.lane, stage.deployment))
        let lane = stage.openLane()
        let (body, effects) = try stage.arrive(digest: 7)

        #expect(effects == [.bind(body, lane)])
    }
}

@Suite struct `A lane that went with its node` {
    @Test(arguments: [true, false])
    func `leaves what it held as innocent as it was, however often`(isToldBefore: Bool) throws {
        var stage = Stage()
        var lane = stage.openLane()
        let (request, _) = try stage.arrive(digest: 7)

        for _ in 0..<6 {
            stage.tell(.taken(request))
            if isToldBefore { stage.tell(.laneExcused(lane, stage.deployment)) }
            let ended = stage.tell(.laneEnded(lane))
            if !isToldBefore { stage.tell(.laneExcused(lane, stage.deployment)) }
            #expect(ended.isEmpty)
            let next = stage.addLane()
            #expect(stage.start(next) == [.bind(request, next)])
            lane = next
        }

        #expect(stage.tell(.answered(request)).isEmpty)
        #expect(stage.dispatcher.figures(of: stage.deployment).redispatched == 0)
    }

    @Test func `lets its suspect be scored beside others once that is told`() throws {
        var stage = Stage()
        let lost = stage.openLane()
        let (suspect, _) = try stage.arrive()
        stage.tell(.taken(suspect))
        let other = stage.openLane(calls: 2)
        let (busy, _) = try stage.arrive()

        let alone = stage.tell(.laneEnded(lost))
        let beside = stage.tell(.laneExcused(lost, stage.deployment))

        #expect(alone.isEmpty)
        #expect(beside == [.bind(suspect, other)])
        #expect(stage.tell(.answered(busy)).isEmpty)
    }

    @Test func `frees the lane that its suspect had for itself`() throws {
        var stage = Stage()
        let lost = stage.openLane()
        let (suspect, _) = try stage.arrive()
        stage.tell(.taken(suspect))
        let other = stage.openLane(calls: 2)
        stage.tell(.laneEnded(lost))
        let (behind, held) = try stage.arrive()

        let effects = stage.tell(.laneExcused(lost, stage.deployment))

        #expect(held.isEmpty)
        #expect(effects == [.bind(behind, other)])
    }

    @Test func `excuses nothing that another lane's end had counted`() throws {
        var stage = Stage()
        let dead = stage.openLane()
        let (request, _) = try stage.arrive(digest: 7)
        stage.tell(.taken(request))
        let lost = stage.openLane()
        stage.tell(.laneEnded(dead))
        stage.tell(.laneEnded(lost))
        stage.tell(.laneExcused(lost, stage.deployment))
        let last = stage.openLane()
        stage.tell(.taken(request))

        let effects = stage.tell(.laneEnded(last))

        #expect(effects.last == .fail(request, .convicted))
    }

    @Test func `fails at once what may not be scored twice`() throws {
        var stage = Stage(DeploymentRules(retry: .never))
        let lost = stage.openLane()
        let (request, _) = try stage.arrive()
        stage.tell(.taken(request))
        stage.tell(.laneExcused(lost, stage.deployment))

        #expect(stage.tell(.laneEnded(lost)) == [.fail(request, .lost(lost))])
    }
}
