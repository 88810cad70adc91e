// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing
import Vocabulary

@testable import EnvironmentBuilder
@testable import Manifests

/// Builds that hang, are cancelled, are killed, or meet a full disk.
@Suite struct `A build in trouble` {
    let workshop: Workshop

    init() throws {
        workshop = try Workshop()
    }

    @Test func `is ended when its time is up`() async throws {
        let uv = try workshop.makeUv("exec sleep 1000")
        let store = workshop.makeStore {
            $0.uv = uv
            $0.deadline = .milliseconds(300)
        }

        let problem = await problem { try await store.build(makeDefinition(), python: .exact) }

        #expect(problem?.code == "buildLate")
        #expect(workshop.staged.isEmpty)
    }

    @Test func `is ended when nobody waits any more, not before`() async throws {
        let uv = try workshop.makeUv("echo hangs; exec sleep 1000")
        let store = workshop.makeStore { $0.uv = uv }
        let definition = makeDefinition()
        let digest = try await store.prospect(of: definition, python: .exact).digest
        let (lines, continuation) = AsyncStream.makeStream(of: String.self)
        let (others, otherContinuation) = AsyncStream.makeStream(of: String.self)
        let first = Task {
            try await store.build(definition, python: .exact) { continuation.yield($0) }
        }
        _ = await lines.first { _ in true }
        let second = Task {
            try await store.build(definition, python: .exact) { otherContinuation.yield($0) }
        }
        _ = await others.first { _ in true }

        first.cancel()
        let gone = await problem { try await first.value }
        let lock = StoreFolder(root: workshop.environments).lock(digest)
        #expect(gone?.code == "cancelled")
        #expect(try FolderLock.take(lock) == nil)

        second.cancel()
        let both = await problem { try await second.value }
        #expect(both?.code == "cancelled")
        // The lock is free once the build has been ended and cleaned up.
        let free = try await FolderLock.wait(lock, until: .now + .seconds(60)) {}
        #expect(workshop.staged.isEmpty)
        withExtendedLifetime(free) {}
    }

    @Test func `on a full disk says so and leaves nothing`() async throws {
        let uv = try workshop.makeUv(
            "echo 'error: write failed: No space left on device (os error 28)'; exit 2"
        )
        let store = workshop.makeStore { $0.uv = uv }

        let problem = await problem { try await store.build(makeDefinition(), python: .exact) }

        #expect(problem?.kind == .exhausted)
        #expect(problem?.code == "diskFull")
        #expect(workshop.staged.isEmpty)
    }

    @Test func `whose uv is killed is told as that`() async throws {
        let uv = try workshop.makeUv("kill -9 $$")
        let store = workshop.makeStore { $0.uv = uv }

        let problem = await problem { try await store.build(makeDefinition(), python: .exact) }

        #expect(problem?.code == "builderEnded")
        #expect(problem?.what.contains("signal 9") == true)
    }

    @Test func `without a uv says how to get one`() async throws {
        let store = workshop.makeStore { $0.uv = "/nowhere/uv" }

        let problem = await problem { try await store.build(makeDefinition(), python: .exact) }

        #expect(problem?.code == "noUv")
        #expect(problem?.remedy.contains("SCOREKEEPER_UV") == true)
    }

    @Test func `for a Python that is not there lists those that are`() async throws {
        let asked = workshop.path + "/asked"
        let uv = try workshop.makeUv("echo \"$@\" > '\(asked)'; exit 1")
        let store = workshop.makeStore {
            $0.uv = uv
            $0.fetchesPython = true
        }
        let wanted = try #require(PythonVersion("3.4.10"))
        let definition = makeDefinition(python: [.init(.equal, wanted)])

        let problem = await problem { try await store.build(definition, python: .exact) }

        #expect(problem?.kind == .notFound)
        #expect(problem?.code == "noPython")
        #expect(problem?.location?.description == "conda.yaml:3")
        #expect(problem?.remedy.contains("scorekeeper.python: nearest") == true)
        for found in await Interpreters(variables: workshop.variables, managed: []).all() {
            #expect(problem?.what.contains("\(found.version) ('\(found.path)')") == true)
        }
        // It was asked for before giving up.
        let words = try String(contentsOfFile: asked, encoding: .utf8)
        #expect(words.hasPrefix("python install 3.4.10 --install-dir \(workshop.environments)"))
    }

    @Test func `takes the nearest Python where it may and says so`() async throws {
        let store = workshop.makeStore()
        let wanted = try #require(PythonVersion("3.4.10"))
        let definition = makeDefinition(python: [.init(.equal, wanted)])

        let prospect = try await store.prospect(of: definition, python: .nearest)

        #expect(prospect.interpreter.version.major == 3)
        #expect(prospect.notices.first?.contains("nearest to the Python ==3.4.10") == true)
    }

    @Test func `leaves the newest hundred logs behind, not one more`() async throws {
        let folder = StoreFolder(root: workshop.environments)
        try folder.prepare()
        for number in 1...103 {
            let log = folder.log(Digest(of: "\(number)".utf8))
            try Data().write(to: URL(fileURLWithPath: log))
            var times = [timeval(tv_sec: number, tv_usec: 0), timeval(tv_sec: number, tv_usec: 0)]
            #expect(utimes(log, &times) == 0)
        }

        try await workshop.makeStore().sweep()

        #expect(Program.names(in: folder.logs).count == 100)
        #expect(!FolderTree.exists(folder.log(Digest(of: "3".utf8))))
        #expect(FolderTree.exists(folder.log(Digest(of: "4".utf8))))
    }

    @Test func `keeps another's staging folder and sweeps dead ones`() async throws {
        let folder = StoreFolder(root: workshop.environments)
        try folder.prepare()
        let (alive, dead) = (Digest(of: "alive".utf8), Digest(of: "dead".utf8))
        let lock = try FolderLock.take(folder.lock(alive))
        let kept = try folder.makeStaging(alive)
        let stale = try folder.makeStaging(dead)
        try FileManager.default.createDirectory(
            atPath: stale + "/prefix/lib",
            withIntermediateDirectories: true
        )
        _ = try FolderTree.seal(stale + "/prefix")

        let removed = try await workshop.makeStore().sweep()

        #expect(removed == [(stale as NSString).lastPathComponent])
        #expect(workshop.staged == [(kept as NSString).lastPathComponent])
        withExtendedLifetime(lock) {}
    }
}
