// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Testing
import Vocabulary

@testable import Supervisor

@Suite struct `A socket address` {
    @Test(arguments: [
        ("127.0.0.1:8080", "127.0.0.1:8080"), ("[::1]:80", "[::1]:80"),
        ("localhost:0", "127.0.0.1:0"), ("0.0.0.0:65535", "0.0.0.0:65535"),
    ])
    func `is read as it is written`(text: String, expected: String) throws {
        #expect(try SocketAddress(text).description == expected)
    }

    @Test(arguments: ["", "8080", ":8080", "127.0.0.1", "127.0.0.1:65536", "::1:80", "a:b"])
    func `is refused when it has no port or could be read two ways`(text: String) {
        #expect(throws: Problem.self) { try SocketAddress(text) }
    }

    @Test(arguments: [
        ("127.0.0.1:1", true), ("127.8.9.1:1", true), ("[::1]:1", true), ("0.0.0.0:1", false),
        ("10.0.0.1:1", false), ("[::]:1", false),
    ])
    func `knows whether other machines can reach it`(text: String, isLoopback: Bool) throws {
        #expect(try SocketAddress(text).isLoopback == isLoopback)
    }
}
