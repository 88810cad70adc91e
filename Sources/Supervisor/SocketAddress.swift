// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Vocabulary

/// Where a listener stands: an IPv4 or bracketed IPv6 address and a port.
///
/// Names are not resolved: a name may lead somewhere else tomorrow, and whether a listener is
/// loopback must be known before it is bound.
public struct SocketAddress: Hashable, Sendable, CustomStringConvertible {
    /// The numeric address, without brackets.
    public let host: String
    /// The port; 0 lets the kernel choose.
    public let port: UInt16

    /// Makes an address from its parts.
    public init(host: String, port: UInt16) {
        self.host = host
        self.port = port
    }

    /// Reads `127.0.0.1:8080`, `[::1]:8080` or `localhost:8080`.
    ///
    /// Errors: `listenAddress` for anything else.
    public init(_ text: String) throws(Problem) {
        guard let colon = text.lastIndex(of: ":"),
            let port = UInt16(text[text.index(after: colon)...]),
            colon != text.startIndex
        else { throw Self.refusal(of: text) }
        var host = String(text[..<colon])
        if host.hasPrefix("["), host.hasSuffix("]") {
            host = String(host.dropFirst().dropLast())
        } else if host.contains(":") {
            throw Self.refusal(of: text)
        }
        if host == "localhost" { host = "127.0.0.1" }
        self.init(host: host, port: port)
    }

    private static func refusal(of text: String) -> Problem {
        Problem(
            .invalid,
            code: "listenAddress",
            what: "cannot read '\(text)' as an address to listen on",
            remedy: "write it as 127.0.0.1:8080 or [::1]:8080"
        )
    }

    /// Whether only this machine can reach it.
    public var isLoopback: Bool { host == "::1" || host.hasPrefix("127.") }

    /// `host:port`, an IPv6 host in brackets.
    public var description: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }
}
