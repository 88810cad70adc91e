// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import NIOCore
import RequestDispatch
import RequestQueue
import Vocabulary
import Wire

/// From a request's head to the dispatcher.
extension GatewayCore {
    /// A head was read: finds out what it asks for, and whether its body may come.
    func begin(_ exchange: Exchange, _ head: borrowing RequestHead) {
        guard let connection = exchange.connection else { return }
        if head.has(.requestIdentifier) {
            let length = head.withBytes(of: .requestIdentifier) { $0.count }
            if length > RequestIdentifier.limit {
                let fault = RequestFault(
                    status: 431,
                    what: "x-request-id is longer than \(RequestIdentifier.limit) characters"
                )
                answerEarly(exchange, OwnAnswer.fault(fault))
                return
            }
            let given = head.withBytes(of: .requestIdentifier) { RequestIdentifier(client: $0) }
            exchange.identifier = given ?? identifiers.make()
        } else {
            exchange.identifier = identifiers.make()
        }
        if head.has(.clientIdentifier) {
            exchange.clientIdentifier = head.withBytes(of: .clientIdentifier) {
                RequestIdentifier.cleaned(client: $0)
            }
        }
        switch connection.route.find(head, owner: connection.owner, in: router) {
        case .endpoint(let endpoint, let route, let target):
            begin(exchange, head, at: endpoint, route, target)
        case .root:
            let count = router.endpoints.count
            answerEarly(
                exchange,
                head.isReading
                    ? .line(200, "Scorekeeper: \(count) endpoint\(count == 1 ? "" : "s")")
                    : .methodNotAllowed("GET, HEAD")
            )
        case .unknownEndpoint(let name): answerEarly(exchange, .unknownEndpoint(name))
        case .nowhere: answerEarly(exchange, .nowhere)
        }
    }

    private func begin(
        _ exchange: Exchange,
        _ head: borrowing RequestHead,
        at endpoint: Endpoint,
        _ route: Router.Route,
        _ target: String
    ) {
        let isNamed = head.has(.deployment)
        let isScored = route == .score || route == .invocations
        let chosen =
            if isNamed {
                endpoint.named(head.text(.deployment))
            } else if isScored {
                endpoint.turn
            } else {
                endpoint.speaker { dispatcher.canServe($0.id) }
            }
        guard let deployment = chosen else {
            answerEarly(exchange, .noDeployment(endpoint.name, asked: head.text(.deployment)))
            return
        }
        exchange.deployment = deployment
        exchange.statuses = route.isOfMLflow ? .direct : deployment.statuses
        if let answer = ownAnswer(head, route, deployment) {
            answerEarly(exchange, answer)
            return
        }
        if isScored, !isNamed {
            endpoint.takeTurn()
            if let mirror = endpoint.mirror { offer(exchange, to: mirror, head, route, target) }
        }
        switch dispatcher.admit(to: deployment.id, length: exchange.announced ?? 0, at: now) {
        case .refused(let refusal):
            answerEarly(exchange, .refusal(refusal, deployment, exchange.statuses))
        case .admitted(let request, let deadline):
            exchange.request = request
            exchange.deadline = deadline
            if isScored { exchange.sample = deployment.kept?.sample(at: now) }
            let isBelow = route == .swagger && target != head.text(.target)
            exchange.scorerHead = ScorerHead.make(
                head,
                target: target,
                place: isBelow ? Router.place(of: endpoint.name) : "",
                identifier: exchange.identifier,
                clientIdentifier: exchange.clientIdentifier,
                passesAll: deployment.contract != .mlflow
            )
            remember(exchange, as: request)
            exchange.connection?.continueBody(of: exchange)
        }
    }

    func remember(_ exchange: Exchange, as request: RequestID) {
        let place = Int(request.index)
        while exchanges.count <= place { exchanges.append(nil) }
        exchanges[place] = exchange
    }

    /// What the gateway knows to answer without a scorer; nothing when a scorer is to be asked.
    func ownAnswer(
        _ head: borrowing RequestHead,
        _ route: Router.Route,
        _ deployment: Deployment
    ) -> OwnAnswer? {
        switch (route, deployment.contract) {
        case (.ping, _), (.health, _):
            guard head.isReading else { return .methodNotAllowed("GET, HEAD") }
            return .probe(dispatcher.canServe(deployment.id) ? 200 : 503)
        case (.root, _):
            guard head.isReading else { return .methodNotAllowed("GET, HEAD") }
            guard dispatcher.canServe(deployment.id) else { return .line(503, "No run serves") }
            return deployment.contract == .mlflow && head.acceptsHTML ? nil : .line(200, "Healthy")
        case (.swagger, .mlflow):
            return head.isReading ? nil : .methodNotAllowed("GET, HEAD")
        case (.version, .mlflow):
            return head.method == .get ? nil : .methodNotAllowed("GET")
        case (.score, .mlflow), (.invocations, .mlflow):
            guard head.method == .post else { return .methodNotAllowed("POST") }
            let isScored = head.withBytes(of: .contentType) { MediaType.isScored($0) }
            return isScored ? nil : .unsupportedType(head.text(.contentType))
        case (.score, .native), (.score, .script), (.swagger, .script): return nil
        case (.version, .native), (.invocations, .native), (.swagger, .native),
            (.version, .script), (.invocations, .script), (.unknown, _):
            return .noRoute(deployment)
        }
    }

    /// A part of a body came.
    func receive(_ bytes: ByteBuffer, for exchange: Exchange) {
        if let refusal = dispatcher.grow(exchange.request, by: bytes.readableBytes) {
            exchanges[Int(exchange.request.index)] = nil
            exchange.request = .none
            if let deployment = exchange.deployment {
                answerEarly(exchange, .refusal(refusal, deployment, exchange.statuses))
            }
            return
        }
        do throws(LaneError) {
            try exchange.body.append(
                bytes,
                announced: exchange.announced,
                needsDigest: exchange.deployment.map { dispatcher.needsDigest($0.id) } ?? false
            )
        } catch {
            giveUp(exchange, error)
        }
    }

    /// The machine cannot hold the body.
    private func giveUp(_ exchange: Exchange, _ error: LaneError) {
        decide(.clientGone(exchange.request))
        exchange.request = .none
        answerEarly(
            exchange,
            .error(503, "OutOfMemory", "\(error); try again with a shorter body")
        )
    }

    /// A request is whole and waits for its turn; false where it is over.
    func holdBack(_ exchange: Exchange) -> Bool {
        guard exchange.request != .none else { return false }
        do throws(LaneError) {
            try exchange.body.finish()
        } catch {
            giveUp(exchange, error)
            return false
        }
        exchange.body.compact()
        if exchange.deadline < timerDue { setTimer() }
        return true
    }

    /// How many requests to its deployment a connection may have under way at once.
    func share(of exchange: Exchange) -> Int {
        exchange.deployment.map { dispatcher.share(of: $0.id) } ?? 1
    }

    /// Whether a part of its answer that nobody takes over keeps a scorer from requests that wait.
    func isInTheWay(_ exchange: Exchange) -> Bool {
        guard !exchange.unacknowledged.isEmpty, let deployment = exchange.deployment else {
            return false
        }
        return dispatcher.hasWaiting(deployment.id)
    }

    /// A request is whole.
    func end(_ exchange: Exchange) {
        guard let deployment = exchange.deployment, exchange.request != .none else { return }
        do throws(LaneError) {
            try exchange.body.finish()
        } catch {
            giveUp(exchange, error)
            return
        }
        exchange.wholeAt = now
        let digest = dispatcher.needsDigest(deployment.id) ? exchange.body.digest : 0
        decide(.arrived(exchange.request, digest: digest))
        let isBound = unposted.last?.request == exchange.request
        if !isBound, exchange.progress == .awaited { exchange.body.compact() }
        if let mirror = exchange.mirror { copy(exchange, to: mirror) }
        if exchange.deadline < timerDue { setTimer() }
    }

    /// Nobody waits for the answer any more.
    func clientGone(_ exchange: Exchange) {
        guard exchange.request != .none else { return }
        beginTurn()
        decide(.clientGone(exchange.request))
    }

    /// What came is not a request.
    func refuse(_ exchange: Exchange, _ fault: RequestFault) {
        beginTurn()
        if exchange.request != .none {
            decide(.clientGone(exchange.request))
            exchange.request = .none
        }
        answer(exchange, .fault(fault))
    }

    /// Answers before the body was read.
    func answerEarly(_ exchange: Exchange, _ answer: OwnAnswer) {
        exchange.connection?.discardBody(of: exchange)
        self.answer(exchange, answer)
    }

    /// Gives an answer of the gateway's own.
    func answer(_ exchange: Exchange, _ answer: OwnAnswer) {
        exchange.deployment?.counters.count(
            status: answer.status,
            since: exchange.arrival,
            at: now
        )
        guard let connection = exchange.connection else { return }
        var buffer = connection.buffer(capacity: 320 + answer.body.utf8.count)
        AnswerHead.writeStatus(answer.status, to: &buffer)
        buffer.writeString(answer.lines)
        buffer.writeStaticString("content-type: ")
        buffer.writeString(answer.contentType)
        buffer.writeStaticString("\r\n")
        if let deployment = exchange.deployment { buffer.writeBytes(deployment.headerLine) }
        let length = answer.body.utf8.count
        AnswerHead.finish(
            exchange,
            status: answer.status,
            framing: .length(length),
            to: &buffer
        )
        if exchange.method != .head { buffer.writeString(answer.body) }
        connection.send(buffer, for: exchange, isLast: true)
    }
}
