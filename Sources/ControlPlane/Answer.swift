// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import ControlAPI
import Hummingbird
import NIOCore
import NIOFoundationCompat

/// A value to be answered as JSON.
struct Answer: ResponseGenerator {
    private let response: @Sendable () throws -> Response

    init(_ value: some Encodable & Sendable, status: HTTPResponse.Status = .ok) {
        response = {
            var body = ByteBuffer()
            try body.writeBytes(ControlCoding.encoder().encode(value))
            body.writeString("\n")
            return Response(
                status: status,
                headers: [.contentType: "application/json"],
                body: ResponseBody(byteBuffer: body)
            )
        }
    }

    func response(from request: Request, context: some RequestContext) throws -> Response {
        try response()
    }
}
