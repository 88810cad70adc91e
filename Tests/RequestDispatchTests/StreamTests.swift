// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Testing
import Vocabulary

@testable import RequestDispatch

@Suite struct `An answer that has begun` {
    /// Lets time pass in the steps in which the gateway looks.
    private func pass(_ seconds: Int, on stage: inout Stage) -> [DispatchEffect] {
        (0..<seconds * 2).flatMap { _ in stage.wait(.milliseconds(500)) }
    }

    @Test func `has as long for each next part as there is between parts, whatever its deadline`()
        throws
    {
        var stage = Stage(DeploymentRules(deadline: .seconds(1)))
        _ = stage.openLane()
        let (request, _) = try stage.arrive()

        for _ in 0..<3 {
            stage.tell(.part(request))
            stage.tell(.partRead(request))
            #expect(pass(299, on: &stage).isEmpty)
        }
        let end = stage.tell(.answered(request))

        #expect(end.isEmpty)
        #expect(stage.dispatcher.liveRequests == 0)
    }

    @Test func `is ended when its next part does not come, and its scorer found hung`() throws {
        var stage = Stage()
        let lane = stage.openLane()
        let (request, _) = try stage.arrive()
        stage.tell(.part(request))
        stage.tell(.partRead(request))

        let late = pass(300, on: &stage)
        stage.tell(.begun(request))
        let hung = pass(2, on: &stage)

        #expect(late == [.fail(request, .deadline), .withdraw(request, lane)])
        #expect(hung == [.eject(lane, .overdue)])
    }

    @Test func `is not ended for what its client has not read`() throws {
        var stage = Stage()
        let lane = stage.openLane()
        let (request, _) = try stage.arrive()
        stage.tell(.part(request))
        stage.tell(.part(request))
        stage.tell(.partRead(request))

        let unread = pass(1_000, on: &stage)
        stage.tell(.partRead(request))
        let read = pass(300, on: &stage)

        #expect(unread.isEmpty)
        #expect(read == [.fail(request, .deadline), .withdraw(request, lane)])
    }

    @Test func `is wanted as a tick when its part is due`() throws {
        var limits = DispatchLimits()
        limits.partGrace = .milliseconds(70)
        var stage = Stage(limits: limits)
        _ = stage.openLane()
        let (request, _) = try stage.arrive()

        stage.tell(.part(request))

        #expect(stage.dispatcher.nextTick == stage.now + .milliseconds(70))
    }

    @Test func `gives its scorer a request's time to see that nobody wants it`() throws {
        var stage = Stage(DeploymentRules(deadline: .seconds(5)))
        let lane = stage.openLane()
        let (request, _) = try stage.arrive()
        stage.tell(.part(request))

        let gone = stage.tell(.clientGone(request))
        stage.tell(.begun(request))
        stage.tell(.part(request))
        let within = pass(5, on: &stage)
        let beyond = pass(2, on: &stage)

        #expect(gone == [.withdraw(request, lane)])
        #expect(within.isEmpty)
        #expect(beyond == [.eject(lane, .overdue)])
    }

    @Test func `counts as bound until it is whole`() throws {
        var stage = Stage()
        _ = stage.openLane()
        let (request, _) = try stage.arrive()

        stage.tell(.part(request))
        let during = stage.dispatcher.figures(of: stage.deployment).bound
        stage.tell(.answered(request))

        #expect(during == 1)
        #expect(stage.dispatcher.figures(of: stage.deployment).bound == 0)
    }
}
