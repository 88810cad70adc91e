// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Testing
import Vocabulary

@testable import RequestDispatch

extension Stage {
    /// A copy that was let in, and what followed.
    mutating func copy(length: Int = 10) throws -> (RequestID, [DispatchEffect]) {
        let admission = dispatcher.admitCopy(to: deployment, length: length, at: now)
        guard case .admitted(let request, _) = admission else {
            throw Unexpected(what: "\(admission)")
        }
        return (request, tell(.arrived(request, digest: 0)))
    }

    /// Why a copy is not let in.
    mutating func shed(length: Int = 10) -> CopyShed? {
        guard
            case .shed(let reason) = dispatcher.admitCopy(to: deployment, length: length, at: now)
        else { return nil }
        return reason
    }
}

@Suite struct `A copy` {
    @Test func `is scored where no live request waits, and comes after all that do`() throws {
        var stage = Stage()
        let lane = stage.openLane()
        let (first, _) = try stage.arrive()
        let (copy, nothing) = try stage.copy()
        let (second, _) = try stage.arrive()

        let then = stage.tell(.answered(first))
        let last = stage.tell(.answered(second))

        #expect(nothing.isEmpty)
        #expect(then == [.bind(second, lane)])
        #expect(last == [.bindCopy(copy, lane)])
    }

    @Test func `is given only to a scorer that could begin it at once`() throws {
        var stage = Stage()
        let lane = stage.openLane(calls: 2, slots: 4)
        let (one, bound) = try stage.copy()
        _ = try stage.copy()
        let (third, waits) = try stage.copy()

        let (live, atOnce) = try stage.arrive()
        stage.tell(.answered(live))
        let later = stage.tell(.answered(one))

        #expect(bound == [.bindCopy(one, lane)])
        #expect(waits.isEmpty)
        #expect(atOnce == [.bind(live, lane)])
        #expect(later == [.bindCopy(third, lane)])
    }

    @Test func `counts in none of the limits of live requests`() throws {
        var limits = DispatchLimits()
        limits.heldBytes = 100
        limits.deploymentBytes = 100
        limits.shortBody = 0
        var stage = Stage(DeploymentRules(waitingLimit: 1, pendingLimit: 1), limits: limits)
        for _ in 0..<20 { _ = try stage.copy(length: 100) }

        let request = try stage.admit(length: 100)
        let refusal = stage.dispatcher.grow(request, by: 100)
        let figures = stage.dispatcher.figures(of: stage.deployment)

        #expect(refusal == nil)
        #expect(figures.waiting == 1)
        #expect(figures.copiesWaiting == 20)
        #expect(stage.dispatcher.bytesHeld == 100)
        #expect(stage.dispatcher.bytesCopied == 2_000)
    }

    @Test func `is shed where it is too long, too many wait, or too much is held`() throws {
        var limits = DispatchLimits()
        limits.copiesWaiting = 2
        limits.copiedBytes = 1_000
        limits.longestCopy = 800
        var stage = Stage(limits: limits)

        let long = stage.shed(length: 801)
        let (first, _) = try stage.copy(length: 800)
        let bytes = stage.shed(length: 201)
        _ = try stage.copy(length: 200)
        let many = stage.shed(length: 0)
        _ = stage.openLane()
        stage.tell(.answered(first))
        let room = try stage.copy(length: 800)

        #expect([long, bytes, many] == [.tooLong, .tooManyBytes, .tooManyWaiting])
        #expect(room.1.isEmpty)
        #expect(stage.dispatcher.bytesCopied == 1_000)
    }

    @Test func `is shed where its deployment takes none`() throws {
        var closed = Stage(DeploymentRules(isOpen: false))
        var small = Stage(DeploymentRules(bodyLimit: 5))

        #expect(closed.shed() == .closed)
        #expect(small.shed() == .tooLong)
    }

    @Test func `has a deadline of its own, in the queue and in a lane`() throws {
        var stage = Stage(DeploymentRules(deadline: .seconds(2)))
        let lane = stage.openLane()
        let (bound, _) = try stage.copy()
        let (waiting, _) = try stage.copy()

        let early = stage.wait(.milliseconds(1_900))
        let effects = stage.wait(.milliseconds(200))

        #expect(early.allSatisfy { if case .fail = $0 { false } else { true } })
        #expect(
            effects.filter { if case .fail = $0 { true } else { false } }
                == [.fail(bound, .deadline), .fail(waiting, .deadline)]
        )
        #expect(effects.contains(.withdraw(bound, lane)))
        #expect(stage.dispatcher.figures(of: stage.deployment).abandoned == 0)
    }

    @Test func `whose scorer dies is over, is no suspect and convicts nobody`() throws {
        var stage = Stage()
        let lane = stage.openLane(calls: 2, slots: 2)
        let (copy, _) = try stage.copy()
        let (live, _) = try stage.arrive()
        stage.tell(.taken(copy))
        stage.tell(.taken(live))

        let death = stage.tell(.laneEnded(lane))
        let next = stage.openLane()
        stage.tell(.taken(live))
        let answered = stage.tell(.answered(live))

        #expect(death == [.fail(copy, .lost(lane))])
        #expect(answered.isEmpty)
        #expect(!stage.dispatcher.needsDigest(stage.deployment), "\(next)")
        #expect(stage.dispatcher.liveRequests == 0)
    }

    @Test func `alone in the lane that it ends has no body refused`() throws {
        var stage = Stage()
        for _ in 0..<3 {
            let lane = stage.openLane()
            let (copy, _) = try stage.copy()
            stage.tell(.taken(copy))

            #expect(stage.tell(.laneEnded(lane)) == [.fail(copy, .lost(lane))])
        }
        #expect(!stage.dispatcher.needsDigest(stage.deployment))
    }

    @Test func `that no scorer had begun goes to another lane`() throws {
        var stage = Stage()
        let lane = stage.openLane()
        let (copy, _) = try stage.copy()

        stage.tell(.laneEnded(lane))
        let other = stage.addLane()

        #expect(stage.start(other) == [.bindCopy(copy, other)])
    }

    @Test func `keeps out of the lane in which a suspect is to be alone`() throws {
        var stage = Stage()
        let first = stage.openLane()
        let (suspect, _) = try stage.arrive()
        stage.tell(.taken(suspect))
        stage.tell(.laneEnded(first))
        let lane = stage.addLane(calls: 2, slots: 2)
        let alone = stage.start(lane)

        let (copy, nothing) = try stage.copy()

        #expect(alone == [.bind(suspect, lane)])
        #expect(nothing.isEmpty)
        #expect(stage.tell(.answered(suspect)) == [.bindCopy(copy, lane)])
    }

    @Test func `in parts is over at its deadline, and its scorer has time to see that`() throws {
        var limits = DispatchLimits()
        limits.probeInterval = .seconds(1_000)
        var stage = Stage(DeploymentRules(deadline: .seconds(3)), limits: limits)
        let lane = stage.openLane()
        let (copy, _) = try stage.copy()
        stage.tell(.taken(copy))
        stage.tell(.part(copy))
        stage.wait(.seconds(1))
        stage.tell(.part(copy))

        let over = stage.wait(.milliseconds(2_100))
        stage.tell(.begun(copy))
        let patient = stage.wait(.seconds(3))
        // In small steps: what we were late ourselves is not counted against a scorer.
        let hung = (0..<6).flatMap { _ in stage.wait(.milliseconds(250)) }

        #expect(over.contains(.fail(copy, .deadline)))
        #expect(over.contains(.withdraw(copy, lane)))
        #expect(patient.isEmpty)
        #expect(hung == [.eject(lane, .overdue)])
    }

    @Test func `that waits is failed when its deployment closes`() throws {
        var stage = Stage()
        let (copy, _) = try stage.copy()
        stage.dispatcher.setRules(DeploymentRules(isOpen: false), of: stage.deployment)

        let effects = stage.tell(.closed(stage.deployment))

        #expect(effects == [.fail(copy, .closed)])
        #expect(stage.dispatcher.bytesCopied == 0)
    }
}

@Suite struct `A limit in flight` {
    @Test func `counts what waits and what is scored, and lets in again when one is over`() throws {
        var stage = Stage(DeploymentRules(pendingLimit: 2))
        _ = stage.openLane()
        let (first, _) = try stage.arrive()
        _ = try stage.arrive()

        let refused = stage.dispatcher.admit(to: stage.deployment, length: 0, at: stage.now)
        stage.tell(.answered(first))
        _ = try stage.arrive()

        #expect(refused == .refused(.tooManyPending))
        #expect(stage.dispatcher.liveRequests == 2)
    }

    @Test func `refuses when it is whole one that came in while there was room`() throws {
        var stage = Stage(DeploymentRules(pendingLimit: 1))
        let slow = try stage.admit()
        let also = try stage.admit()

        let whole = stage.tell(.arrived(also, digest: 0))
        let late = stage.tell(.arrived(slow, digest: 0))

        #expect(whole.isEmpty)
        #expect(late == [.fail(slow, .tooManyPending)])
        #expect(stage.dispatcher.liveRequests == 1)
    }
}
