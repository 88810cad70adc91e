// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Testing
import Vocabulary

@testable import RequestDispatch

@Suite struct `A deadline` {
    @Test func `fails a request that waits, and one whose body is coming`() throws {
        var stage = Stage(DeploymentRules(deadline: .seconds(5)))
        let (waiting, _) = try stage.arrive()
        let receiving = try stage.admit()

        let before = stage.wait(.seconds(4))
        let after = stage.wait(.seconds(1))

        #expect(before.isEmpty)
        #expect(after == [.fail(waiting, .deadline), .fail(receiving, .deadline)])
        #expect(stage.dispatcher.figures(of: stage.deployment).abandoned == 2)
    }

    @Test func `answers a bound request once and takes it back`() throws {
        var stage = Stage(DeploymentRules(deadline: .seconds(1)))
        let lane = stage.openLane()
        let (request, _) = try stage.arrive()

        let late = stage.wait(.seconds(1))
        let withdrawn = stage.tell(.withdrawn(request))
        let again = stage.wait(.milliseconds(1))

        #expect(late == [.fail(request, .deadline), .withdraw(request, lane)])
        #expect(withdrawn == [.forget(request)])
        #expect(again.isEmpty)
        #expect(stage.dispatcher.liveRequests == 0)
    }

    @Test func `is wanted as a tick no later than it passes`() throws {
        var stage = Stage(DeploymentRules(deadline: .milliseconds(70)))
        _ = stage.openLane()
        let (_, _) = try stage.arrive()

        #expect(stage.dispatcher.nextTick == stage.now + .milliseconds(70))
    }

    @Test func `keeps its order when the rule is shortened`() throws {
        var stage = Stage(DeploymentRules(deadline: .seconds(60)))
        let (long, _) = try stage.arrive()
        stage.dispatcher.setRules(
            DeploymentRules(deadline: .seconds(1)),
            of: stage.deployment
        )
        let (short, _) = try stage.arrive()

        #expect(stage.wait(.seconds(2)) == [.fail(short, .deadline)])
        #expect(stage.wait(.seconds(60)) == [.fail(long, .deadline)])
    }

    @Test func `is honoured when the scorer declines what is late`() throws {
        var stage = Stage(DeploymentRules(deadline: .seconds(1)))
        _ = stage.openLane()
        let (request, _) = try stage.arrive()
        stage.now = stage.now + .seconds(1)

        #expect(stage.tell(.declined(request)) == [.fail(request, .deadline)])
    }
}

@Suite struct `A hung scorer` {
    /// Lets time pass in the steps in which the gateway looks.
    private func pass(_ seconds: Int, on stage: inout Stage) -> [DispatchEffect] {
        (0..<seconds * 2).flatMap { _ in stage.wait(.milliseconds(500)) }
    }

    @Test func `row 4: is ejected when it takes nothing for 3 s though it has room`() throws {
        var stage = Stage()
        let lane = stage.openLane()
        _ = try stage.arrive()

        let early = pass(2, on: &stage) + stage.wait(.milliseconds(500))
        let late = stage.wait(.milliseconds(500))

        #expect(early.isEmpty)
        #expect(late == [.eject(lane, .notTaking)])
    }

    @Test func `is not one that takes one request after the other`() throws {
        var stage = Stage()
        let lane = stage.openLane(calls: 1, slots: 3)
        var (next, _) = try stage.arrive()
        var (last, _) = try stage.arrive()

        for _ in 0..<20 {
            #expect(pass(2, on: &stage).isEmpty)
            stage.tell(.taken(next))
            stage.tell(.answered(next))
            next = last
            (last, _) = try stage.arrive()
        }

        #expect(pass(3, on: &stage) == [.eject(lane, .notTaking)])
    }

    @Test func `is not one that has as many calls in hand as it makes`() throws {
        var stage = Stage()
        _ = stage.openLane(calls: 1, slots: 2)
        let (begun, _) = try stage.arrive()
        _ = try stage.arrive()
        stage.tell(.taken(begun))

        #expect(pass(30, on: &stage).isEmpty)
    }

    @Test func `is not one that works on as many as it said`() throws {
        var stage = Stage()
        let lane = stage.openLane(calls: 8)
        stage.tell(.laneCalls(lane, 1))
        let (begun, _) = try stage.arrive()
        _ = try stage.arrive()
        stage.tell(.taken(begun))

        #expect(pass(30, on: &stage).isEmpty)
        stage.tell(.laneCalls(lane, 2))
        #expect(pass(3, on: &stage) == [.eject(lane, .notTaking)])
    }

    @Test func `row 5: is ejected when a begun request is a second past its deadline`() throws {
        var stage = Stage(DeploymentRules(deadline: .seconds(5)))
        let lane = stage.openLane()
        let (request, _) = try stage.arrive()
        stage.tell(.taken(request))

        let atDeadline = pass(5, on: &stage)
        stage.tell(.begun(request))
        let early = stage.wait(.milliseconds(500))
        let late = stage.wait(.milliseconds(500))

        #expect(atDeadline == [.fail(request, .deadline), .withdraw(request, lane)])
        #expect(early.isEmpty)
        #expect(late == [.eject(lane, .overdue)])
    }

    @Test func `is excused for the time that we did not look`() throws {
        var stage = Stage()
        let lane = stage.openLane()
        _ = try stage.arrive()

        let afterSleep = stage.wait(.seconds(20))
        let early = pass(2, on: &stage)
        let late = pass(1, on: &stage)

        #expect(afterSleep.isEmpty)
        #expect(early.isEmpty)
        #expect(late == [.eject(lane, .notTaking)])
    }

    @Test func `that is late is excused for the time that we did not look`() throws {
        var stage = Stage(DeploymentRules(deadline: .seconds(1)))
        let lane = stage.openLane()
        let (request, _) = try stage.arrive()
        stage.tell(.taken(request))

        let afterSleep = stage.wait(.seconds(20))
        stage.tell(.begun(request))
        let early = stage.wait(.milliseconds(500))
        let late = stage.wait(.milliseconds(500))

        #expect(afterSleep == [.fail(request, .deadline), .withdraw(request, lane)])
        #expect(early.isEmpty)
        #expect(late == [.eject(lane, .overdue)])
    }

    @Test func `is found by a probe while nobody asks anything`() {
        var stage = Stage()
        let lane = stage.openLane()

        let probed = stage.wait(.seconds(10))
        let silent = pass(4, on: &stage)

        #expect(probed == [.probe(lane)])
        #expect(silent == [.eject(lane, .notTaking)])
    }

    @Test func `is never found with the patience of somebody who debugs it`() throws {
        var stage = Stage(DeploymentRules(deadline: .seconds(100_000)), limits: .patient)
        _ = stage.openLane(calls: 1, slots: 2)

        let idle = pass(30, on: &stage)
        let (begun, _) = try stage.arrive()
        let untaken = pass(30, on: &stage)
        stage.tell(.taken(begun))
        let taken = pass(30, on: &stage)

        #expect(idle.isEmpty && untaken.isEmpty && taken.isEmpty)
    }

    @Test func `is not one that answers its probes`() {
        var stage = Stage()
        let lane = stage.openLane()

        for _ in 0..<20 {
            #expect(stage.wait(.seconds(10)) == [.probe(lane)])
            #expect(stage.tell(.slotReturned(lane)).isEmpty)
        }
    }
}
