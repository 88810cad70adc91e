// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Glibc
import Testing
import Vocabulary
import Wire

@testable import Processes

/// Rows of the list of faults that a node answers for, by their numbers.
@Suite struct `Faults of a scorer, to its node` {
    @Test(arguments: IsolationLevel.allCases)
    func `row 6: daemons, and what forks ahead of the killer, end with the run`(
        level: IsolationLevel
    ) throws {
        let node = try TestNode(upTo: level)
        let order = try node.order(
            speakOnLane + """
                def leave_behind(run):
                    if os.fork() == 0:
                        os.setsid()
                        if os.fork() == 0:
                            for number in range(1, 32):
                                if number not in (signal.SIGKILL, signal.SIGSTOP, signal.SIGCHLD):
                                    signal.signal(number, signal.SIG_IGN)
                            run()
                        os._exit(0)
                    os.wait()
                def run_for_ever():
                    while os.fork() == 0: os.setsid()
                    os._exit(0)
                for _ in range(50): leave_behind(lambda: time.sleep(999))
                for _ in range(4): leave_behind(run_for_ever)
                say('left')
                lane.recv(1)
                """
        )
        let (_, lane) = try node.start(order)
        #expect(try lane.text() == "left")
        let clock = ContinuousClock()

        // All of them hold the lane open: its end is theirs.
        let span = try clock.measure {
            #expect(send(lane.descriptor.number, "x", 1, 0) == 1)
            try lane.waitForTheEnd()
        }

        #expect(try node.end(of: order.run).cause == .exited(status: 0))
        print("    row 6, \(level): 54 daemons and runners were gone after \(span)")
    }

    @Test(arguments: IsolationLevel.allCases)
    func `row 7: a fork bomb is bounded, and its neighbour goes on answering`(
        level: IsolationLevel
    ) throws {
        let node = try TestNode(upTo: level)
        // Counted by uid or by cgroup: an ordinary user without cgroups has neither.
        guard geteuid() == 0 || node.isolation == .limited else {
            print("    row 7, \(level): not promised here: neither root nor a writable cgroup")
            return
        }
        let neighbour = try node.order(
            speakOnLane + "while True: say('answer to ' + lane.recv(99).decode())"
        )
        let (_, door) = try node.start(neighbour)
        let bomb = try node.order(
            speakOnLane + """
                count = 0
                try:
                    while count < 4000:
                        if os.fork() == 0: signal.pause()
                        count += 1
                    say('no bound')
                except OSError as error:
                    say(f'{count} {error.errno}')
                lane.recv(1)
                """
        )
        let (_, lane) = try node.start(bomb)
        let words = try #require(try lane.text()).split(separator: " ").compactMap { Int32($0) }
        #expect(send(door.descriptor.number, "me", 2, 0) == 2)
        let answer = try door.text()
        #expect(send(lane.descriptor.number, "x", 1, 0) == 1)
        try lane.waitForTheEnd()

        #expect(words.last == EAGAIN)
        #expect(words.first.map { $0 < 1_024 } == true)
        #expect(answer == "answer to me")
    }

    @Test func `row 8: too much memory is told apart from every other end`() throws {
        let node = try TestNode()
        guard node.isolation == .limited else {
            print("    row 8: not promised here: there is no writable cgroup")
            return
        }
        let type = InstanceType(name: "small", millicores: 0, memoryBytes: 64 << 20)
        let memory = try resident(of: node)

        let eaten = try node.result(of: "x = b'x' * (256 << 20)") { $0.instanceType = type }
        let killed = try node.result(of: "import os; os.kill(os.getpid(), 9)")

        #expect(eaten.cause == .outOfMemory)
        #expect(killed.cause == .signalled(SIGKILL))
        #expect(try resident(of: node) < memory + (16 << 20))
    }

    @Test func `row 35: a gigabyte of log stays within its bound, and the scorer goes on`() throws {
        let node = try TestNode()
        let clock = ContinuousClock()
        var report: ExitReport?

        let span = try clock.measure {
            report = try node.result(
                of: """
                    import os
                    block = (b'y' * 99 + b'\\n') * 10486
                    for _ in range(1024):
                        at = 0
                        while at < len(block): at += os.write(1, block[at:])
                    print('the end')
                    """
            )
        }

        #expect(report?.cause == .exited(status: 0))
        #expect(report?.lastLines.last == "the end")
        let bytes = ["scorer.log", "scorer.log.1"].reduce(0) { sum, name in
            sum + (FileManager.default.contents(atPath: "\(node.folder)/\(name)")?.count ?? 0)
        }
        #expect(bytes > 0 && bytes <= 2 * LogCapture.segmentBytes)
        print("    row 35: 1 GiB of log came to \(bytes) bytes on disk in \(span)")
    }

    private func resident(of node: TestNode) throws -> Int {
        let path = "/proc/\(node.process.processIdentifier)/statm"
        let words = try #require(SmallFile.read(path)).split(separator: " ")
        return try #require(Int(words[1])) * Int(getpagesize())
    }
}

@Suite struct `Limits that somebody else changes` {
    private struct Limited {
        let node: TestNode
        let run: Run
        let held: HeldRun
        let groups: [String]

        /// A run that waits, and its groups; nothing where there are no cgroups.
        init?() throws {
            node = try TestNode()
            guard node.isolation == .limited else {
                print("    row 38: not promised here: there is no writable cgroup")
                return nil
            }
            let type = InstanceType(name: "small", millicores: 500, memoryBytes: 64 << 20)
            let order = try node.order(speakOnLane + "lane.recv(1)", type: type)
            run = order.run
            held = try node.start(order).held
            let cgroup = node.cgroupName
            groups = ControlGroupPlaces.read().flatMap(\.bases)
                .map { "\($0)/\(cgroup)/iris.default.1.\(order.run.incarnation)" }
                .filter { access($0, F_OK) == 0 }
        }

        func notice() throws -> String {
            while true {
                if case .notice(let text) = try node.next().report { return text }
            }
        }
    }

    @Test func `row 38: a changed limit is noticed, told once, and the run can be ended`() throws {
        guard let limited = try Limited() else { return }
        let names = ["memory.limit_in_bytes", "memory.max"]
        let files = names.flatMap { name in limited.groups.map { "\($0)/\(name)" } }
        let file = try #require(files.first { access($0, W_OK) == 0 })

        #expect(SmallFile.write("\(48 << 20)", to: file))
        let told = try limited.notice()
        try limited.node.send(.end(limited.run))

        #expect(told.contains("'\(limited.run)'") && told.contains(file))
        #expect(told.contains("\(48 << 20) now, not \(64 << 20)"))
        #expect(try limited.node.end(of: limited.run).cause == .signalled(SIGKILL))
    }

    @Test func `row 38: a group that was removed is noticed, and its run can be ended`() throws {
        guard let limited = try Limited() else { return }
        let group = try #require(limited.groups.first)
        let above = (group as NSString).deletingLastPathComponent
        let base = (above as NSString).deletingLastPathComponent

        let members = try #require(SmallFile.read("\(group)/cgroup.procs"))
        for pid in members.split(separator: "\n") {
            #expect(SmallFile.write(String(pid), to: "\(base)/cgroup.procs"))
        }
        while rmdir(group) != 0, errno == EBUSY { sched_yield() }
        var told = try limited.notice()
        // Seen between the two, it was taken out; then it was removed.
        while !told.contains("was removed") { told = try limited.notice() }
        try limited.node.send(.end(limited.run))

        #expect(told.contains("'\(group)' was removed"))
        #expect(try limited.node.end(of: limited.run).cause == .signalled(SIGKILL))
        #expect(try limited.node.result(of: "").cause == .exited(status: 0))
    }
}

@Suite struct `A pid that is another's by now` {
    @Test func `row 37: is not taken for the run's`() {
        // A process that lives and is not a child of the one that the run's scorer was a child of.
        #expect(ProcessFacts.hasEnded(getpid(), childOf: getpid()))
        #expect(!ProcessFacts.hasEnded(getpid(), childOf: getppid()))
    }

    /// Children that come and go as fast as can be, in a namespace with few pids: whoever signals a
    /// pid that he knows from before meets one of them.
    @Test(arguments: [IsolationLevel.process, .limited])
    func `row 37: is never signalled, where pids come round every moment`(
        level: IsolationLevel
    ) throws {
        guard geteuid() == 0, TestNode.canLowerPids else {
            print("    row 37, \(level): this kernel has no limit of pids for a namespace")
            return
        }
        let node = try TestNode(upTo: level, amongFewPids: true)

        for _ in 0..<40 {
            #expect(try node.result(of: "").cause == .exited(status: 0))
        }
        let order = try node.order(speakOnLane + "time.sleep(999)")
        _ = try node.start(order)
        try node.send(.end(order.run))
        _ = try node.end(of: order.run)

        let told = try #require(SmallFile.read("\(node.folder)/passers-by"))
        let counts = told.split(separator: " ").compactMap { Int($0) }
        #expect(counts.first.map { $0 > 300 } == true, "too few came by: \(told)")
        #expect(counts.last == 0, "some were killed: \(told)")
        print("    row 37, \(level): \(counts.first ?? 0) processes came by, none was signalled")
    }
}
