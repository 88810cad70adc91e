// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import NIOCore
import Vocabulary

/// Writes the heads of answers, and checks the lines that scorers give for them.
///
/// Status lines are made once; a head is written straight into the buffer that its body follows in.
struct AnswerHead {
    /// How the end of an answer's body is shown.
    enum Framing: Equatable {
        case length(Int)
        case chunked
        /// By the end of the connection: HTTP/1.0.
        case untilClose
    }

    private static let fieldLimit = 64
    private static let statusLines: [[UInt8]] = (0..<600).map { status in
        Array("HTTP/1.1 \(status) \(reason(for: status))\r\n".utf8)
    }
    private static let contentLength: StaticString = "content-length: "
    private static let requestIdentifier: StaticString = "x-request-id: "
    private static let clientIdentifier: StaticString = "x-ms-client-request-id: "

    /// Whether an answer of this status ends with its head.
    ///
    /// Source: RFC 9110, sections 15.3.5, 15.3.6 and 15.4.5; RFC 9112, section 6.3.
    static func hasNoBody(_ status: Int) -> Bool {
        status == 204 || status == 205 || status == 304
    }

    /// Adds a status line.
    static func writeStatus(_ status: Int, to buffer: inout ByteBuffer) {
        buffer.writeBytes(statusLines[(200..<600).contains(status) ? status : 500])
    }

    /// Adds what every answer has after its own lines, and the empty line.
    static func finish(
        _ exchange: Exchange,
        status: Int,
        framing: Framing,
        to buffer: inout ByteBuffer
    ) {
        switch framing {
        // The one without a body whose length must be told.
        case _ where status == 205: buffer.writeStaticString("content-length: 0\r\n")
        case _ where hasNoBody(status): break
        case .length(let length):
            buffer.writeStaticString(contentLength)
            writeDecimal(length, to: &buffer)
            buffer.writeStaticString("\r\n")
        case .chunked: buffer.writeStaticString("transfer-encoding: chunked\r\n")
        case .untilClose: break
        }
        if exchange.identifier != .none {
            buffer.writeStaticString(requestIdentifier)
            exchange.identifier.withBytes { _ = buffer.writeBytes($0) }
            buffer.writeStaticString("\r\n")
        }
        if !exchange.clientIdentifier.isEmpty {
            buffer.writeStaticString(clientIdentifier)
            buffer.writeBytes(exchange.clientIdentifier)
            buffer.writeStaticString("\r\n")
        }
        if !exchange.isKeptAlive {
            buffer.writeStaticString("connection: close\r\n")
        } else if exchange.isVersion10 {
            buffer.writeStaticString("connection: keep-alive\r\n")
        }
        buffer.writeStaticString("\r\n")
    }

    /// Adds a scorer's header lines: `name: value\n` each.
    ///
    /// Shape: answers false when a line is not a field, holds a control byte or is too much; what
    /// was written is then worthless. Lines about framing and the connection are left out: they
    /// are not the scorer's to say.
    static func writeScorerLines(
        _ lines: UnsafeRawBufferPointer,
        to buffer: inout ByteBuffer
    )
        -> Bool
    {
        var start = 0
        var fields = 0
        while start < lines.count {
            var end = start
            var colon = -1
            while end < lines.count, lines[end] != UInt8(ascii: "\n") {
                let byte = lines[end]
                if colon < 0 {
                    if byte == UInt8(ascii: ":") {
                        colon = end
                    } else if !byte.isTokenByte {
                        return false
                    }
                } else if !byte.isFieldByte {
                    return false
                }
                end += 1
            }
            fields += 1
            guard colon > start, fields <= fieldLimit else { return false }
            let name = UnsafeRawBufferPointer(rebasing: lines[start..<colon])
            if !isOurs(name) {
                buffer.writeBytes(UnsafeRawBufferPointer(rebasing: lines[start..<end]))
                buffer.writeStaticString("\r\n")
            }
            start = end + 1
        }
        return true
    }

    /// Whether a field is for the gateway alone to send.
    private static func isOurs(_ name: UnsafeRawBufferPointer) -> Bool {
        switch name.count {
        case 2: name.isSame(as: "te")
        case 6: name.isSame(as: "server")
        case 7: name.isSame(as: "trailer") || name.isSame(as: "upgrade")
        case 10: name.isSame(as: "connection") || name.isSame(as: "keep-alive")
        case 12: name.isSame(as: "x-request-id")
        case 14: name.isSame(as: "content-length")
        case 16: name.isSame(as: "proxy-connection")
        case 17: name.isSame(as: "transfer-encoding")
        case 18: name.isSame(as: "proxy-authenticate")
        case 22: name.isSame(as: "x-ms-client-request-id")
        case 24: name.isSame(as: "azureml-model-deployment")
        case 29: name.isSame(as: "ms-azureml-model-error-reason")
        case 33: name.isSame(as: "ms-azureml-model-error-statuscode")
        default: false
        }
    }

    /// Adds the lines that tell why an answer is not the model's own 200.
    static func writeModelError(_ status: Int, reason: StaticString, to buffer: inout ByteBuffer) {
        buffer.writeStaticString("ms-azureml-model-error-statuscode: ")
        writeDecimal(status, to: &buffer)
        buffer.writeStaticString("\r\nms-azureml-model-error-reason: ")
        buffer.writeStaticString(reason)
        buffer.writeStaticString("\r\n")
    }

    /// Adds a number in decimal digits without making a string.
    static func writeDecimal(_ number: Int, to buffer: inout ByteBuffer) {
        var digits: (UInt64, UInt64, UInt64) = (0, 0, 0)
        withUnsafeMutableBytes(of: &digits) { digits in
            var place = digits.count
            var rest = number
            repeat {
                place -= 1
                digits[place] = UInt8(ascii: "0") + UInt8(rest % 10)
                rest /= 10
            } while rest > 0
            buffer.writeBytes(UnsafeRawBufferPointer(rebasing: digits[place...]))
        }
    }

    /// Adds the line that begins a chunk of `length` bytes.
    static func writeChunkStart(_ length: Int, to buffer: inout ByteBuffer) {
        buffer.writeString(String(length, radix: 16))
        buffer.writeStaticString("\r\n")
    }

    private static func reason(for status: Int) -> String {
        switch status {
        case 200: "OK"
        case 201: "Created"
        case 202: "Accepted"
        case 204: "No Content"
        case 205: "Reset Content"
        case 304: "Not Modified"
        case 400: "Bad Request"
        case 401: "Unauthorized"
        case 403: "Forbidden"
        case 404: "Not Found"
        case 405: "Method Not Allowed"
        case 408: "Request Timeout"
        case 413: "Content Too Large"
        case 414: "URI Too Long"
        case 415: "Unsupported Media Type"
        case 417: "Expectation Failed"
        case 422: "Unprocessable Content"
        case 424: "Failed Dependency"
        case 429: "Too Many Requests"
        case 431: "Request Header Fields Too Large"
        case 500: "Internal Server Error"
        case 501: "Not Implemented"
        case 502: "Bad Gateway"
        case 503: "Service Unavailable"
        case 504: "Gateway Timeout"
        case 505: "HTTP Version Not Supported"
        default: "Status"
        }
    }
}
