// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

/// What a request is answered with, or a part of it.
public struct Answer: Hashable, Sendable {
    /// The HTTP status, 200 to 599.
    public var status: Int
    /// Header lines, each `name: value` with a newline behind it.
    public var head: String
    /// The body.
    public var body: [UInt8]

    /// Makes an answer of bytes.
    public init(
        _ body: [UInt8],
        type contentType: String = "application/octet-stream",
        status: Int = 200
    ) {
        self.status = status
        self.head = "content-type: \(contentType)\n"
        self.body = body
    }

    /// Makes an answer of JSON text.
    public init(json: String, status: Int = 200) {
        self.init(Array(json.utf8), type: "application/json", status: status)
    }
}
