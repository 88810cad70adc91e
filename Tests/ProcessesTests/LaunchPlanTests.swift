// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import CLaunch
import Foundation
import Testing
import Vocabulary
import Wire

@testable import Processes

/// What the C side makes of bytes: 0, or where it stumbles plus 1.
private func check(_ bytes: [UInt8]) -> Int {
    var plan = launch_plan()
    // Memory of exactly this size and alignment: a read behind its end is seen by the sanitizer.
    let copy = UnsafeMutableRawPointer.allocate(byteCount: max(1, bytes.count), alignment: 8)
    defer { copy.deallocate() }
    copy.copyMemory(from: bytes, byteCount: bytes.count)
    let answer = launch_plan_check(copy, bytes.count, &plan)
    guard answer == 0 else { return answer }
    var cursor = 0
    while let record = launch_plan_next(&plan, &cursor) {
        _ = record.pointee.length
    }
    return 0
}

@Suite struct `A launch plan` {
    private let whole = LaunchPlan(
        flags: [.newPids, .newRoot],
        user: 1_000,
        records: [
            .program("/bin/true"), .argument("true"), .variable("A", "b"),
            .limit(resource: 7, soft: 1, hard: 2), .filter([1, 2, 3, 4, 5, 6, 7, 8]),
            .rule(.read, "/"), .hostName("scorer"), .work("/tmp"),
            .folder("/dev", mode: 0o755), .symlink("/bin", to: "usr/bin"),
            .file("/etc/passwd", "root"), .bind("/usr"), .device("/dev/null"),
            .tree(1, at: "/model"), .tmpfs("/tmp", bytes: 4_096),
            .processes("/proc", hidesOthers: false),
        ]
    )

    @Test func `is read as it was written`() {
        #expect(check(whole.bytes) == 0)
    }

    @Test func `is refused where any part of it is missing`() {
        let bytes = whole.bytes

        for length in 0..<bytes.count { #expect(check(Array(bytes[..<length])) != 0) }
        #expect(check(bytes + [0]) != 0)
    }

    @Test func `never leads outside, whatever bytes are changed`() {
        let bytes = whole.bytes
        for place in bytes.indices {
            for value in [0, 1, 0x2f, 0x7f, 0x80, 0xff] as [UInt8] {
                var changed = bytes
                changed[place] = value
                // Accepted or refused: it must only never read what is not there.
                _ = check(changed)
            }
        }
    }

    @Test(arguments: ["relative", "/a/../b", "/..", ""])
    func `names only paths that stay inside`(path: String) {
        #expect(check(LaunchPlan(records: [.bind(path)]).bytes) != 0)
        #expect(check(LaunchPlan(records: [.file(path, "x")]).bytes) != 0)
        #expect(check(LaunchPlan(records: [.rule(.read, path)]).bytes) != 0)
        #expect(check(LaunchPlan(records: [.bind("/a/..b/.../c")]).bytes) == 0)
    }

    @Test func `has no more of anything than there is room for`() {
        let arguments = [LaunchPlan.Record](repeating: .argument("x"), count: 256)
        #expect(check(LaunchPlan(records: arguments).bytes) == 0)
        #expect(check(LaunchPlan(records: arguments + [.argument("x")]).bytes) != 0)
        let binds = [LaunchPlan.Record](repeating: .bind("/x"), count: 160)
        #expect(check(LaunchPlan(records: binds).bytes) == 0)
        #expect(check(LaunchPlan(records: binds + [.bind("/x")]).bytes) != 0)
        #expect(check(LaunchPlan(records: [.tree(12, at: "/x")]).bytes) != 0)
        #expect(check(LaunchPlan(records: [.program("/x"), .program("/x")]).bytes) != 0)
        #expect(check(LaunchPlan(records: [.filter([1, 2, 3])]).bytes) != 0)
    }
}

@Suite struct `A scorer's plan` {
    private let planner = ScorerPlan(
        folders: SystemFolders(folders: ["/usr"], links: []),
        abilities: .untried(isRoot: true)
    )
    private let place = ScorerPlan.Place(
        user: 5_000,
        changesUser: true,
        scratch: "/scratch/run",
        support: "/support",
        fileLimit: 1_024
    )

    private func order(readable: [String] = [], network: Bool = false) throws -> SpawnOrder {
        let endpoint = try #require(EndpointName("iris"))
        let key = DeploymentKey(endpoint: endpoint, deployment: .dropped)
        return SpawnOrder(
            run: Run(instance: InstanceID(key: key, ordinal: 1), incarnation: 1),
            program: .native(path: "/usr/bin/scorer", arguments: []),
            variables: ["HOME": "/root", "SCOREKEEPER_LANE_FD": "9", "SHAPE": "round"],
            readable: readable,
            instanceType: .shared,
            isNetworkAllowed: network,
            minimumIsolation: .process,
            logPath: ""
        )
    }

    private func plan(_ order: SpawnOrder, _ level: IsolationLevel) -> LaunchPlan {
        planner.cold(order, at: level, in: place, filter: [UInt8](repeating: 0, count: 8))
    }

    @Test func `binds each readable path once and none that lies in another`() throws {
        let order = try order(readable: ["/b/c", "/usr/lib/x", "/b/", "/bc", "/b"])

        let binds = plan(order, .sandbox).records.filter {
            if case .bind(let path, _) = $0 { return path.hasPrefix("/b") || path.contains("x") }
            return false
        }

        #expect(binds == [.bind("/b"), .bind("/bc")])
    }

    @Test func `tells the runtime what it serves, cold and forked in the same words`() throws {
        let work = PythonProgram.Work.script(
            "/models/a/score.py",
            sourceDirectory: "/models/a",
            modelDirectory: "/models/b"
        )
        let python = PythonProgram(
            interpreter: "/env/bin/python",
            environmentPaths: ["/env"],
            environment: "e0",
            runtime: "/support/python",
            work: work,
            warmModules: ["numpy"]
        )
        var order = try order()
        order.program = .python(python)

        let cold = plan(order, .sandbox)
        let forked = planner.forked(
            order,
            python,
            at: .sandbox,
            in: place,
            filter: [],
            trees: []
        )

        let words = [
            "--script", "/models/a/score.py", "--source-directory", "/models/a", "--model-dir",
            "/models/b",
        ]
        let main = "/support/python/scorekeeper_scorer/__main__.py"
        #expect(cold.arguments == ["/env/bin/python", "-I", "-B", main, "serve"] + words)
        #expect(forked.arguments == words)
        #expect(cold.records.contains(.bind("/models/a")))
        #expect(cold.records.contains(.bind("/models/b")))
        #expect(PythonProgram.Work.model("/models/c").words == ["--model", "/models/c"])
    }

    @Test func `has a network only where the order says so`() throws {
        let closed = plan(try order(), .sandbox)
        let open = plan(try order(network: true), .sandbox)

        #expect(closed.flags.contains(.newNetwork))
        #expect(!open.flags.contains(.newNetwork))
        #expect(!closed.records.contains(.bind("/etc/resolv.conf", isOptional: true)))
        #expect(open.records.contains(.bind("/etc/resolv.conf", isOptional: true)))
        #expect(plan(try order(), .confined).flags.contains(.denyTCP))
    }

    @Test func `inherits nothing, and the order cannot replace what is ours`() throws {
        let variables = plan(try order(), .sandbox).records.compactMap { record in
            if case .variable(let name, let value) = record { return "\(name)=\(value)" }
            return nil
        }

        #expect(variables.contains("SHAPE=round"))
        #expect(variables.contains("HOME=/tmp"))
        #expect(variables.contains("SCOREKEEPER_LANE_FD=3"))
        #expect(variables.contains("SCOREKEEPER_RUN=iris/default/1#1"))
        #expect(!variables.contains { $0.hasPrefix("SSH") })
    }

    @Test func `writes beneath its scratch folder where nothing can be mounted`() throws {
        let confined = plan(try order(), .confined)

        #expect(confined.flags.contains(.needLandlock))
        #expect(confined.records.contains(.rule(.write, "/scratch/run")))
        #expect(confined.records.contains(.work("/scratch/run")))
        #expect(!confined.records.contains { if case .tmpfs = $0 { true } else { false } })
    }
}

@Suite struct `A warmed parent's plan` {
    private func plan(_ level: IsolationLevel) -> LaunchPlan {
        let python = PythonProgram(
            interpreter: "/usr/bin/python3",
            environmentPaths: ["/environments/e0"],
            environment: "e0",
            runtime: "/support/python",
            work: .model("/models/m0"),
            warmModules: ["json"]
        )
        return ScorerPlan(
            folders: SystemFolders(folders: ["/usr"], links: []),
            abilities: .untried(isRoot: false)
        )
        .parent(
            python,
            at: level,
            users: .shared(own: nil),
            visible: ["/models"],
            in: ScorerPlan.Place(
                user: 0,
                changesUser: false,
                scratch: "/scratch/warm",
                support: "/support",
                fileLimit: 1_024
            ),
            runs: "/scratch/warm.runs",
            filter: [UInt8](repeating: 0, count: 8)
        )
    }

    @Test func `keeps what it imports as a scorer is kept, where it is confined`() {
        let confined = plan(.confined)

        #expect(confined.flags.isSuperset(of: [.needLandlock, .denyTCP]))
        let written = confined.records.filter { record in
            if case .rule(.write, _) = record { true } else { false }
        }
        #expect(written == [.rule(.write, "/scratch/warm"), .rule(.write, "/scratch/warm.runs")])
        #expect(confined.records.contains(.rule(.read, "/environments/e0")))
        #expect(!confined.records.contains(.rule(.read, "/")))
    }
}

@Suite struct `A node's uids` {
    @Test func `are one run's own, and come back last`() {
        var users = UserRange(1_000..<1_004)

        #expect(users.takeOne() == 1_000)
        #expect(users.takeOne() == 1_001)
        #expect(users.takeOne() == nil)
        users.giveBack(1_001)
        users.giveBack(1_000)
        #expect(users.takeOne() == 1_001)
    }

    @Test func `come in whole blocks for warmed parents, apart from single ones`() throws {
        var users = UserRange(0..<512)
        var blocks: [Range<UInt32>] = []

        while let block = users.takeBlock() { blocks.append(block) }

        #expect(blocks == [256..<320, 320..<384, 384..<448, 448..<512])
        users.giveBack(blocks[2])
        #expect(users.takeBlock() == 384..<448)
    }
}

@Suite struct `The places of cgroups` {
    @Test func `are found on a machine with both versions`() {
        let mounts = """
            35 31 0:31 / /sys/fs/cgroup/memory rw,relatime - cgroup cgroup rw,memory
            40 31 0:36 / /sys/fs/cgroup/cpu,cpuacct rw - cgroup cgroup rw,cpu,cpuacct
            41 31 0:38 / /sys/fs/cgroup/unified rw,relatime - cgroup2 cgroup2 rw
            """
        let places = ControlGroupPlaces.places(
            mounts: mounts,
            membership: "4:memory:/a/b\n2:cpu,cpuacct:/\n0::/\n"
        )

        #expect(places.map(\.kind) == [.memory, .cores, .unified])
        #expect(
            places[0].bases == ["/sys/fs/cgroup/memory/a/b", "/sys/fs/cgroup/memory/a"]
        )
        #expect(places[2].bases == ["/sys/fs/cgroup/unified"])
    }

    @Test func `count from what a container sees`() {
        let places = ControlGroupPlaces.places(
            mounts: "9 1 0:1 /docker/x /sys/fs/cgroup rw shared:1 - cgroup2 cgroup rw\n",
            membership: "0::/docker/x/leaf\n"
        )

        #expect(places.first?.bases == ["/sys/fs/cgroup/leaf", "/sys/fs/cgroup"])
    }
}

extension LaunchPlan {
    /// What the program is given, in order.
    fileprivate var arguments: [String] {
        records.compactMap { if case .argument(let word) = $0 { word } else { nil } }
    }
}
