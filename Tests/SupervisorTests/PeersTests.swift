// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Glibc
import Testing

@testable import Supervisor

@Suite struct `The peers of a supervisor` {
    private func startSleeper() throws -> Int32 {
        try ChildProgram.start("/bin/sleep", ["600"], log: "/dev/null")
    }

    /// The signal that ended our child.
    private func signal(of pid: Int32) -> Int32 {
        var status: Int32 = 0
        while waitpid(pid, &status, 0) < 0, errno == EINTR {}
        return status & 0x7f
    }

    @Test func `are those that have not ended, each once`() throws {
        let peers = Peers()
        let (first, second) = (try startSleeper(), try startSleeper())
        for pid in [first, second, second] { peers.add(pid) }
        kill(first, SIGKILL)
        #expect(signal(of: first) == SIGKILL)

        let members = peers.close()

        #expect(members.map(\.pid) == [second])
        members.forEach { $0.kill() }
        #expect(members.allSatisfy { $0.hasEnded(within: .seconds(600)) })
        #expect(signal(of: second) == SIGKILL)
    }

    @Test func `are asked to leave when they come after the last look`() throws {
        let peers = Peers()
        #expect(peers.close().isEmpty)

        let late = try startSleeper()
        peers.add(late)

        #expect(signal(of: late) == SIGTERM)
    }
}
