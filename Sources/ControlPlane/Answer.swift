// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import ControlAPI
import Hummingbird
import NIOCore
import NIOFoundationCompat

/// A value to be answered as JSON.
struct Answer: ResponseGenerator {
    private let response: @Sendable () throws -> Response

    /// An answer, and what is to be done once it was written, whether or not anybody reads it.
    init(
        _ value: some Encodable & Sendable,
        status: HTTPResponse.Status = .ok,
        afterwards: (@Sendable () async -> Void)? = nil
    ) {
        response = {
            var text = ByteBuffer()
            try text.writeBytes(ControlCoding.encoder().encode(value))
            text.writeString("\n")
            let bytes = text
            var body = ResponseBody(byteBuffer: bytes)
            if let afterwards {
                body = ResponseBody(contentLength: bytes.readableBytes) { writer in
                    try? await writer.write(bytes)
                    try? await writer.finish(nil)
                    await afterwards()
                }
            }
            return Response(
                status: status,
                headers: [.contentType: "application/json"],
                body: body
            )
        }
    }

    func response(from request: Request, context: some RequestContext) throws -> Response {
        try response()
    }
}
