// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Client
import ControlPlane
import Foundation
import Logbook
import Vocabulary

/// A control server on a real socket in a folder of its own, gone with the test.
struct RunningServer {
    let memory: MemoryServer
    let folder: String
    let client: ControlClient

    var socket: String { folder + "/control.sock" }

    /// Runs `body` against a server; when both have ended, answers what they left in the folder.
    @discardableResult
    static func run(
        metricsPort: UInt16? = nil,
        before prepare: (String) throws -> Void = { _ in },
        _ body: @Sendable (RunningServer) async throws -> Void
    ) async throws -> [String] {
        let folder = NSTemporaryDirectory() + "control-\(UUID().uuidString.prefix(8))"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try prepare(folder)
        let running = RunningServer(
            memory: MemoryServer(),
            folder: folder,
            client: ControlClient(state: folder)
        )
        let server = ControlServer(
            control: running.memory,
            socket: running.socket,
            metricsPort: metricsPort,
            logger: Logbook.logger("test", level: .critical)
        )
        let (ready, signal) = AsyncStream.makeStream(of: Void.self)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                defer { signal.finish() }
                try await server.run { signal.yield() }
            }
            for await _ in ready {
                try await body(running)
                break
            }
            group.cancelAll()
            try await group.waitForAll()
        }
        return try FileManager.default.contentsOfDirectory(atPath: folder)
    }

    /// Asks the socket directly, as a client that is not ours would.
    func ask(_ method: String, _ path: String, _ body: Data = Data()) async throws -> (Int, String)
    {
        let answer = try await HTTPExchange(method, path, body: body).ask(.unixSocket(socket))
        return (answer.status, String(decoding: answer.body, as: UTF8.self))
    }
}

/// A name that the test knows to be legal.
func endpoint(_ text: String) throws -> EndpointName {
    guard let name = EndpointName(text) else {
        throw Problem(.invalid, code: "test", what: "'\(text)' is no name")
    }
    return name
}
