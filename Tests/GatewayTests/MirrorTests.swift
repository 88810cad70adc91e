// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Glibc
import Testing
import Vocabulary
import Wire

@testable import Gateway

@Suite(.serialized) struct `A mirror` {
    /// Asks so often; tells the statuses and bodies that came.
    private func ask(
        _ client: RawClient,
        _ blend: Blend,
        _ count: Int,
        fields: String = ""
    ) throws -> [RawClient.Answer] {
        try (0..<count).map { number in
            client.post(blend.address, "{\"n\":\(number)}", fields: fields)
            return try client.answer()
        }
    }

    @Test func `gets exactly its share of what the split places, and answers nobody`() throws {
        let gateway = try GatewayUnderTest()
        var blend = Blend(gateway)
        try blend.add("blue", percent: 70)
        try blend.add("green", percent: 30)
        let scorer = try blend.add("shadow", percent: 0, mirror: 20) { _ in
            .whole(status: 500, head: "", body: Array("never seen".utf8))
        }
        try blend.publish()
        let client = try gateway.connect()

        let split = try ask(client, blend, 200)
        let counters = try blend.waitForCopies("shadow", 40)
        let named = try ask(client, blend, 50, fields: "azureml-model-deployment: blue\r\n")
        let after = try blend.waitForCopies("shadow", 40)
        let heads = try (0..<40).map { _ in try scorer.asked.take { $0 } }

        #expect((split + named).allSatisfy { $0.status == 200 && $0.text != "never seen" })
        #expect(split.count { $0.text == "green" } == 60)
        #expect(counters.copied == 40)
        #expect(counters.answers == [500: 40])
        #expect(counters.latencyCounts.reduce(0, +) == 40)
        #expect(after.copied == 40)
        #expect(scorer.begun == 40)
        #expect(heads.allSatisfy { $0.head.hasPrefix("POST /score\n") })
        #expect(Set(heads.map(\.text)).count > 10)
        #expect(try gateway.statistics(of: blend.key("shadow"))?.answers == [:])
    }

    @Test func `whose scorer stands still delays, fails and fills nothing that is live`() throws {
        let gateway = try GatewayUnderTest()
        let gate = Gate()
        var blend = Blend(gateway)
        try blend.add("blue", percent: 100)
        try blend.add("shadow", percent: 0, mirror: 50) { asked in
            gate.pass()
            return .echo(asked)
        }
        try blend.publish()
        let client = try gateway.connect()

        let answers = try ask(client, blend, 400)
        let stuck = try required(blend.mirrored("shadow"))
        gate.open(400)
        let over = try blend.waitForCopies("shadow", stuck.copied)

        #expect(answers.allSatisfy { $0.text == "blue" })
        #expect(stuck.bound == 1)
        #expect(stuck.waiting == 64)
        #expect(stuck.copied == 65)
        #expect(stuck.shed == ["full": 135])
        #expect(over.answers == [200: 65])
    }

    @Test func `whose scorer dies of each copy costs no live request anything`() throws {
        let gateway = try GatewayUnderTest()
        var blend = Blend(gateway)
        try blend.add("blue", percent: 100)
        try blend.addWithoutScorer("shadow", percent: 0, mirror: 50)
        try blend.publish()
        let client = try gateway.connect()

        for round in 1...5 {
            let socket = try gateway.openLane(blend.run("shadow"))
            let scorer = ScorerUnderTest(socket: socket, threads: 1) { _ in .none }
            try gateway.report { if case .ready = $0 { true } else { nil } }
            let answers = try ask(client, blend, 4)
            try scorer.asked.take { _ in true }
            scorer.die()
            _ = try blend.waitForCopies("shadow", UInt64(round))
            #expect(answers.allSatisfy { $0.text == "blue" })
        }
        let counters = try required(blend.mirrored("shadow"))

        #expect(counters.answers.isEmpty)
        #expect(counters.unanswered == 5)
        #expect(counters.waiting == 5)
    }

    @Test func `shares a long body, and gets none that is longer than a copy may be`() throws {
        let gateway = try GatewayUnderTest()
        var blend = Blend(gateway)
        try blend.add("blue", percent: 100) { asked in
            .whole(status: 200, head: "", body: Array("\(asked.body.count)".utf8))
        }
        let scorer = try blend.add("shadow", percent: 0, mirror: 50)
        try blend.publish()
        let client = try gateway.connect()
        let long = (0..<300_000).map { UInt8(truncatingIfNeeded: $0 / 7) }

        for _ in 0..<2 {
            client.post(blend.address, long)
            #expect(try client.answer().text == "300000")
        }
        _ = try blend.waitForCopies("shadow", 1)
        for _ in 0..<2 {
            client.post(blend.address, [UInt8](repeating: 7, count: 1 << 20 + 1))
            #expect(try client.answer().text == "\(1 << 20 + 1)")
        }
        let counters = try required(blend.mirrored("shadow"))

        #expect(counters.copied == 1)
        #expect(counters.shed == ["too_long": 1])
        #expect(try scorer.asked.take { $0.body } == long)
    }

    @Test func `that answers in parts has them dropped as they come`() throws {
        let gateway = try GatewayUnderTest()
        var blend = Blend(gateway)
        try blend.add("blue", percent: 100)
        try blend.add("shadow", percent: 0, mirror: 50) { _ in
            .parts((0..<20).map { [UInt8](repeating: $0, count: 10_000) })
        }
        try blend.publish()
        let client = try gateway.connect()

        let answers = try ask(client, blend, 20)
        let counters = try blend.waitForCopies("shadow", 10)

        #expect(answers.allSatisfy { $0.text == "blue" })
        #expect(counters.answers == [200: 10])
        #expect(counters.unanswered == 0)
    }

    @Test func `gives way to a live request that names its deployment`() throws {
        let gateway = try GatewayUnderTest()
        let gate = Gate()
        var blend = Blend(gateway)
        try blend.add("blue", percent: 100)
        let scorer = try blend.add("shadow", percent: 0, mirror: 50) { asked in
            if !asked.text.contains("live") { gate.pass() }
            return .echo(asked)
        }
        try blend.publish()
        let client = try gateway.connect()
        _ = try ask(client, blend, 20)
        try scorer.asked.take { _ in true }

        // In one piece: it counts as waiting from its head on.
        client.send(
            "POST \(blend.address) HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n"
                + "azureml-model-deployment: shadow\r\n\r\nlive"
        )
        while try gateway.statistics(of: blend.key("shadow"))?.waiting != 1 { sched_yield() }
        gate.open(1)
        let answer = try client.answer()
        let second = try scorer.asked.take { $0.text }
        gate.open(20)

        #expect(answer.text == "live")
        #expect(second == "live")
    }

    @Test func `of another contract is shown what it is used to`() throws {
        let gateway = try GatewayUnderTest()
        var blend = Blend(gateway)
        try blend.add("blue", percent: 100)
        let scorer = try blend.add("shadow", percent: 0, mirror: 50)
        try blend.change("shadow") { $0.contract = .mlflow }
        try blend.publish()
        let client = try gateway.connect()

        _ = try ask(client, blend, 2, fields: "x-own: 1\r\n")
        _ = try blend.waitForCopies("shadow", 1)
        for _ in 0..<2 {
            client.get(blend.address)
            #expect(try client.answer().text == "blue")
        }
        let counters = try required(blend.mirrored("shadow"))

        #expect(try scorer.asked.take { $0.head.contains("x-own") } == false)
        #expect(counters.copied == 1)
        #expect(counters.shed == ["unsuited": 1])
    }

    @Test func `ends when the route says so, and is none of a deployment with traffic`() throws {
        let gateway = try GatewayUnderTest()
        var blend = Blend(gateway)
        try blend.add("blue", percent: 50)
        let scorer = try blend.add("shadow", percent: 50, mirror: 50) { _ in
            .whole(status: 200, head: "", body: [])
        }
        try blend.publish()
        let client = try gateway.connect()

        _ = try ask(client, blend, 100)
        let live = scorer.begun
        try blend.change("blue") { $0.percent = 100 }
        try blend.change("shadow") { $0.percent = 0 }
        try blend.publish()
        _ = try ask(client, blend, 100)
        _ = try blend.waitForCopies("shadow", 50)
        try blend.change("shadow") { $0.mirrorPercent = 0 }
        try blend.publish()
        _ = try ask(client, blend, 100)

        #expect(live == 50)
        #expect(scorer.begun == 100)
        #expect(try blend.mirrored("shadow")?.copied == 50)
    }

    @Test func `tells what its answers differ in from the live ones`() throws {
        let gateway = try GatewayUnderTest()
        var blend = Blend(gateway)
        try blend.add("blue", percent: 100) { _ in
            .whole(status: 200, head: "", body: Array(#"{"p": [1, 2.5], "old": 1}"#.utf8))
        }
        try blend.add("shadow", percent: 0, mirror: 50) { asked in
            asked.text.hasSuffix("0}")
                ? .whole(status: 500, head: "", body: Array("boom".utf8))
                : .whole(status: 200, head: "", body: Array(#"{"p": [1, 2], "new": 1}"#.utf8))
        }
        blend.comparison = MirrorComparison()
        try blend.publish()
        let client = try gateway.connect()

        let answers = try ask(client, blend, 100)
        let tallies = try blend.tallies(ofPairs: 50)
        let found = try required(tallies.first)
        let blue = try blend.key("blue")

        #expect(answers.allSatisfy { $0.status == 200 })
        #expect(tallies.count == 1)
        #expect(found.pair.live == blue)
        #expect(found.pair.mirroredRevision == Revision(number: 1))
        #expect(found.tally.pairs == 50)
        #expect(found.tally.equal == 0)
        let failed = found.tally.statuses.first?.count ?? 0
        #expect(found.tally.statuses.map(\.statuses.second) == [500])
        #expect(found.tally.outputs["p[]"]?.largestDifference == 0.5)
        #expect(found.tally.outputs["p[]"]?.compared == 2 * (50 - failed))
        #expect(found.tally.outputs["new"]?.appeared == 50 - failed)
        #expect(found.tally.outputs["old"]?.went == 50 - failed)
        #expect(found.tally.firstLatencies.count == 50)
    }

    @Test func `compares only as many as it is asked to, and forgets with the endpoint`() throws {
        let gateway = try GatewayUnderTest()
        var blend = Blend(gateway)
        try blend.add("blue", percent: 100) { .echo($0) }
        try blend.add("shadow", percent: 0, mirror: 50) { .echo($0) }
        blend.comparison = MirrorComparison(samplePercent: 10)
        try blend.publish()
        let client = try gateway.connect()

        _ = try ask(client, blend, 200)
        _ = try blend.waitForCopies("shadow", 100)
        let tallies = try blend.tallies(ofPairs: 10)
        try gateway.send(.unroute(blend.endpoint))
        let after = try blend.tallies(ofPairs: 0)

        #expect(tallies.map(\.tally.equal) == [10])
        #expect(after.isEmpty)
    }

    @Test func `compares afresh what takes the name of a deployment that was let go`() throws {
        let gateway = try GatewayUnderTest()
        var blend = Blend(gateway)
        try blend.add("blue", percent: 100) { .echo($0) }
        try blend.add("shadow", percent: 0, mirror: 50) { .echo($0) }
        blend.comparison = MirrorComparison()
        try blend.publish()
        let client = try gateway.connect()
        let shadow = try required(blend.routes.popLast())

        _ = try ask(client, blend, 100)
        let before = try blend.tallies(ofPairs: 50)
        try blend.publish()
        let between = try blend.tallies(ofPairs: 0)
        blend.routes.append(shadow)
        try blend.publish()
        let after = try blend.tallies(ofPairs: 0)

        #expect(before.map(\.tally.equal) == [50])
        #expect(between.isEmpty)
        #expect(after.isEmpty)
    }
}
