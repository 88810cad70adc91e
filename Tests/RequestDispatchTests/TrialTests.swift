// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Testing
import Vocabulary

@testable import RequestDispatch

@Suite struct `A request of before` {
    private func ready(_ stage: inout Stage, calls: Int = 1) -> LaneID {
        let lane = stage.addLane(calls: calls)
        stage.tell(.laneReady(lane))
        return lane
    }

    private func bind(_ stage: inout Stage, _ lane: LaneID, length: Int = 10) -> RequestID? {
        stage.dispatcher.bindTrial(to: lane, length: length, at: stage.now)?.request
    }

    @Test func `is given to the lane that is named, and to none that live requests may come to`() {
        var stage = Stage()
        let routed = stage.openLane()
        let ready = ready(&stage)
        let unready = stage.addLane()

        #expect(bind(&stage, routed) == nil)
        #expect(bind(&stage, unready) == nil)
        #expect(bind(&stage, ready) != nil)
        #expect(bind(&stage, ready) == nil)
    }

    @Test func `counts as a copy, and is over when it is answered`() throws {
        var stage = Stage()
        let lane = ready(&stage)
        let request = try #require(bind(&stage, lane, length: 700))

        let held = stage.dispatcher.bytesCopied
        stage.tell(.answered(request))

        #expect(held == 700)
        #expect(stage.dispatcher.bytesCopied == 0)
        #expect(bind(&stage, lane) != nil)
    }

    @Test func `goes nowhere else: not when its lane ends, nor when it is given back`() throws {
        var stage = Stage()
        let lane = ready(&stage)
        let other = stage.openLane()
        let first = try #require(bind(&stage, lane))
        let back = stage.tell(.declined(first))
        let second = try #require(bind(&stage, lane))

        // An idle lane that is looked at long after may have what others hold, but not this.
        let looked = stage.wait(.milliseconds(600))
        let ended = stage.tell(.laneEnded(lane))

        #expect(back == [.fail(first, .unsendable)])
        #expect(!looked.contains { if case .withdraw = $0 { true } else { false } })
        #expect(ended == [.fail(second, .unsendable)])
        #expect(stage.dispatcher.figures(of: stage.deployment).copiesWaiting == 0)
        _ = other
    }

    @Test func `is over at its deadline`() throws {
        var stage = Stage(DeploymentRules(deadline: .seconds(2)))
        let lane = ready(&stage)
        let request = try #require(bind(&stage, lane))
        stage.tell(.taken(request))

        let effects = stage.wait(.seconds(2))

        #expect(effects.contains(.fail(request, .deadline)))
    }
}
