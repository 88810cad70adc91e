// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

/// Writes what a scorer is shown of a request's head: `POST /score?x=y\n`, then a line a field.
enum ScorerHead {
    /// Most bytes of it; further fields are left out.
    private static let limit = 12 << 10

    /// Fields that every scorer may want; a native scorer sees all that are not about the
    /// connection or for us.
    private static let alwaysPassed = ["traceparent", "tracestate", "content-encoding", "baggage"]

    /// The head for a scorer of `target`, a route of the endpoint.
    ///
    /// Shape: `place` is what the endpoint's address has before `target`; empty where the scorer
    /// need not know.
    static func make(
        _ head: borrowing RequestHead,
        target: String,
        place: String,
        identifier: String,
        clientIdentifier: String,
        passesAll: Bool
    ) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(160)
        bytes.append(contentsOf: head.method.text.utf8)
        bytes.append(UInt8(ascii: " "))
        bytes.append(contentsOf: target.utf8)
        bytes.append(UInt8(ascii: "\n"))
        if !head.contentType.isEmpty { add("content-type", head.contentType, to: &bytes) }
        if !head.accept.isEmpty { add("accept", head.accept, to: &bytes) }
        add("x-request-id", identifier, to: &bytes)
        if !place.isEmpty { add("x-forwarded-prefix", place, to: &bytes) }
        if !clientIdentifier.isEmpty {
            add("x-ms-client-request-id", clientIdentifier, to: &bytes)
        }
        for field in head.passed where passesAll || alwaysPassed.contains(field.name) {
            let length = field.name.utf8.count + field.value.utf8.count + 3
            if bytes.count + length <= limit { add(field.name, field.value, to: &bytes) }
        }
        return bytes
    }

    private static func add(_ name: String, _ value: String, to bytes: inout [UInt8]) {
        bytes.append(contentsOf: name.utf8)
        bytes.append(UInt8(ascii: ":"))
        bytes.append(UInt8(ascii: " "))
        bytes.append(contentsOf: value.utf8)
        bytes.append(UInt8(ascii: "\n"))
    }
}
