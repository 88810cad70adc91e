// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Glibc
import Testing
import Vocabulary
import Wire

@testable import Processes

/// Python that speaks over the lane.
let speakOnLane = """
    import socket, sys, os, time, signal
    lane = socket.socket(fileno=3)
    def say(text): lane.send(text.encode())

    """

@Suite struct `A node` {
    @Test(arguments: IsolationLevel.allCases)
    func `tells how a scorer ended`(level: IsolationLevel) throws {
        let node = try TestNode(upTo: level)

        #expect(try node.result(of: "raise SystemExit(0)").cause == .exited(status: 0))
        #expect(try node.result(of: "raise SystemExit(77)").cause == .exited(status: 77))
        for signal in [SIGSEGV, SIGTERM, SIGKILL, SIGABRT] {
            let report = try node.result(of: "import os; os.kill(os.getpid(), \(signal))")
            #expect(report.cause == .signalled(signal))
        }
    }

    @Test(arguments: IsolationLevel.allCases)
    func `gives a scorer its four descriptors and no other`(level: IsolationLevel) throws {
        let node = try TestNode(upTo: level)

        let report = try node.result(
            of: """
                import os
                def is_open(n):
                    try: os.fstat(n); return True
                    except OSError: return False
                print([n for n in range(4096) if is_open(n)])
                """
        )

        #expect(report.lastLines == ["[0, 1, 2, 3]"])
    }

    @Test(arguments: IsolationLevel.allCases)
    func `keeps one on the gateway's core where its order says so, and only that one`(
        level: IsolationLevel
    ) throws {
        let node = try TestNode(upTo: level)
        let asks = "import os; print(sorted(os.sched_getaffinity(0)))"

        let free = try node.result(of: asks)
        let bound = try node.result(of: asks) { $0.isOnGatewayCore = true }
        let after = try node.result(of: asks)

        let all = try #require(free.lastLines.first)
        let last = all.trimmingCharacters(in: ["[", "]"]).split(separator: ", ").last
        #expect(bound.lastLines == ["[\(try #require(last))]"])
        #expect(after.lastLines == [all])
    }

    @Test func `hands out the gateway's end of a lane, and again when asked`() throws {
        let node = try TestNode()
        let order = try node.order(speakOnLane + "say('first'); say(lane.recv(99).decode())")

        let (held, lane) = try node.start(order)
        #expect(try lane.text() == "first")
        try node.send(.lane(order.run))
        let (report, descriptors) = try node.next()
        guard case .lane(order.run) = report else {
            Issue.record("\(report) is no lane")
            return
        }
        let again = try #require(descriptors.first)
        #expect(send(again.number, "second", 6, 0) == 6)

        #expect(try lane.text() == "second")
        #expect(held.pid > 1)
        #expect(try node.end(of: order.run).cause == .exited(status: 0))
    }

    @Test func `names the pid by which a scorer can be ended`() throws {
        let node = try TestNode()
        let order = try node.order(speakOnLane + "say('up'); time.sleep(999)")
        let (held, lane) = try node.start(order)
        #expect(try lane.text() == "up")

        #expect(kill(held.pid, SIGKILL) == 0)

        #expect(try node.end(of: order.run).cause == .signalled(SIGKILL))
    }

    @Test func `says which step of a start failed, and on what`() throws {
        let node = try TestNode()
        var order = try node.order("")
        order.program = .native(path: "/usr/bin/no-such-program", arguments: [])
        try node.send(.spawn(order))

        let problem = try #require(throws: Problem.self) { try node.end(of: order.run) }

        #expect(problem.code == "cannotStart")
        #expect(problem.what.contains("'/usr/bin/no-such-program': No such file or directory"))
    }

    @Test(arguments: IsolationLevel.allCases)
    func `starts a program by a path that leads through a link`(level: IsolationLevel) throws {
        let node = try TestNode(upTo: level)
        var order = try node.order("")
        order.program = .native(path: "/bin/true", arguments: [])
        try node.send(.spawn(order))

        #expect(try node.end(of: order.run).cause == .exited(status: 0))
    }

    @Test func `holds more scorers than the descriptors that its shell gave it`() throws {
        let node = try TestNode(withFewDescriptors: true)

        let lanes = try (0..<16).map { _ in
            try node.start(try node.order(speakOnLane + "say('up'); time.sleep(999)")).lane
        }

        for lane in lanes { #expect(try lane.text() == "up") }
    }

    @Test func `refuses less isolation than is asked for`() throws {
        let node = try TestNode(upTo: .process)
        let order = try node.order("", minimum: .confined)
        try node.send(.spawn(order))

        let problem = try #require(throws: Problem.self) { try node.end(of: order.run) }

        #expect(problem.code == "isolationTooLow")
    }

    @Test(arguments: IsolationLevel.allCases)
    func `ends a whole tree when asked`(level: IsolationLevel) throws {
        let node = try TestNode(upTo: level)
        let order = try node.order(speakOnLane + daemonise + "time.sleep(999)")
        let (_, lane) = try node.start(order)
        #expect(try lane.text() == "daemon")

        try node.send(.end(order.run))

        #expect(try node.end(of: order.run).cause == .signalled(SIGKILL))
        try lane.waitForTheEnd()
    }

    @Test(arguments: IsolationLevel.allCases)
    func `leaves no daemon of a scorer that has left`(level: IsolationLevel) throws {
        let node = try TestNode(upTo: level)
        let order = try node.order(speakOnLane + daemonise + "os._exit(5)")
        let (_, lane) = try node.start(order)

        #expect(try node.end(of: order.run).cause == .exited(status: 5))
        try lane.waitForTheEnd()
    }

    @Test(arguments: [IsolationLevel.process, .confined])
    func `ends the orphans of an init that was killed`(level: IsolationLevel) throws {
        let node = try TestNode(upTo: level)
        let order = try node.order(speakOnLane + daemonise + "time.sleep(999)")
        let (held, lane) = try node.start(order)
        #expect(try lane.text() == "daemon")
        let status = try #require(SmallFile.read("/proc/\(held.pid)/status"))
        let line = try #require(status.split(separator: "\n").first { $0.hasPrefix("PPid:") })
        let initPid = try #require(Int32(line.dropFirst(6)))

        kill(initPid, SIGKILL)

        #expect(try node.end(of: order.run).cause == .signalled(SIGKILL))
        try lane.waitForTheEnd()
    }

    @Test(arguments: IsolationLevel.allCases)
    func `takes its scorers and their daemons with it`(level: IsolationLevel) throws {
        let node = try TestNode(upTo: level)
        let order = try node.order(speakOnLane + daemonise + "time.sleep(999)")
        let (_, lane) = try node.start(order)
        #expect(try lane.text() == "daemon")

        kill(node.process.processIdentifier, SIGKILL)

        try lane.waitForTheEnd()
        removeGroups(of: node)
    }

    @Test func `tells a supervisor that returns what it holds and what has ended`() throws {
        let node = try TestNode()
        let lasting = try node.order(speakOnLane + "lane.recv(1)")
        let passing = try node.order(speakOnLane + "lane.recv(1); os._exit(9)")
        let (_, lastingLane) = try node.start(lasting)
        let (_, passingLane) = try node.start(passing)
        node.socket.shutDown()
        #expect(send(passingLane.descriptor.number, "x", 1, 0) == 1)
        try passingLane.waitForTheEnd()

        try node.reconnect()
        var held: [Run] = []
        var ended: [Run: ExitReport] = [:]
        for report in node.greeting {
            if case .holding(let facts) = report { held.append(facts.run) }
            if case .exited(let run, let exit) = report { ended[run] = exit }
        }
        if ended.isEmpty { ended[passing.run] = try node.end(of: passing.run) }

        #expect(held.contains(lasting.run))
        #expect(ended[passing.run]?.cause == .exited(status: 9))
        #expect(send(lastingLane.descriptor.number, "x", 1, 0) == 1)
        #expect(try node.end(of: lasting.run).cause == .exited(status: 0))
    }

    @Test func `leaves by itself when no supervisor comes back`() throws {
        let node = try TestNode(graceMilliseconds: 300)
        let order = try node.order(speakOnLane + "say('up'); time.sleep(999)")
        let (_, lane) = try node.start(order)
        #expect(try lane.text() == "up")

        node.socket.shutDown()

        try lane.waitForTheEnd()
        node.process.waitUntilExit()
        #expect(node.process.terminationStatus == 0)
        #expect(access("\(node.folder)/node.sock", F_OK) != 0)
        #expect(groupFolders(named: node.cgroupName).isEmpty)
    }

    @Test func `ends everything and leaves when told to`() throws {
        let node = try TestNode()
        let order = try node.order(speakOnLane + "say('up'); time.sleep(999)")
        let (_, lane) = try node.start(order)
        #expect(try lane.text() == "up")

        try node.send(.leave)

        #expect(try node.end(of: order.run).cause == .signalled(SIGKILL))
        node.process.waitUntilExit()
        #expect(groupFolders(named: node.cgroupName).isEmpty)
    }

    @Test func `has no more descriptors, mounts or cgroups after fifty starts`() throws {
        let node = try TestNode()
        _ = try node.result(of: "")
        let before = Holdings(of: node)

        for _ in 0..<50 {
            #expect(try node.result(of: "").cause == .exited(status: 0))
        }

        // One more order and its answer: what was dying has been removed by then.
        let after = Holdings(of: node)
        #expect(after.descriptors == before.descriptors)
        #expect(after.mounts == before.mounts)
        #expect(after.groups <= before.groups + 1)
    }
}

/// A child that left its parents, keeps the lane open and says so.
private let daemonise = """
    if os.fork() == 0:
        os.setsid()
        if os.fork() == 0:
            signal.signal(signal.SIGTERM, signal.SIG_IGN)
            say('daemon')
            time.sleep(999)
        os._exit(0)
    os.wait()

    """

/// What a node holds of the machine.
private struct Holdings {
    var descriptors: Int
    var mounts: Int
    var groups: Int

    init(of node: TestNode) {
        let pid = node.process.processIdentifier
        let manager = FileManager.default
        descriptors = (try? manager.contentsOfDirectory(atPath: "/proc/\(pid)/fd"))?.count ?? -1
        mounts = SmallFile.read("/proc/\(pid)/mountinfo")?.split(separator: "\n").count ?? -1
        let folders = groupFolders(named: node.cgroupName)
        groups = folders.reduce(0) { sum, folder in
            sum + ((try? manager.contentsOfDirectory(atPath: folder))?.count ?? 0)
        }
    }
}

/// The folders of this name in the cgroup hierarchies.
private func groupFolders(named name: String) -> [String] {
    ControlGroupPlaces.read().flatMap(\.bases).map { "\($0)/\(name)" }
        .filter { access($0, F_OK) == 0 }
}

/// Removes what a node that was killed could not.
private func removeGroups(of node: TestNode) {
    node.process.waitUntilExit()
    let (groups, _) = ControlGroups.find(name: node.cgroupName)
    groups.remove()
}
