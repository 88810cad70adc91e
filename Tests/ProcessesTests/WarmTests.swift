// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import CLinux
import Foundation
import Glibc
import Testing
import Vocabulary
import Wire

@testable import Processes

/// The pid of the node's warmed parent.
private func parent(of node: TestNode) -> Int32? {
    let pids = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
    for pid in pids.compactMap({ Int32($0) }) {
        let words = SmallFile.read("/proc/\(pid)/cmdline") ?? ""
        let status = SmallFile.read("/proc/\(pid)/status") ?? ""
        if words.contains("\0warm\0"),
            status.contains("\nPPid:\t\(node.process.processIdentifier)\n"),
            // Its scorers' inits bear its words too; they are first in a pid namespace.
            status.split(separator: "\n").contains(where: { $0 == "NSpid:\t\(pid)" })
        {
            return pid
        }
    }
    return nil
}

@Suite struct `A warmed parent` {
    private static let code =
        speakOnLane + """
            import json
            def is_open(n):
                try: os.fstat(n); return True
                except OSError: return False
            here = os.path.dirname(os.path.abspath(__file__))
            say(json.dumps({
                "imported": "xml.dom.minidom" in sys.modules,
                "open": [n for n in range(4096) if is_open(n)],
                "models": os.listdir(os.path.dirname(here)),
                "user": os.getuid(), "pid": os.getpid(), "tmp": os.listdir("/tmp"),
                "run": os.environ["SCOREKEEPER_RUN"], "cwd": os.getcwd(),
                "processes": sorted(n for n in os.listdir("/proc") if n.isdigit()),
            }))
            lane.recv(1)
            """

    private struct Facts: Decodable {
        var imported: Bool
        var open: [Int]
        var models: [String]
        var user: Int
        var pid: Int
        var run: String
        var processes: [String]
    }

    private func facts(_ lane: PacketSocket) throws -> Facts {
        let text = try #require(try lane.text())
        return try JSONDecoder().decode(Facts.self, from: Data(text.utf8))
    }

    private func warmNode() throws -> TestNode {
        let node = try TestNode()
        try #require(node.isolation >= .sandbox, "this machine gives no sandbox")
        return node
    }

    @Test func `forks scorers that have its imports and nothing else in common`() throws {
        let node = try warmNode()
        let modules = ["xml.dom.minidom"]
        let one = try node.pythonOrder(Self.code, importing: modules)
        let two = try node.pythonOrder(Self.code, importing: modules)

        let (first, firstLane) = try node.start(one)
        let (second, secondLane) = try node.start(two)
        let (left, right) = (try facts(firstLane), try facts(secondLane))

        #expect(first.isWarm && second.isWarm)
        #expect(left.imported && right.imported)
        #expect(left.open == [0, 1, 2, 3])
        #expect(left.pid == 2)
        #expect(left.processes == ["1", "2"])
        #expect(left.run == one.run.description)
        if geteuid() == 0 {
            #expect(left.user != right.user)
            #expect(left.models == ["1"])
            #expect(right.models == ["2"])
        }
    }

    /// Says which of the words stand in the scorer's memory; each comes in two halves, so that the
    /// search itself puts none of them there.
    private static func search(for words: [String]) -> String {
        let halves = words.map { word in
            let half = word.count / 2
            return "(b'\(word.prefix(half))', b'\(word.dropFirst(half))')"
        }
        return speakOnLane + """
            found, memory = set(), open("/proc/self/mem", "rb", 0)
            for line in open("/proc/self/maps"):
                first, end = (int(word, 16) for word in line.split()[0].split("-"))
                try:
                    memory.seek(first)
                    piece = memory.read(end - first)
                except (OSError, OverflowError):
                    continue
                for number, (head, tail) in enumerate([\(halves.joined(separator: ", "))]):
                    at = piece.find(head)
                    while at >= 0:
                        rest = at + len(head)
                        if piece[rest:rest + len(tail)] == tail: found.add(number)
                        at = piece.find(head, at + 1)
            say(str(sorted(found)))
            lane.recv(1)
            """
    }

    @Test func `lets no scorer find what an earlier one was told`() throws {
        let node = try warmNode()
        let word = UUID().uuidString
        var told = try node.pythonOrder(Self.search(for: [word]), importing: ["json"])
        told.variables["PASSWORD"] = word
        guard case .python(let python) = told.program else { return }
        let run = told.run.description
        let code = Self.search(for: [word, "\(python.work.directories[0])/", run])
        let curious = try node.pythonOrder(code, importing: ["json"])

        let (first, firstLane) = try node.start(told)
        let (second, secondLane) = try node.start(curious)

        #expect(first.isWarm && second.isWarm)
        #expect(try firstLane.text() == "[0]")
        #expect(try secondLane.text() == "[]")
    }

    @Test func `lets the node see each scorer's true end`() throws {
        let node = try warmNode()
        let endings = ["os._exit(7)": ExitReport.Cause.exited(status: 7)]
            .merging(["os.kill(os.getpid(), 11)": .signalled(SIGSEGV)]) { first, _ in first }
        for (code, cause) in endings.sorted(by: { $0.key < $1.key }) {
            let order = try node.pythonOrder(speakOnLane + code, importing: ["json"])
            let (held, _) = try node.start(order)
            #expect(held.isWarm)
            #expect(try node.end(of: order.run).cause == cause)
        }
    }

    @Test func `dies without its scorers, and is replaced by a cold start`() throws {
        let node = try warmNode()
        let lasting = try node.pythonOrder(speakOnLane + "lane.recv(1)", importing: ["json"])
        let (held, lane) = try node.start(lasting)
        #expect(held.isWarm)
        let pid = try #require(parent(of: node))

        kill(pid, SIGKILL)
        var notice = ""
        while !notice.contains("warmed parent") {
            if case .notice(let text) = try node.next().report { notice = text }
        }
        let next = try node.pythonOrder(speakOnLane + "lane.recv(1)", importing: ["json"])
        let (cold, _) = try node.start(next)

        #expect(notice.contains("was ended by signal 9"))
        #expect(!cold.isWarm)
        #expect(send(lane.descriptor.number, "x", 1, 0) == 1)
        #expect(try node.end(of: lasting.run).cause == .exited(status: 0))
    }

    @Test func `that cannot import costs a notice and no run`() throws {
        let node = try warmNode()
        let order = try node.pythonOrder(speakOnLane + "say('cold')", importing: ["no_such_thing"])

        let (held, lane) = try node.start(order)

        #expect(!held.isWarm)
        #expect(try lane.text() == "cold")
    }

    @Test func `is let go when told`() throws {
        let node = try warmNode()
        let order = try node.pythonOrder("", importing: ["json"])
        _ = try node.start(order)
        _ = try node.end(of: order.run)
        let pid = try #require(parent(of: node))
        let handle = Descriptor(owning: linux_pidfd_open(pid))

        try node.send(.cool(environment: "e0"))

        var watched = pollfd(fd: handle.number, events: Int16(POLLIN), revents: 0)
        #expect(poll(&watched, 1, TestNode.patience) == 1)
    }

    @Test(arguments: [IsolationLevel.process, .confined])
    func `below a sandbox forks scorers that have a tmp of their own, and is confined itself`(
        level: IsolationLevel
    ) throws {
        let node = try TestNode(upTo: level)
        try #require(node.isolation == level, "this machine cannot confine")
        let code =
            speakOnLane + """
                with open(os.path.join(os.environ['TMPDIR'], 'own'), 'w') as file: file.write('x')
                try: open('\(node.folder)/outside', 'w'); place = 'everywhere'
                except PermissionError: place = 'at home'
                say(f'{place} {os.listdir(os.environ["TMPDIR"])}')
                lane.recv(1)
                """
        chmod(node.folder, 0o777)
        let one = try node.pythonOrder(code, importing: ["json"])
        let two = try node.pythonOrder(code, importing: ["json"])

        let (first, firstLane) = try node.start(one)
        let (second, secondLane) = try node.start(two)

        #expect(first.isWarm && second.isWarm)
        let place = level == .confined ? "at home" : "everywhere"
        #expect(try firstLane.text() == "\(place) ['own']")
        #expect(try secondLane.text() == "\(place) ['own']")
        for (run, lane) in [(one.run, firstLane), (two.run, secondLane)] {
            #expect(send(lane.descriptor.number, "x", 1, 0) == 1)
            #expect(try node.end(of: run).cause == .exited(status: 0))
        }
        let left = try FileManager.default.subpathsOfDirectory(atPath: "\(node.folder)/scratch")
        #expect(left.allSatisfy { !$0.contains("own") })
    }
}
