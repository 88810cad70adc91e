// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Testing
import Vocabulary
import Wire

@testable import Gateway

@Suite(.serialized) struct `A route` {
    @Test func `leads by path, by host and by a listener of its own`() throws {
        let shared = try GatewayUnderTest()
        _ = try shared.startScorer(shared.run(1))
        try shared.route([shared.run(1)])
        let own = try GatewayUnderTest(owner: true)
        _ = try own.startScorer(own.run(1))
        try own.route([own.run(1)])
        let client = try shared.connect()
        let direct = try own.connect()

        client.post("/endpoints/iris/score", "path")
        let byPath = try client.answer()
        client.send(
            "POST /score HTTP/1.1\r\nHost: IRIS.example:80\r\nContent-Length: 4\r\n\r\nhost"
        )
        let byHost = try client.answer()
        direct.post("/score", "port")
        let byPort = try direct.answer()

        #expect(byPath.text == "path")
        #expect(byHost.text == "host")
        #expect(byPort.text == "port")
    }

    @Test func `that is not there says what to do`() throws {
        let gateway = try GatewayUnderTest()
        try gateway.route([])
        let client = try gateway.connect()

        client.post("/endpoints/other/score", "x")
        let endpoint = try client.answer()
        client.post("/endpoints/iris/elsewhere", "x")
        let route = try client.answer()
        client.post("/nowhere", "x")
        let nowhere = try client.answer()
        client.post(
            "/endpoints/iris/score",
            "x",
            fields: "azureml-model-deployment: green\r\n"
        )
        let deployment = try client.answer()

        #expect(endpoint.status == 404)
        #expect(endpoint.text.contains("no endpoint 'other'"))
        #expect(route.status == 404)
        #expect(nowhere.status == 404)
        #expect(deployment.status == 404)
        #expect(deployment.text.contains("no deployment 'green'"))
    }

    @Test func `of the mlflow contract takes its methods and content types only`() throws {
        let gateway = try GatewayUnderTest()
        let scorer = try gateway.startScorer(gateway.run(1))
        try gateway.route([gateway.run(1)]) { $0.contract = .mlflow }
        let client = try gateway.connect()
        let base = "/endpoints/iris"

        client.get(base + "/invocations")
        let method = try client.answer()
        client.send("POST \(base)/invocations HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\n{}")
        let untyped = try client.answer()
        client.send(
            "POST \(base)/score HTTP/1.1\r\nHost: x\r\nContent-Type: text/html\r\n"
                + "Content-Length: 2\r\n\r\n{}"
        )
        let mistyped = try client.answer()
        client.send(
            "POST \(base)/score HTTP/1.1\r\nHost: x\r\n"
                + "Content-Type: application/x-www-form-urlencoded\r\n"
                + "Content-Length: 2\r\n\r\n{}"
        )
        let form = try client.answer()
        let begun = scorer.begun
        client.post(base + "/invocations", "{}")
        let scored = try client.answer()
        client.get(base + "/version")
        let version = try client.answer()
        let heads = try (0..<2).map { _ in try scorer.asked.take { $0.head } }

        #expect(method.status == 405)
        #expect(method.field("allow") == "POST")
        #expect(untyped.status == 415)
        #expect(mistyped.status == 415)
        #expect(!mistyped.text.contains("curl"))
        #expect(form.status == 415)
        #expect(form.text.contains("with curl, add -H 'Content-Type: application/json'"))
        #expect(begun == 0)
        #expect(scored.text == "{}")
        #expect(version.status == 200)
        #expect(heads[1].hasPrefix("GET /version\n"))
    }

    @Test func `of the script contract hands everything at its two routes on as it is`() throws {
        let gateway = try GatewayUnderTest()
        let scorer = try gateway.startScorer(gateway.run(1))
        try gateway.route([gateway.run(1)]) { $0.contract = .script }
        let client = try gateway.connect()
        let base = "/endpoints/iris"

        client.get(base + "/score?x=1", fields: "accept: a/b\r\nx-own: 1\r\n")
        let asked = try client.answer()
        client.post(base + "/score", "{}")
        let posted = try client.answer()
        client.get(base + "/swagger.json?version=3")
        let described = try client.answer()
        client.get(base)
        let probe = try client.answer()
        client.post(base + "/invocations", "{}")
        let foreign = try client.answer()
        let heads = try (0..<3).map { _ in try scorer.asked.take { $0.head } }

        #expect([asked, posted, described].allSatisfy { $0.status == 200 })
        #expect(heads[0].hasPrefix("GET /score?x=1\n"))
        #expect(heads[0].contains("\nx-own: 1\n"))
        #expect(heads[2].hasPrefix("GET /swagger.json?version=3\n"))
        #expect(probe.text == "Healthy\n")
        #expect(foreign.status == 404)
        #expect(foreign.text.contains("/score, /swagger.json, /ping and /health"))
    }

    @Test func `of the mlflow contract has its scorer describe it`() throws {
        let gateway = try GatewayUnderTest()
        try gateway.route([gateway.run(1)]) { $0.contract = .mlflow }
        let client = try gateway.connect()
        let base = "/endpoints/iris"
        let browser = "Accept: application/xhtml+xml, Text/HTML;q=0.9\r\n"

        client.get(base, fields: browser)
        let early = try client.answer()
        let scorer = try gateway.startScorer(gateway.run(1))
        client.get(base, fields: browser)
        let page = try client.answer()
        client.get(base + "/swagger.json?version=3", fields: "x-forwarded-prefix: /forged\r\n")
        let below = try client.answer()
        client.send("GET /swagger.json HTTP/1.1\r\nHost: iris.example\r\n\r\n")
        let atRoot = try client.answer()
        client.get(base, fields: "Accept: */*\r\n")
        let probe = try client.answer()
        client.post(base + "/swagger.json", "{}")
        let posted = try client.answer()
        let heads = try (0..<3).map { _ in try scorer.asked.take { $0.head } }

        #expect(early.status == 503)
        #expect([page, below, atRoot].allSatisfy { $0.status == 200 })
        #expect(heads[0].hasPrefix("GET /\naccept: application/xhtml+xml, Text/HTML;q=0.9\n"))
        #expect(heads[1].hasPrefix("GET /swagger.json?version=3\n"))
        #expect(heads[1].contains("\nx-forwarded-prefix: /endpoints/iris\n"))
        #expect(!heads[1].contains("forged"))
        #expect(heads[2].hasPrefix("GET /swagger.json\n"))
        #expect(!heads[2].contains("x-forwarded-prefix"))
        #expect(probe.text == "Healthy\n")
        #expect(posted.status == 405)
        #expect(posted.field("allow") == "GET, HEAD")
        #expect(scorer.begun == 3)
    }

    @Test func `of a scorer of your own is not described`() throws {
        let gateway = try GatewayUnderTest()
        let scorer = try gateway.startScorer(gateway.run(1))
        try gateway.route([gateway.run(1)])
        let client = try gateway.connect()

        client.get("/endpoints/iris/swagger.json")
        let document = try client.answer()
        client.get("/endpoints/iris/", fields: "Accept: text/html\r\n")
        let root = try client.answer()

        #expect(document.status == 404)
        #expect(root.text == "Healthy\n")
        #expect(scorer.begun == 0)
    }

    @Test func `to a probe tells whether a run serves`() throws {
        let gateway = try GatewayUnderTest()
        try gateway.route([gateway.run(1)])
        let client = try gateway.connect()

        client.get("/endpoints/iris/ping")
        let before = try client.answer()
        let scorer = try gateway.startScorer(gateway.run(1))
        client.get("/endpoints/iris/health")
        let serving = try client.answer()
        client.get("/endpoints/iris/")
        let root = try client.answer()
        scorer.die()
        try gateway.report { if case .ejected = $0 { true } else { nil } }
        client.get("/endpoints/iris/ping")
        let after = try client.answer()

        #expect(before.status == 503)
        #expect(serving.status == 200)
        #expect(root.text == "Healthy\n")
        #expect(after.status == 503)
    }

    @Test func `to a failed deployment says why`() throws {
        let gateway = try GatewayUnderTest()
        try gateway.route([]) { $0.availability = .failed("the model cannot be loaded: no iris") }
        let client = try gateway.connect()

        client.post("/endpoints/iris/score", "x")
        let answer = try client.answer()

        #expect(answer.status == 503)
        #expect(answer.text.contains("the model cannot be loaded: no iris"))
    }

    @Test func `that is removed answers 404`() throws {
        let gateway = try GatewayUnderTest()
        _ = try gateway.startScorer(gateway.run(1))
        try gateway.route([gateway.run(1)])
        let client = try gateway.connect()
        client.post("/endpoints/iris/score", "x")
        let before = try client.answer()

        try gateway.send(.unroute(gateway.endpoint))
        _ = try gateway.statistics()
        client.post("/endpoints/iris/score", "x")

        #expect(before.status == 200)
        #expect(try client.answer().status == 404)
    }
}
