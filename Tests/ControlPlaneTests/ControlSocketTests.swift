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

    @Test func `answers whoever has it handed over before that begins`() async throws {
        try await RunningServer.run { server in
            let (status, text) = try await server.ask("POST", "/handover", Data("{}".utf8))

            #expect(status == 202)
            #expect(text.contains("7.8.9"))
            while await !server.memory.hasBegunHandover { await Task.yield() }
        }
    }

    @Test func `is waited for where its server lives and does not listen yet`() async throws {
        let (answers, signal) = AsyncStream.makeStream(of: Int32?.self)
        let prepare: (String) throws -> Void = { folder in
            try Data("\(getpid())\n".utf8).write(to: URL(filePath: folder + "/lock"))
            Task {
                signal.yield(try? await ControlClient(state: folder).status().server.pid)
                signal.finish()
            }
        }
        try await RunningServer.run(before: prepare) { _ in
            for await pid in answers { #expect(pid == 41) }
        }
    }

    @Test func `is not waited for where its server has died`() async throws {
        let folder = NSTemporaryDirectory() + "control-\(UUID().uuidString.prefix(8))"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        // No process has it: it is above what the kernel gives out.
        try Data("\(Int32.max)\n".utf8).write(to: URL(filePath: folder + "/lock"))

        let problem = await #expect(throws: Problem.self) {
            try await ControlClient(state: folder).status()
        }

        #expect(problem?.code == "noServer")
    }

    @Test func `says what is wrong with what is not HTTP`() async throws {
        try await RunningServer.run { server in
            let client = try SocketClient(server.socket)
            client.send("what is the status?\r\n\r\n")
            let answer = await client.readToEnd()

            #expect(answer.hasPrefix("HTTP/1.1 400"))
            #expect(answer.contains("\"notHTTP\""))
            #expect(answer.contains("cannot read the request: it is not HTTP/1.1"))
            let parts = answer.components(separatedBy: "\r\n\r\n")
            #expect(parts.first?.contains("Content-Length: \(parts.last?.utf8.count ?? 0)") == true)
        }
    }

    @Test func `is not filled by connections on which nothing is asked`() async throws {
        try await RunningServer.run { server in
            // More than are taken at once.
            var idle: [SocketClient] = []
            for _ in 0..<300 {
                let client = try SocketClient(server.socket)
                client.send("GET /status HTTP/1.1\r\nHost: x\r\n\r\n")
                #expect(await client.read().hasPrefix("HTTP/1.1 200"))
                idle.append(client)
            }
            let status = try await server.client.status()

            #expect(status.server.pid == 41)
            #expect(await idle[0].readToEnd().isEmpty)
            // Only as many went as were too many, and none because its time was over.
            for place in [100, 299] {
                idle[place].send("GET /status HTTP/1.1\r\nHost: x\r\n\r\n")
                #expect(await idle[place].read().hasPrefix("HTTP/1.1 200"))
            }
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
