// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import NIOCore
import RequestDispatch
import RequestQueue
import Vocabulary
import Wire

/// A scorer's answer into HTTP.
extension GatewayCore {
    /// Copies a completion out of the lane and hands it to the client's connection.
    func deliver(_ completion: borrowing Completion, to exchange: Exchange, isLast: Bool) {
        guard let connection = exchange.connection, exchange.progress != .complete else { return }
        let length = completion.bodyLength
        var buffer = connection.buffer(capacity: length + completion.headLength + 320)
        if exchange.progress == .awaited {
            let status = completion.status
            if isLast, length == 0, exchange.shows(status) != status {
                count(status: exchange.shows(status), of: exchange)
                answer(exchange, .silentFailure(status, of: exchange))
                return
            }
            guard
                writeHead(
                    of: completion,
                    for: exchange,
                    framing: framing(isLast ? length : nil, for: exchange),
                    to: &buffer
                )
            else {
                let answer = OwnAnswer.badHead(of: exchange)
                count(status: answer.status, of: exchange)
                self.answer(exchange, answer)
                return
            }
            count(status: exchange.shows(status), of: exchange)
            exchange.deployment?.counters.count(
                status: exchange.shows(status),
                since: exchange.arrival,
                at: now
            )
            exchange.isStreamed = !isLast
        }
        writeBody(of: completion, for: exchange, isLast: isLast, to: &buffer)
        let endsWithHead = exchange.method == .head || exchange.isBodiless
        connection.send(buffer, for: exchange, isLast: isLast || endsWithHead)
    }

    private func framing(_ length: Int?, for exchange: Exchange) -> AnswerHead.Framing {
        if let length { return .length(length) }
        if exchange.isVersion10 {
            exchange.isKeptAlive = false
            return .untilClose
        }
        return .chunked
    }

    private func writeHead(
        of completion: borrowing Completion,
        for exchange: Exchange,
        framing: AnswerHead.Framing,
        to buffer: inout ByteBuffer
    ) -> Bool {
        let status = completion.status
        let isStreamed = completion.outcome == .part
        guard let deployment = exchange.deployment else { return false }
        let shown = exchange.shows(status)
        exchange.isBodiless = AnswerHead.hasNoBody(shown)
        AnswerHead.writeStatus(shown, to: &buffer)
        let headLength = completion.headLength
        if headLength > 0 {
            if scratch.count < headLength {
                scratch = ContiguousArray(repeating: 0, count: headLength)
            }
            let isLegal = scratch.withUnsafeMutableBytes { bytes in
                let lines = UnsafeMutableRawBufferPointer(rebasing: bytes[..<headLength])
                completion.copyHead(to: lines)
                return AnswerHead.writeScorerLines(UnsafeRawBufferPointer(lines), to: &buffer)
            }
            guard isLegal else { return false }
            if isStreamed, EventStream.lacksCacheControl(scratch.prefix(headLength)) {
                buffer.writeStaticString("cache-control: no-cache\r\n")
            }
        }
        if shown != status {
            AnswerHead.writeModelError(status, reason: "model_error", to: &buffer)
        }
        buffer.writeBytes(deployment.headerLine)
        AnswerHead.finish(exchange, status: shown, framing: framing, to: &buffer)
        return true
    }

    private func writeBody(
        of completion: borrowing Completion,
        for exchange: Exchange,
        isLast: Bool,
        to buffer: inout ByteBuffer
    ) {
        guard exchange.method != .head, !exchange.isBodiless else { return }
        let length = completion.bodyLength
        let isChunked = exchange.isStreamed && !exchange.isVersion10
        if length > 0 {
            if isChunked { AnswerHead.writeChunkStart(length, to: &buffer) }
            buffer.writeWithUnsafeMutableBytes(minimumWritableBytes: length) { bytes in
                completion.copyBody(
                    to: UnsafeMutableRawBufferPointer(rebasing: bytes[..<length])
                )
                return length
            }
            if isChunked { buffer.writeStaticString("\r\n") }
        }
        if isChunked, isLast { buffer.writeStaticString("0\r\n\r\n") }
    }

    /// Answers a request that gets no answer of its model.
    func fail(_ request: RequestID, _ failure: RequestFailure) {
        guard let exchange = exchanges[Int(request.index)] else { return }
        exchanges[Int(request.index)] = nil
        exchange.request = .none
        exchange.unacknowledged = []
        if let trial = exchange.trial { return lose(request, in: trial, failure) }
        guard let deployment = exchange.deployment else { return }
        count(failure, request, of: exchange, deployment)
        if exchange.progress == .streaming {
            guard exchange.connection?.takeBack(exchange) == true else {
                exchange.connection?.breakOff()
                return
            }
        }
        var run: Run?
        if case .lost(let lane) = failure { run = laneRuns[Int(lane.index)] }
        if exchange.isCopy {
            deployment.mirrored.unanswered += 1
            return
        }
        let failure = OwnAnswer.failure(failure, of: exchange, deployment, run: run)
        if exchange.isRead {
            answer(exchange, failure)
        } else {
            exchange.isKeptAlive = false
            answerEarly(exchange, failure)
        }
    }

    /// Has the body of a request that killed two scorers refused for a while.
    func convict(_ request: RequestID, for killing: Killing) {
        guard let exchange = exchanges[Int(request.index)], let deployment = exchange.deployment
        else { return }
        dispatcher.refuse(
            digest: exchange.body.digest,
            for: killing,
            of: deployment.id,
            at: now
        )
    }
}

extension Exchange {
    /// The status that its client sees for a status of the model's.
    ///
    /// Source: Azure Machine Learning, "HTTP status codes for online endpoints": whatever a model
    /// answers other than 200 is 424.
    func shows(_ status: Int) -> Int {
        statuses == .managed && status != 200 ? 424 : status
    }
}

extension OwnAnswer {
    /// Instead of a failure that says nothing: programs rely on finding words in it.
    static func silentFailure(_ status: Int, of exchange: Exchange) -> OwnAnswer {
        let place = exchange.deployment.map { "deployment '\($0.key)'" } ?? "a deployment"
        return .error(
            exchange.shows(status),
            "ModelError",
            "the model of \(place) answered \(status) without a body",
            lines: modelError(status, reason: "model_error")
        )
    }

    static func badHead(of exchange: Exchange) -> OwnAnswer {
        let place = exchange.deployment.map { "deployment '\($0.key)'" } ?? "a deployment"
        return .error(
            502,
            "BadAnswer",
            "the scorer of \(place) answered with header lines that are not HTTP; "
                + "it has to end each 'name: value' with a line feed, and nothing else"
        )
    }
}
