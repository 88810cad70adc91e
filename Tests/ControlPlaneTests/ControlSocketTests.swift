// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Client
import ControlPlane
import Foundation
import Glibc
import Logbook
import Testing
import Vocabulary

@Suite struct `The control socket` {
    private static func mode(_ path: String) throws -> mode_t {
        var facts = stat()
        try #require(stat(path, &facts) == 0)
        return facts.st_mode & 0o777
    }

    @Test func `may be opened by its owner alone`() async throws {
        try await RunningServer.run { server in
            let mode = try Self.mode(server.socket)

            #expect(mode == 0o600)
        }
    }

    @Test func `leaves nothing else in the folder, and nothing at all afterwards`() async throws {
        let left = try await RunningServer.run { server in
            let names = try FileManager.default.contentsOfDirectory(atPath: server.folder)

            #expect(names == ["control.sock"])
        }

        #expect(left.isEmpty)
    }

    @Test func `replaces what a killed server left`() async throws {
        let prepare: (String) throws -> Void = { folder in
            _ = FileManager.default.createFile(atPath: folder + "/control.sock", contents: Data())
        }
        try await RunningServer.run(before: prepare) { server in
            let status = try await server.client.status()

            #expect(status.server.pid == 41)
        }
    }

    @Test func `is refused where the folder is not there`() async throws {
        let server = ControlServer(
            control: MemoryServer(),
            socket: "/nowhere/at/all/control.sock",
            logger: Logbook.logger("test", level: .critical)
        )

        let problem = await #expect(throws: Problem.self) { try await server.run() }

        #expect(problem?.code == "cannotListen")
        #expect(problem?.what.contains("'/nowhere/at/all/control.sock'") == true)
    }

    @Test func `is missed in words when no server stands there`() async throws {
        let client = ControlClient(state: "/nowhere")

        let problem = await #expect(throws: Problem.self) { try await client.status() }

        #expect(problem?.code == "noServer")
        #expect(problem.map { CommandStatus($0) } == .noServer)
    }
}
