// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import NIOCore
import NIOEmbedded
import NIOHTTP1

@testable import Gateway

extension Reading {
    /// Fields that our codec names or leaves out.
    private static let known: Set<String> = [
        "te", "host", "accept", "expect", "cookie", "upgrade", "trailer", "connection",
        "keep-alive", "user-agent", "content-type", "x-request-id", "authorization",
        "content-length", "proxy-connection", "transfer-encoding", "proxy-authorization",
        "x-ms-client-request-id", "azureml-model-deployment",
    ]

    /// What NIO's own decoder makes of the same bytes; nothing where it refuses them.
    static func byPeer(_ bytes: [UInt8]) -> Reading? {
        var limits = NIOHTTPDecoderLimitConfiguration()
        limits.maxHeaderFieldSize = 9_000
        limits.maxHeaderListSize = 100_000
        limits.maxHeaderFieldCount = 200
        let decoder = HTTPRequestDecoder(
            leftOverBytesStrategy: .dropBytes,
            limitConfiguration: limits
        )
        let channel = EmbeddedChannel(handler: ByteToMessageHandler(decoder))
        defer { _ = try? channel.finish() }
        var reading = Reading()
        do {
            try channel.writeInbound(ByteBuffer(bytes: bytes))
            while let part = try channel.readInbound(as: HTTPServerRequestPart.self) {
                reading.add(part)
            }
        } catch {
            return nil
        }
        return reading
    }

    private mutating func add(_ part: HTTPServerRequestPart) {
        switch part {
        case .head(let head):
            requests.append(
                Request(
                    // It has no name of its own for the one method with a hyphen.
                    method: head.method.rawValue.replacing("MSEARCH", with: "M-SEARCH"),
                    target: head.uri,
                    isVersion10: head.version == .http1_0,
                    host: Self.trimmed(head.headers.first(name: "host")),
                    contentType: Self.trimmed(head.headers.first(name: "content-type")),
                    others: head.headers.compactMap { name, value in
                        let name = name.lowercased()
                        return Self.known.contains(name) ? nil : "\(name): \(Self.trimmed(value))"
                    }
                )
            )
        case .body(let bytes): requests[requests.count - 1].body += bytes.readableBytesView
        case .end: requests[requests.count - 1].isWhole = true
        }
    }

    /// It keeps tabs, and spaces before them, at the end of a value.
    private static func trimmed(_ value: String?) -> String {
        (value ?? "").trimmingCharacters(in: CharacterSet(charactersIn: " \t"))
    }
}
