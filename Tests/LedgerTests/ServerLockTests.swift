// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing
import Vocabulary

@testable import Ledger

@Suite struct `A server's lock` {
    let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
    }

    @Test func `keeps a second server out and names the first`() throws {
        let lock = try ServerLock(folder: folder.path)

        let problem = #expect(throws: Problem.self) { try ServerLock(folder: folder.path) }

        #expect(problem?.code == "stateInUse")
        #expect(problem?.what.contains("pid \(getpid())") == true)
        #expect(ServerLock.holder(of: folder.path) == getpid())
        withExtendedLifetime(lock) {}
    }

    @Test func `names its server, however long the number of the one before it was`() throws {
        let file = folder.path + "/lock"
        try "\(getpid())000\n".write(toFile: file, atomically: false, encoding: .utf8)

        let lock = try ServerLock(folder: folder.path)

        #expect(ServerLock.holder(of: folder.path) == getpid())
        #expect(try String(contentsOfFile: file, encoding: .utf8) == "\(getpid())\n")
        withExtendedLifetime(lock) {}
    }

    @Test func `keeps another process out too`() async throws {
        let lock = try ServerLock(folder: folder.path)

        await #expect(processExitsWith: .success) {
            [path = folder.path as String, pid = getpid() as Int32] in
            let problem = #expect(throws: Problem.self) { try ServerLock(folder: path) }
            #expect(problem?.what.contains("pid \(pid)") == true)
            #expect(ServerLock.holder(of: path) == pid)
        }
        withExtendedLifetime(lock) {}
    }

    @Test func `is free again when its server was killed`() async throws {
        await #expect(processExitsWith: .signal(SIGKILL)) { [path = folder.path as String] in
            let lock = try ServerLock(folder: path)
            try #require(ServerLock.holder(of: path) == getpid())
            kill(getpid(), SIGKILL)
            withExtendedLifetime(lock) {}
        }

        #expect(ServerLock.holder(of: folder.path) == nil)
        let lock = try ServerLock(folder: folder.path)
        #expect(ServerLock.holder(of: folder.path) == getpid())
        withExtendedLifetime(lock) {}
    }

    @Test func `is free again when its server let go`() throws {
        var lock: ServerLock? = try ServerLock(folder: folder.path)
        #expect(lock != nil)
        lock = nil

        #expect(throws: Never.self) { try ServerLock(folder: folder.path) }
    }

    @Test func `is held by nobody in a folder that no server used`() {
        #expect(ServerLock.holder(of: folder.path) == nil)
    }
}
