// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import CLinux
import Foundation
import Testing

@testable import EnvironmentBuilder

@Suite struct `A helper process` {
    let workshop: Workshop

    init() throws {
        workshop = try Workshop()
    }

    private func shell(_ script: String) -> HelperProcess {
        HelperProcess(
            executable: "/bin/sh",
            arguments: ["-c", script],
            variables: ["PATH=/usr/bin:/bin", "WORD=said"],
            folder: workshop.path
        )
    }

    private var ample: ContinuousClock.Instant { .now + .seconds(300) }

    @Test func `gets its arguments, variables and folder, and tells what it wrote`() async throws {
        let listener = Listener()

        let outcome = try await shell("echo $WORD; pwd; echo wrong >&2; exit 3")
            .run(until: ample) { listener.hear($0) }

        #expect(outcome.ending == .exited(3))
        #expect(outcome.output == "said\n\(workshop.path)\nwrong\n")
        #expect(listener.lines == ["said", workshop.path, "wrong"])
    }

    @Test func `gets no descriptor of ours and leads its own session`() async throws {
        // A descriptor that anybody's careless code left open across exec.
        let leaked = dup(0)
        defer { close(leaked) }

        let outcome = try await shell("ls /proc/$$/fd | tr '\\n' ' '; ps -o sid= -p $$; echo $$")
            .run(until: ample)

        let words = outcome.output.split(whereSeparator: \.isWhitespace)
        // ls lists the shell's: 0, 1, 2 and what the shell itself may have opened for a script.
        #expect(words.prefix(3) == ["0", "1", "2"])
        #expect(!words.dropLast(2).contains("\(leaked)"))
        #expect(words.suffix(2).first == words.last)
    }

    @Test func `that cannot be started is a problem with the kernel's reason`() async {
        let helper = HelperProcess(
            executable: "/nowhere/uv",
            arguments: [],
            variables: [],
            folder: "/"
        )

        let problem = await problem { try await helper.run(until: ample) }

        #expect(problem?.code == "cannotRun")
        #expect(problem?.what == "cannot run '/nowhere/uv': No such file or directory")
    }

    @Test func `row 33: ends with all it started when its time is up`() async throws {
        let script = "sleep 1000 & echo $!; echo $! > child; wait"

        let outcome = try await shell(script).run(until: .now + .milliseconds(300))

        #expect(outcome.ending == .late)
        try await expectGone(outcome.output)
    }

    @Test func `row 33: ends with all it started when its task is cancelled`() async throws {
        let listener = Listener()
        let (lines, continuation) = AsyncStream.makeStream(of: String.self)
        let task = Task {
            try await shell("sleep 1000 & echo $!; wait").run(until: ample) {
                listener.hear($0)
                continuation.yield($0)
            }
        }

        // The first line says that it runs.
        _ = await lines.first { _ in true }
        task.cancel()

        #expect(try await task.value.ending == .cancelled)
        try await expectGone(listener.lines[0])
    }

    @Test func `is over when it ends, whoever holds its output open`() async throws {
        let outcome = try await shell("sleep 1000 & echo $!").run(until: ample)

        #expect(outcome.ending == .exited(0))
        try await expectGone(outcome.output)
    }

    @Test func `that never stops writing is ended in time, and costs little memory`() async throws {
        let outcome = try await shell("yes").run(until: .now + .milliseconds(300))

        #expect(outcome.ending == .late)
        #expect(outcome.output.utf8.count <= HelperProcess.keptBytes)
    }

    @Test func `dies with the process that started it`() async throws {
        let path = workshop.path
        await #expect(processExitsWith: .signal(SIGKILL)) { [path = path as String] in
            let helper = HelperProcess(
                executable: "/bin/sh",
                arguments: ["-c", "echo $$ > pid.new; mv pid.new pid; echo; exec sleep 1000"],
                variables: ["PATH=/usr/bin:/bin"],
                folder: path
            )
            _ = try await helper.run(until: .now + .seconds(300)) { _ in kill(getpid(), SIGKILL) }
        }

        try await expectGone(try String(contentsOfFile: path + "/pid", encoding: .utf8))
    }

    // Waits for the end of a process that has been killed but may not be gone yet.
    private func expectGone(_ text: String) async throws {
        let pid = try #require(Int32(text.trimmingCharacters(in: .whitespacesAndNewlines)))
        let descriptor = linux_pidfd_open(pid)
        guard descriptor >= 0 else {
            #expect(errno == ESRCH)
            return
        }
        defer { close(descriptor) }
        var watched = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        // The watchdog is for a broken build only; nothing waits for it otherwise.
        let ready = poll(&watched, 1, 60_000)
        if ready != 1 { kill(pid, SIGKILL) }
        #expect(ready == 1)
    }
}
