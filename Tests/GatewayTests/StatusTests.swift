// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Glibc
import Testing
import Vocabulary
import Wire

@testable import Gateway

private let score = "/endpoints/iris/score"
private let reason = "ms-azureml-model-error-reason"
private let code = "ms-azureml-model-error-statuscode"

/// What a managed endpoint answers, by the table of its documentation.
@Suite(.serialized) struct `A managed endpoint` {
    /// A gateway whose model answers with the status that it is asked for, and with what comes behind
    /// it as body.
    private func obedient(
        _ style: StatusStyle,
        contract: DeploymentRoute.Contract = .native
    ) throws -> GatewayUnderTest {
        let gateway = try GatewayUnderTest()
        _ = try gateway.startScorer(gateway.run(1)) { asked in
            let words = asked.text.split(separator: " ", maxSplits: 1)
            return .whole(
                status: words.first.flatMap { UInt16($0) } ?? 500,
                head: "",
                body: words.count > 1 ? Array(words[1].utf8) : []
            )
        }
        try gateway.route([gateway.run(1)]) {
            $0.statuses = style
            $0.contract = contract
        }
        return gateway
    }

    @Test(arguments: [201, 202, 204, 301, 304, 400, 404, 422, 429, 500, 503])
    func `answers 424 for whatever its model answers but 200`(status: Int) throws {
        let gateway = try obedient(.managed)
        let client = try gateway.connect()

        client.post(score, "\(status) words")
        let answer = try client.answer()
        client.post(score, "\(status)")
        let silent = try client.answer()

        for answer in [answer, silent] {
            #expect(answer.status == 424)
            #expect(answer.field(code) == "\(status)")
            #expect(answer.field(reason) == "model_error")
        }
        #expect(answer.text == "words")
        #expect(silent.text.contains("answered \(status) without a body"))
    }

    @Test func `passes 200 on, and everything where its statuses are direct`() throws {
        let gateways = (managed: try obedient(.managed), direct: try obedient(.direct))
        let managed = try gateways.managed.connect()
        let direct = try gateways.direct.connect()

        managed.post(score, "200 fine")
        let fine = try managed.answer()
        direct.post(score, "418 tea")
        let tea = try direct.answer()

        #expect([fine.status, tea.status] == [200, 418])
        #expect([fine.field(code), tea.field(code)] == [nil, nil])
        #expect(tea.text == "tea")
    }

    @Test func `answers at /invocations as MLflow does`() throws {
        let gateway = try obedient(.managed, contract: .mlflow)
        let client = try gateway.connect()

        client.post("/endpoints/iris/invocations", "400 {}")
        let mlflow = try client.answer()
        client.post(score, "400 {}")
        let azure = try client.answer()

        #expect([mlflow.status, azure.status] == [400, 424])
        #expect([mlflow.field(reason), azure.field(reason)] == [nil, "model_error"])
    }

    @Test func `answers 408 to what takes too long, and 504 where MLflow would`() throws {
        let gateway = try GatewayUnderTest()
        try gateway.route([]) {
            $0.statuses = .managed
            $0.contract = .mlflow
            $0.deadlineMilliseconds = 100
        }
        let client = try gateway.connect()

        client.post(score, "{}")
        let azure = try client.answer()
        client.post("/endpoints/iris/invocations", "{}")
        let mlflow = try client.answer()

        #expect([azure.status, mlflow.status] == [408, 504])
        #expect(azure.text.contains("DeadlinePassed"))
    }

    @Test func `answers 429 past what may be under way, and takes more when one is over`() throws {
        let gateway = try GatewayUnderTest()
        let gate = Gate()
        let scorer = try gateway.startScorer(gateway.run(1)) { asked in
            gate.pass()
            return .echo(asked)
        }
        try gateway.route([gateway.run(1)]) {
            $0.statuses = .managed
            $0.pendingLimit = 2
        }
        let clients = try (0..<2).map { _ in try gateway.connect() }
        for client in clients { client.post(score, "in") }
        try scorer.asked.take { _ in true }
        while try gateway.statistics()?.waiting != 1 { sched_yield() }
        let third = try gateway.connect()

        third.post(score, "one too many")
        let refused = try third.answer()
        gate.open(3)
        let answers = try clients.map { try $0.answer().status }
        third.post(score, "again")
        let again = try third.answer()

        #expect(refused.status == 429)
        #expect(refused.field(reason) == "too_many_pending_request")
        #expect(refused.text.contains("under way"))
        #expect(answers == [200, 200])
        #expect(again.status == 200)
    }

    @Test func `is healthy at its root, and takes a key that it does not ask for`() throws {
        let gateway = try obedient(.managed)
        let client = try gateway.connect()

        client.get("/endpoints/iris/", fields: "Authorization: Bearer abc\r\n")
        let root = try client.answer()
        client.post(score, "200 fine", fields: "Authorization: Bearer abc\r\n")
        let scored = try client.answer()

        #expect(root.status == 200)
        #expect(root.text == "Healthy\n")
        #expect(scored.text == "fine")
    }
}
