// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Testing
import Vocabulary

@testable import RequestDispatch

@Suite struct `Admission` {
    @Test func `refuses one more than may wait, and lets in again when one leaves`() throws {
        var stage = Stage(DeploymentRules(waitingLimit: 2))
        let (first, _) = try stage.arrive()
        _ = try stage.arrive()

        let refused = stage.dispatcher.admit(to: stage.deployment, length: 0, at: stage.now)
        stage.tell(.clientGone(first))
        let admitted = stage.dispatcher.admit(to: stage.deployment, length: 0, at: stage.now)

        #expect(refused == .refused(.tooManyWaiting))
        guard case .admitted = admitted else {
            Issue.record("still refused: \(admitted)")
            return
        }
    }

    @Test func `lets nobody be kept out by requests whose bodies do not come`() throws {
        var stage = Stage(DeploymentRules(waitingLimit: 1))
        for _ in 0..<10 { _ = try stage.admit() }

        let (_, effects) = try stage.arrive()

        #expect(effects.isEmpty)
    }

    @Test func `fails a request that is whole when as many wait as may`() throws {
        var stage = Stage(DeploymentRules(waitingLimit: 1))
        let slow = try stage.admit()
        let lane = stage.openLane()
        let (first, _) = try stage.arrive()
        _ = try stage.arrive()

        let late = stage.tell(.arrived(slow, digest: 0))

        #expect(late == [.fail(slow, .tooManyWaiting)])
        #expect(stage.tell(.answered(first)).count == 1)
        #expect(stage.dispatcher.liveRequests == 1)
        #expect(stage.dispatcher.canServe(stage.deployment), "\(lane)")
    }

    @Test func `does not count what a lane holds as waiting`() throws {
        var stage = Stage(DeploymentRules(waitingLimit: 1))
        let lane = stage.openLane()
        let (first, effects) = try stage.arrive()

        let second = try stage.admit()

        #expect(effects == [.bind(first, lane)])
        #expect(second != first)
    }

    @Test func `refuses a body longer than the deployment takes, told or not`() throws {
        var stage = Stage(DeploymentRules(bodyLimit: 100))

        let told = stage.dispatcher.admit(to: stage.deployment, length: 101, at: stage.now)
        let untold = try stage.admit(length: 0)
        let atLimit = stage.dispatcher.grow(untold, by: 100)
        let beyond = stage.dispatcher.grow(untold, by: 1)

        #expect(told == .refused(.bodyTooLong))
        #expect(atLimit == nil)
        #expect(beyond == .bodyTooLong)
        #expect(stage.dispatcher.bytesHeld == 0)
        #expect(stage.dispatcher.liveRequests == 0)
    }

    @Test func `bounds the bytes of all bodies together, until their requests are over`() throws {
        var limits = DispatchLimits()
        limits.heldBytes = 1_000
        limits.shortBody = 10
        var stage = Stage(limits: limits)
        let large = try stage.admit(length: 900)
        #expect(stage.dispatcher.grow(large, by: 900) == nil)

        let refused = stage.dispatcher.admit(to: stage.deployment, length: 101, at: stage.now)
        stage.tell(.clientGone(large))
        let next = try stage.admit(length: 101)
        #expect(stage.dispatcher.grow(next, by: 101) == nil)

        #expect(refused == .refused(.tooManyBytes))
        #expect(stage.dispatcher.bytesHeld == 101)
    }

    @Test func `keeps no room for what was announced and does not come`() throws {
        var limits = DispatchLimits()
        limits.heldBytes = 1_000
        limits.shortBody = 10
        var stage = Stage(limits: limits)
        for _ in 0..<16 { _ = try stage.admit(length: 1_000) }

        let honest = try stage.admit(length: 1_000)

        #expect(stage.dispatcher.grow(honest, by: 1_000) == nil)
        #expect(stage.dispatcher.bytesHeld == 1_000)
    }

    @Test func `refuses one too many before it is sent, once others are under way`() throws {
        var limits = DispatchLimits()
        limits.deploymentBytes = 1_000
        limits.shortBody = 10
        var stage = Stage(limits: limits)
        let first = try stage.admit(length: 800)
        #expect(stage.dispatcher.grow(first, by: 50) == nil)
        let early = try stage.admit(length: 600)
        #expect(stage.dispatcher.grow(first, by: 50) == nil)

        let late = stage.dispatcher.admit(to: stage.deployment, length: 201, at: stage.now)
        let small = stage.dispatcher.admit(to: stage.deployment, length: 200, at: stage.now)
        let rest = stage.dispatcher.grow(first, by: 700)
        let tooMuch = stage.dispatcher.grow(early, by: 201)

        #expect(late == .refused(.tooManyBytes))
        #expect(small != .refused(.tooManyBytes))
        #expect(rest == nil)
        #expect(tooMuch == .tooManyBytes)
        #expect(stage.dispatcher.bytesHeld == 800)
    }

    @Test func `makes room for long bodies of one deployment beside the others'`() throws {
        var limits = DispatchLimits()
        limits.heldBytes = 1_000
        limits.deploymentBytes = 600
        limits.shortBody = 10
        var stage = Stage(DeploymentRules(bodyRoom: 4_000), limits: limits)
        let other = stage.dispatcher.addDeployment(DeploymentRules())
        let large = try stage.admit(length: 4_000)
        #expect(stage.dispatcher.grow(large, by: 4_000) == nil)

        let more = stage.dispatcher.admit(to: stage.deployment, length: 11, at: stage.now)
        let others = stage.dispatcher.admit(to: other, length: 601, at: stage.now)
        let fitting = stage.dispatcher.admit(to: other, length: 600, at: stage.now)

        #expect(more == .refused(.tooManyBytes))
        #expect(others == .refused(.tooManyBytes))
        guard case .admitted(let request, _) = fitting else {
            Issue.record("\(fitting)")
            return
        }
        #expect(stage.dispatcher.grow(request, by: 600) == nil)
    }

    @Test func `has room for short bodies whatever long ones hold`() throws {
        var limits = DispatchLimits()
        limits.heldBytes = 1_000
        limits.shortBody = 100
        var stage = Stage(limits: limits)
        let large = try stage.admit(length: 1_000)
        #expect(stage.dispatcher.grow(large, by: 1_000) == nil)

        let short = try stage.admit(length: 100)

        #expect(stage.dispatcher.grow(short, by: 100) == nil)
        #expect(stage.dispatcher.grow(short, by: 1) == .tooManyBytes)
    }

    @Test func `leaves room for other deployments' bodies`() throws {
        var limits = DispatchLimits()
        limits.heldBytes = 1_000
        limits.deploymentBytes = 600
        limits.shortBody = 10
        var stage = Stage(limits: limits)
        let other = stage.dispatcher.addDeployment(DeploymentRules())
        let large = try stage.admit(length: 600)
        #expect(stage.dispatcher.grow(large, by: 600) == nil)

        let more = stage.dispatcher.admit(to: stage.deployment, length: 100, at: stage.now)
        let others = stage.dispatcher.admit(to: other, length: 400, at: stage.now)

        #expect(more == .refused(.tooManyBytes))
        #expect(others != .refused(.tooManyBytes))
    }

    @Test func `is closed where no run will come, and what waited is failed`() throws {
        var stage = Stage()
        let (waiting, _) = try stage.arrive()
        let receiving = try stage.admit()

        stage.dispatcher.setRules(DeploymentRules(isOpen: false), of: stage.deployment)
        let effects = stage.tell(.closed(stage.deployment))
        let later = stage.dispatcher.admit(to: stage.deployment, length: 0, at: stage.now)

        #expect(effects == [.fail(waiting, .closed), .fail(receiving, .closed)])
        #expect(later == .refused(.closed))
    }
}
