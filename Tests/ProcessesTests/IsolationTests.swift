// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import CLinux
import Foundation
import Glibc
import TestSupport
import Testing
import Vocabulary
import Wire

@testable import Processes

/// Python that tries something and prints `open` where it worked, else the error's name.
private func trying(_ lines: String, _ prelude: String = "") -> String {
    let body = lines.split(separator: "\n").map { "    \($0)" }.joined(separator: "\n")
    return """
        import os, socket, ctypes, errno
        libc = ctypes.CDLL(None, use_errno=True)
        def check(result):
            if result < 0:
                raise OSError(ctypes.get_errno(), "refused")
        \(prelude)
        try:
        \(body)
            print("open")
        except OSError as error:
            print(errno.errorcode.get(error.errno, str(error)))
        """
}

/// The text of `/proc/self/status`, by field.
private struct ProcessStatus {
    private let lines: [Substring]

    init(_ text: String) { lines = text.split(separator: "\n") }

    subscript(field: String) -> Substring? {
        lines.first { $0.hasPrefix("\(field):\t") }?.dropFirst(field.count + 2)
    }
}

/// What stands at the end of an attempt to reach the test's own listeners.
private enum Reach {
    static func tcp(_ port: UInt16) -> String {
        trying("socket.create_connection(('127.0.0.1', \(port)), 5)")
    }

    static func udp(_ port: UInt16) -> String {
        trying(
            "socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b'x', ('127.0.0.1', \(port)))"
        )
    }
}

@Suite struct `A scorer at any level` {
    @Test(arguments: IsolationLevel.allCases)
    func `has no capabilities, gets no privileges, and is its own user`(
        level: IsolationLevel
    ) throws {
        let node = try TestNode(upTo: level)
        let code = speakOnLane + "say(open('/proc/self/status').read()); lane.recv(1)"
        let (_, first) = try node.start(try node.order(code))
        let (_, second) = try node.start(try node.order(code))

        let status = try [first, second].map { ProcessStatus(try #require(try $0.text())) }

        for kind in ["CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb"] {
            #expect(status.map { $0[kind] } == ["0000000000000000", "0000000000000000"])
        }
        #expect(status.map { $0["NoNewPrivs"] } == ["1", "1"])
        guard geteuid() == 0 else { return }
        #expect(status[0]["Uid"] != status[1]["Uid"])
        #expect(!status.contains { $0["Uid"]?.hasPrefix("0\t") ?? true })
    }
}

@Suite struct `A scorer without network` {
    @Test(arguments: [IsolationLevel.confined, .sandbox, .limited])
    func `reaches nobody by TCP or UDP`(level: IsolationLevel) throws {
        let node = try TestNode(upTo: level)
        try #require(node.isolation >= .confined, "this machine cannot confine")
        let (listener, port) = try listenOnLoopback()
        let allowed: (inout SpawnOrder) -> Void = { $0.isNetworkAllowed = true }

        #expect(try node.result(of: Reach.tcp(port), at: allowed).lastLines == ["open"])
        #expect(try node.result(of: Reach.udp(port), at: allowed).lastLines == ["open"])
        #expect(try node.result(of: Reach.tcp(port)).lastLines != ["open"])
        #expect(try node.result(of: Reach.udp(port)).lastLines != ["open"])
        withExtendedLifetime(listener) {}
    }

    @Test(arguments: [IsolationLevel.sandbox, .limited])
    func `finds no abstract socket of the machine`(level: IsolationLevel) throws {
        let node = try TestNode(upTo: level)
        guard node.isolation >= .sandbox else { return }
        let name = "scorekeeper-test-\(getpid())-\(level)"
        let listener = Process()
        let ready = Pipe()
        listener.executableURL = URL(fileURLWithPath: Workshop.python)
        listener.arguments = [
            "-c",
            """
            import socket, sys
            s = socket.socket(socket.AF_UNIX); s.bind("\\0\(name)"); s.listen(9)
            print("up", flush=True); sys.stdin.read()
            """,
        ]
        let stdin = Pipe()
        listener.standardOutput = ready
        listener.standardInput = stdin
        try listener.run()
        _ = ready.fileHandleForReading.availableData
        let attempt = trying("socket.socket(socket.AF_UNIX).connect('\\0\(name)')")

        let own = try TestNode(upTo: .process).result(of: attempt).lastLines
        let isolated = try node.result(of: attempt).lastLines

        #expect(own == ["open"])
        #expect(isolated == ["ECONNREFUSED"])
        try stdin.fileHandleForWriting.close()
        listener.waitUntilExit()
    }
}

@Suite struct `A sandboxed scorer` {
    private func sandbox() throws -> TestNode {
        let node = try TestNode()
        try #require(node.isolation >= .sandbox, "this machine gives no sandbox")
        return node
    }

    @Test func `reads its own model and no other`() throws {
        let node = try sandbox()
        for name in ["own", "other"] {
            let folder = "\(node.folder)/models/\(name)"
            try FileManager.default.createDirectory(
                atPath: folder,
                withIntermediateDirectories: true
            )
            try Data(name.utf8).write(to: URL(fileURLWithPath: "\(folder)/weights"))
            chmod("\(folder)/weights", 0o666)
            chmod(folder, 0o777)
        }
        let own = "\(node.folder)/models/own"
        let other = "\(node.folder)/models/other"
        func attempt(_ lines: String) throws -> [String] {
            try node.result(of: trying(lines)) { $0.readable = [own] }.lastLines
        }

        #expect(try attempt("print(open('\(own)/weights').read())") == ["own", "open"])
        #expect(try attempt("open('\(other)/weights')") == ["ENOENT"])
        #expect(try attempt("open('\(own)/weights', 'a')") == ["EROFS"])
        #expect(try attempt("open('\(own)/new', 'w')") == ["EROFS"])
        #expect(try attempt("os.rename('\(own)/weights', '\(own)/old')") == ["EROFS"])
        #expect(try attempt("open('/usr/bin/new', 'w')") != ["open"])
        #expect(try attempt("os.listdir('\(node.folder)')") == ["open"])
        #expect(try attempt("print(os.listdir('\(node.folder)'))") == ["['models']", "open"])
    }

    @Test func `sees nothing of the machine but what every program needs`() throws {
        let node = try sandbox()

        let report = try node.result(of: "import os; print(' '.join(sorted(os.listdir('/'))))")

        let seen = Set(report.lastLines.joined().split(separator: " ").map { String($0) })
        let known = Set(
            ["bin", "dev", "etc", "lib", "lib32", "lib64", "libx32", "proc", "sbin"]
                + ["sys", "tmp", "usr"]
        )
        #expect(seen.subtracting(known).isEmpty)
        #expect(try node.result(of: trying("open('/etc/shadow')")).lastLines == ["ENOENT"])
        #expect(try node.result(of: trying("open('/new', 'w')")).lastLines != ["open"])
    }

    @Test func `sees no process but itself and its init`() throws {
        let node = try sandbox()

        let report = try node.result(
            of: "import os; print(sorted(int(n) for n in os.listdir('/proc') if n.isdigit()))"
        )

        #expect(report.lastLines == ["[1, 2]"])
    }

    @Test func `has no privileges and gets none back`() throws {
        let node = try sandbox()
        let attempts = [
            "os.chroot('/tmp')",
            "check(libc.unshare(0x10000000))", "check(libc.unshare(0x00020000))",
            "check(libc.mount(b'none', b'/tmp', b'tmpfs', 0, None))",
            "check(libc.umount2(b'/tmp', 2))", "check(libc.ptrace(0, 0, 0, 0))",
            "check(libc.syscall(425, 1, 0))", "check(libc.syscall(321, 0, 0, 0))",
            "check(libc.syscall(250, 0, 0, 0, 0, 0))", "check(libc.syscall(428, 0, b'/', 1))",
            "check(libc.syscall(56, 0x10000011, 0, 0, 0, 0))",
            "check(libc.process_vm_readv(1, None, 0, None, 0, 0))",
            "os.kill(1, 9); open('/proc/1/mem', 'r+b')",
            "os.mknod('/tmp/disk', 0o60600, 0x0800)",
        ]
        for attempt in attempts {
            let report = try node.result(of: trying(attempt))
            #expect(["EPERM", "EACCES"].contains(report.lastLines.first ?? ""), "\(attempt)")
        }

        #expect(try node.result(of: trying("os.setuid(0)")).lastLines != ["open"])
    }

    @Test func `opens no socket of a family that its network namespace does not confine`() throws {
        let node = try sandbox()
        let families = ["VSOCK", "PACKET", "ALG", "CAN", "INET", "UNIX"]
        let code = families.map { trying("socket.socket(socket.AF_\($0), 2)") }

        let report = try node.result(of: code.joined(separator: "\n"))

        let refused = Array(repeating: "EAFNOSUPPORT", count: 4)
        #expect(report.lastLines == refused + ["open", "open"])
    }

    @Test func `writes to a private tmp that is only so big`() throws {
        let node = try sandbox()
        let type = InstanceType(name: "small", millicores: 0, memoryBytes: 64 << 20)
        let code = trying(
            "for _ in range(60): f.write(bytes(1 << 20)); f.flush()",
            "f = open('/tmp/big', 'wb')"
        )

        #expect(try node.result(of: code) { $0.instanceType = type }.lastLines == ["ENOSPC"])
        #expect(try node.result(of: "import os; print(os.listdir('/tmp'))").lastLines == ["[]"])
    }
}

@Suite struct `A confined scorer` {
    @Test func `reads nothing outside its own and the system's`() throws {
        let node = try TestNode(upTo: .confined)
        try #require(node.isolation == .confined, "this machine cannot confine")
        let folder = "\(node.folder)/models"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        try Data("x".utf8).write(to: URL(fileURLWithPath: "\(folder)/weights"))
        let attempt = trying("open('\(folder)/weights')")

        #expect(try node.result(of: attempt) { $0.readable = [folder] }.lastLines == ["open"])
        #expect(try node.result(of: attempt).lastLines == ["EACCES"])
        let outside = "/tmp/scorekeeper-\(UUID().uuidString)"
        #expect(try node.result(of: trying("open('\(outside)', 'w')")).lastLines == ["EACCES"])
        #expect(
            try node.result(of: trying("open(os.environ['TMPDIR'] + '/x', 'w')")).lastLines
                == ["open"]
        )
        #expect(
            try FileManager.default.contentsOfDirectory(atPath: "\(node.folder)/scratch") == []
        )
    }

    @Test func `connects to no socket that has a name, and speaks over those it makes`() throws {
        let node = try TestNode(upTo: .confined)
        try #require(node.isolation == .confined, "this machine cannot confine")
        let path = "\(node.folder)/node.sock"
        let attempt = trying("socket.socket(socket.AF_UNIX, 5).connect('\(path)')")
        let pair = trying("a, b = socket.socketpair(); a.send(b'x'); b.recv(1)")

        #expect(try node.result(of: attempt).lastLines == ["EACCES"])
        #expect(try node.result(of: pair).lastLines == ["open"])
    }

    @Test func `signals nobody outside`() throws {
        let node = try TestNode(upTo: .confined)
        try #require(node.isolation == .confined, "this machine cannot confine")

        let report = try node.result(of: trying("os.kill(\(getpid()), 0)"))

        #expect(report.lastLines == ["EPERM"])
    }
}

@Suite struct `A scorer that crashes` {
    @Test(arguments: IsolationLevel.allCases)
    func `has a limit at which no core is written, to a file or to a program`(
        level: IsolationLevel
    ) throws {
        let node = try TestNode(upTo: level)
        let code = "import resource; print(resource.getrlimit(resource.RLIMIT_CORE))"

        #expect(try node.result(of: code).lastLines == ["(1, 1)"])
    }
}

@Suite struct `A limited scorer` {
    private func limited() throws -> TestNode? {
        let node = try TestNode()
        // Without a writable cgroup the node says so in its greeting: nothing to hold it to.
        return node.isolation == .limited ? node : nil
    }

    @Test func `that takes too much memory is told apart`() throws {
        guard let node = try limited() else { return }
        let type = InstanceType(name: "small", millicores: 0, memoryBytes: 64 << 20)

        let report = try node.result(of: "x = b'x' * (256 << 20)") { $0.instanceType = type }

        #expect(report.cause == .outOfMemory)
        #expect(report.memoryBytes == 64 << 20)
        let log = try String(contentsOfFile: "\(node.folder)/scorer.log", encoding: .utf8)
        #expect(log.contains("ran out of memory: it needed more than its 64 MiB"))
        #expect(try node.result(of: "import os; os.kill(os.getpid(), 9)").cause != .outOfMemory)
    }
}
