// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import ControlAPI
import HTTPTypes
import Hummingbird
import NIOCore
import NIOFoundationCompat
import Vocabulary

/// Turns whatever a route throws into the one shape of a refusal.
struct ProblemMiddleware: RouterMiddleware {
    typealias Context = BasicRequestContext

    func handle(
        _ request: Request,
        context: BasicRequestContext,
        next: (Request, BasicRequestContext) async throws -> Response
    ) async throws -> Response {
        do {
            return try await next(request, context)
        } catch let problem as Problem {
            return try Self.answer(problem, status: problem.kind.status)
        } catch let error as any HTTPResponseError where error.status == .contentTooLarge {
            let problem = Problem(
                .invalid,
                code: "bodyTooLong",
                what: "cannot take a body longer than \(ControlRoutes.bodyLimit) bytes"
            )
            return try Self.answer(problem, status: error.status.code)
        } catch let error as any HTTPResponseError where error.status == .notFound {
            let asked = "\(request.method.rawValue) \(request.uri.path.printable)"
            let problem = Problem(
                .notFound,
                code: "routeNotFound",
                what: "cannot find the route '\(asked)'"
            )
            return try Self.answer(problem, status: error.status.code)
        } catch {
            let problem = Problem(
                .failed,
                code: "internal",
                what: "cannot answer the request: \(error)"
            )
            return try Self.answer(problem, status: problem.kind.status)
        }
    }

    private static func answer(_ problem: Problem, status: Int) throws -> Response {
        var body = ByteBuffer()
        try body.writeBytes(ControlCoding.encoder().encode(ProblemBody(problem)))
        body.writeString("\n")
        return Response(
            status: HTTPResponse.Status(code: status),
            headers: [.contentType: "application/json"],
            body: ResponseBody(byteBuffer: body)
        )
    }
}
