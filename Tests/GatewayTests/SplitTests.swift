// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Glibc
import Testing
import Vocabulary
import Wire

@testable import Gateway

/// Names a deployment in a request.
private func named(_ name: String) -> String { "azureml-model-deployment: \(name)\r\n" }

@Suite(.serialized) struct `Traffic` {
    /// Asks so often and tells who answered.
    private func ask(_ client: RawClient, _ address: String, _ count: Int) throws -> [String] {
        try (0..<count).map { _ in
            client.post(address, "x")
            return try client.answer().text
        }
    }

    @Test func `is split exactly over any hundred requests, whatever else is asked`() throws {
        let gateway = try GatewayUnderTest()
        var blend = Blend(gateway)
        try blend.add("blue", percent: 85)
        try blend.add("green", percent: 15)
        try blend.add("grey", percent: 0)
        try blend.publish()
        let client = try gateway.connect()

        var turns: [String] = []
        for turn in 0..<350 {
            turns += try ask(client, blend.address, 1)
            if turn % 7 == 0 {
                client.get("/endpoints/iris/ping")
                _ = try client.answer()
            }
            if turn % 5 == 0 {
                client.post(blend.address, "x", fields: named("green"))
                _ = try client.answer()
            }
            if turn % 11 == 0 {
                client.get("/endpoints/iris/")
                _ = try client.answer()
            }
        }

        for start in 0...250 {
            #expect(turns[start..<start + 100].count { $0 == "green" } == 15, "at \(start)")
        }
        #expect(!turns.contains("grey"))
    }

    @Test func `of two endpoints is split for each alone`() throws {
        let gateway = try GatewayUnderTest()
        var one = Blend(gateway)
        try one.add("blue", percent: 50)
        try one.add("green", percent: 50)
        try one.publish()
        var other = Blend(gateway, endpoint: try required(EndpointName("wine")))
        try other.add("blue", percent: 50)
        try other.add("green", percent: 50)
        try other.publish()
        let client = try gateway.connect()

        var turns: [[String]] = [[], []]
        for turn in 0..<300 {
            turns[0] += try ask(client, one.address, 1)
            // Not in step with the first.
            if turn % 3 != 1 { turns[1] += try ask(client, other.address, 1) }
        }

        for turns in turns {
            for start in 0...turns.count - 100 {
                #expect(turns[start..<start + 100].count { $0 == "blue" } == 50)
            }
        }
    }

    @Test func `follows a table that is changed half way`() throws {
        let gateway = try GatewayUnderTest()
        var blend = Blend(gateway)
        try blend.add("blue", percent: 100)
        try blend.add("green", percent: 0)
        try blend.publish()
        let client = try gateway.connect()

        let before = try ask(client, blend.address, 30)
        try blend.change("blue") { $0.percent = 60 }
        try blend.change("green") { $0.percent = 40 }
        try blend.publish()
        let first = try ask(client, blend.address, 33)
        try blend.publish()
        let during = try first + ask(client, blend.address, 67)
        try blend.change("blue") { $0.percent = 0 }
        try blend.change("green") { $0.percent = 100 }
        try blend.publish()
        let after = try ask(client, blend.address, 30)

        #expect(before.allSatisfy { $0 == "blue" })
        #expect(during.count { $0 == "green" } == 40)
        #expect(after.allSatisfy { $0 == "green" })
    }

    @Test func `is led round the split by a name, and says when there is none`() throws {
        let gateway = try GatewayUnderTest()
        var blend = Blend(gateway)
        try blend.add("blue", percent: 0)
        try blend.publish()
        let client = try gateway.connect()

        client.post(blend.address, "x", fields: named("blue"))
        let byName = try client.answer()
        client.post(blend.address, "x")
        let without = try client.answer()
        client.post(blend.address, "x", fields: named("red"))
        let unknown = try client.answer()
        client.get("/endpoints/iris/ping")
        let probe = try client.answer()

        #expect(byName.text == "blue")
        #expect(byName.field("azureml-model-deployment") == "blue")
        #expect([without.status, unknown.status, probe.status] == [404, 404, 404])
        #expect(without.text.contains("no deployment of endpoint 'iris' gets traffic"))
        #expect(unknown.text.contains("no deployment 'red'"))
    }

    @Test func `of a deployment without a run waits for one, and goes to no other`() throws {
        let gateway = try GatewayUnderTest()
        var blend = Blend(gateway)
        try blend.add("blue", percent: 50)
        try blend.addWithoutScorer("green", percent: 50)
        try blend.publish()
        let clients = try (0..<20).map { _ in try gateway.connect() }
        for client in clients { client.post(blend.address, "x") }
        while try gateway.statistics(of: blend.key("green"))?.waiting != 10 { sched_yield() }

        let probe = try gateway.connect()
        probe.get("/endpoints/iris/ping")
        let isServed = try probe.answer().status
        _ = try gateway.startScorer(blend.run("green")) { _ in
            .whole(status: 200, head: "", body: Array("late".utf8))
        }
        try blend.publish()
        let answers = try clients.map { try $0.answer().text }

        #expect(isServed == 200)
        #expect(answers.count { $0 == "blue" } == 10)
        #expect(answers.count { $0 == "late" } == 10)
    }

    @Test func `of a deployment that has failed is told so at once`() throws {
        let gateway = try GatewayUnderTest()
        var blend = Blend(gateway)
        try blend.add("blue", percent: 50)
        try blend.addWithoutScorer("green", percent: 50)
        try blend.change("green") {
            $0.availability = .failed("the deployment 'iris/green' has failed")
            $0.statuses = .managed
        }
        try blend.publish()
        let client = try gateway.connect()

        var failed: RawClient.Answer?
        var good = 0
        for _ in 0..<100 {
            client.post(blend.address, "x")
            let answer = try client.answer()
            if answer.status == 200 { good += 1 } else { failed = answer }
        }

        #expect(good == 50)
        #expect(failed?.status == 503)
        #expect(failed?.text.contains("'iris/green' has failed") == true)
        #expect(failed?.field("ms-azureml-model-error-reason") == "model_not_ready")
    }
}
