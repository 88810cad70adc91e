// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Glibc
import Testing
import Vocabulary
import Wire

@testable import Processes

/// A run whose scorer has ended by itself, and whose init cannot say so before it may go on.
private struct SilentEnd {
    let node: TestNode
    let run: Run
    private let initPid: Int32

    init(_ node: TestNode, _ code: String, type: InstanceType = .shared) throws {
        let order = try node.order(speakOnLane + "lane.recv(1)\n" + code, type: type)
        let (held, lane) = try node.start(order)
        self.node = node
        run = order.run
        initPid = try #require(ProcessFacts.read(held.pid)).parent
        kill(initPid, SIGSTOP)
        #expect(send(lane.descriptor.number, "x", 1, 0) == 1)
        // The gateway hears it first: the scorer's end of the lane is gone.
        try lane.waitForTheEnd()
    }

    /// What is reported when the node is told to end the run before its init has spoken.
    func reportAfterEnd() throws -> ExitReport {
        try node.send(.end(run))
        try node.send(.lane(run))
        while true {
            if case .lane(run) = try node.next().report { break }
        }
        kill(initPid, SIGCONT)
        return try node.end(of: run)
    }
}

@Suite struct `A scorer's own end` {
    @Test(arguments: IsolationLevel.allCases)
    func `is what is told, even where it was to be ended`(level: IsolationLevel) throws {
        let end = try SilentEnd(try TestNode(upTo: level), "os._exit(3)")

        #expect(try end.reportAfterEnd().cause == .exited(status: 3))
    }

    @Test func `by too much memory is told as such, even where it was to be ended`() throws {
        let node = try TestNode()
        // Without a writable cgroup there is no limit to hold it to.
        guard node.isolation == .limited else { return }
        let type = InstanceType(name: "small", millicores: 0, memoryBytes: 64 << 20)
        let end = try SilentEnd(node, "x = b'x' * (256 << 20)", type: type)

        #expect(try end.reportAfterEnd().cause == .outOfMemory)
    }

    @Test(arguments: IsolationLevel.allCases)
    func `that its init never tells is not waited for`(level: IsolationLevel) throws {
        let node = try TestNode(upTo: level)
        let order = try node.order(speakOnLane + "lane.recv(1)")
        let (held, _) = try node.start(order)
        let initPid = try #require(ProcessFacts.read(held.pid)).parent
        kill(initPid, SIGSTOP)
        kill(held.pid, SIGTERM)

        try node.send(.end(order.run))

        #expect(try node.end(of: order.run).cause == .signalled(SIGKILL))
    }
}

@Suite struct `What the kernel says of a process` {
    @Test func `is read past a name that holds anything`() {
        let facts = ProcessFacts("12 (a) Z (b)) S 1 12 12 0 -1 4194304 100")

        #expect(facts?.state == "S" && facts?.parent == 1 && facts?.isLeaving == false)
    }

    @Test func `tells one that is leaving, or is left to be reaped`() {
        #expect(ProcessFacts("12 (a) R 1 12 12 0 -1 4194308 100")?.isLeaving == true)
        #expect(ProcessFacts("12 (a) Z 1 12 12 0 -1 4194304 100")?.isLeaving == true)
        #expect(ProcessFacts("12 (a) R 1") == nil)
    }
}
