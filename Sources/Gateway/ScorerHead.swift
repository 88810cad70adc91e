// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

/// Writes what a scorer is shown of a request's head: `POST /score?x=y\n`, then a line a field.
enum ScorerHead {
    /// Most bytes of it; further fields are left out.
    private static let limit = 12 << 10

    /// Fields that every scorer may want; a native scorer sees all that are not about the
    /// connection or for us.
    private static func isAlwaysPassed(_ name: UnsafeRawBufferPointer) -> Bool {
        name.isSame(as: "traceparent") || name.isSame(as: "tracestate")
            || name.isSame(as: "content-encoding") || name.isSame(as: "baggage")
    }

    /// The head for a scorer of `target`, a route of the endpoint.
    ///
    /// Shape: `place` is what the endpoint's address has before `target`; empty where the scorer
    /// need not know.
    static func make(
        _ head: borrowing RequestHead,
        target: String,
        place: String,
        identifier: RequestIdentifier,
        clientIdentifier: [UInt8],
        passesAll: Bool
    ) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(160)
        head.withBytes(of: .method) { bytes.append(contentsOf: $0) }
        bytes.append(UInt8(ascii: " "))
        bytes.append(contentsOf: target.utf8)
        bytes.append(UInt8(ascii: "\n"))
        if head.has(.contentType) {
            head.withBytes(of: .contentType) { add("content-type", $0, to: &bytes) }
        }
        if head.has(.accept) { head.withBytes(of: .accept) { add("accept", $0, to: &bytes) } }
        identifier.withBytes { add("x-request-id", $0, to: &bytes) }
        if !place.isEmpty {
            var place = place
            place.withUTF8 { add("x-forwarded-prefix", UnsafeRawBufferPointer($0), to: &bytes) }
        }
        if !clientIdentifier.isEmpty {
            clientIdentifier.withUnsafeBytes { add("x-ms-client-request-id", $0, to: &bytes) }
        }
        head.forEachOther { name, value in
            guard passesAll || isAlwaysPassed(name),
                bytes.count + name.count + value.count + 3 <= limit
            else { return }
            bytes.append(contentsOf: name.lazy.map { $0 &- 65 < 26 ? $0 | 0x20 : $0 })
            finish(value, &bytes)
        }
        return bytes
    }

    private static func add(
        _ name: StaticString,
        _ value: UnsafeRawBufferPointer,
        to bytes: inout [UInt8]
    ) {
        bytes.append(
            contentsOf: UnsafeBufferPointer(start: name.utf8Start, count: name.utf8CodeUnitCount)
        )
        finish(value, &bytes)
    }

    private static func finish(_ value: UnsafeRawBufferPointer, _ bytes: inout [UInt8]) {
        bytes.append(UInt8(ascii: ":"))
        bytes.append(UInt8(ascii: " "))
        bytes.append(contentsOf: value)
        bytes.append(UInt8(ascii: "\n"))
    }
}
