// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

/// Server-sent events: an answer in parts that nobody on the way may keep.
///
/// Source: the HTML standard, section 9.2, "Server-sent events".
enum EventStream {
    /// Whether a scorer's header lines announce events and do not say how long they may be kept.
    ///
    /// Shape: `lines` were found to be header lines. Looked at once a stream.
    static func lacksCacheControl(_ lines: some Collection<UInt8>) -> Bool {
        var isEventStream = false
        for line in lines.split(separator: UInt8(ascii: "\n")) {
            guard let colon = line.firstIndex(of: UInt8(ascii: ":")) else { continue }
            let name = text(line[..<colon])
            if name == "cache-control" { return false }
            guard name == "content-type" else { continue }
            let value = line[line.index(after: colon)...].drop { $0 == UInt8(ascii: " ") }
            let type = value.prefix { $0 != UInt8(ascii: ";") && $0 != UInt8(ascii: " ") }
            isEventStream = text(type) == "text/event-stream"
        }
        return isEventStream
    }

    private static func text(_ bytes: some Sequence<UInt8>) -> String {
        String(decoding: Array(bytes), as: UTF8.self).lowercased()
    }
}
