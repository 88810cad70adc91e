// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing
import Vocabulary

@testable import EnvironmentBuilder
@testable import Manifests

/// Builds with the real uv from wheels that the test writes; no network.
@Suite(.enabled(if: UvAtHand.isThere, "uv is not on this machine"))
struct `An environment store` {
    let workshop: Workshop

    init() throws {
        workshop = try Workshop()
        try Wheel(
            name: "tiny",
            requires: ["little>=1"],
            modules: [("tests/__init__.py", ""), ("inner.py", "where = __file__\n")]
        ).write(to: workshop.wheels)
        try Wheel(name: "little", version: "1.5").write(to: workshop.wheels)
    }

    @Test func `builds what a definition asks for, dependencies included`() async throws {
        let listener = Listener()

        let built = try await workshop.makeStore()
            .build(makeDefinition("tiny==1.0"), python: .exact, progress: listener.hear)

        #expect(built.packages.map(\.name) == ["little", "tiny"])
        #expect(built.packages.map(\.version) == ["1.5", "1.0"])
        let said = try await run(built.interpreter, "-I", "-c", "import tiny; tiny.say()")
        #expect(said == "tiny 1.0")
        // A script that was written in the staging folder works in the final one.
        #expect(try await run(built.prefix + "/bin/little-say") == "little 1.5")
        #expect(listener.lines.contains("resolving 1 requirement"))
        #expect(listener.lines.contains("installing 2 packages"))
        #expect(listener.lines.contains("compiling byte code"))
        #expect(workshop.staged.isEmpty)
    }

    @Test func `installs a wheel of the model's own, and nothing else that lies beside it`()
        async throws
    {
        let model = workshop.path + "/the model"
        let wheels = model + "/wheels"
        try FileManager.default.createDirectory(
            atPath: wheels,
            withIntermediateDirectories: true
        )
        try Wheel(name: "own", version: "2.0", requires: ["little"]).write(to: wheels)
        try Wheel(name: "little", version: "9.0").write(to: wheels)
        let wheel = EnvironmentDefinition.Wheel(
            path: "wheels/own-2.0-py3-none-any.whl",
            name: "own",
            location: Problem.Location(file: "requirements.txt", line: 1)
        )

        let built = try await workshop.makeStore()
            .build(makeDefinition(wheels: [wheel]).takingWheels(from: model), python: .exact)

        #expect(built.packages.map { "\($0.name) \($0.version)" } == ["little 1.5", "own 2.0"])
        #expect(try await run(built.prefix + "/bin/own-say") == "own 2.0")
    }

    @Test func `holds what it installs besides to the constraints`() async throws {
        try Wheel(name: "little", version: "3.0").write(to: workshop.wheels)

        let free = try await workshop.makeStore().build(makeDefinition("tiny"), python: .exact)
        let held = try await workshop.makeStore()
            .build(makeDefinition("tiny", constraints: ["little<2"]), python: .exact)

        #expect(free.packages.first?.version == "3.0")
        #expect(held.packages.first?.version == "1.5")
    }

    @Test func `takes today's packages, and says so, where a day leads nowhere`() async throws {
        let real = try #require(UvAtHand.path)
        let log = workshop.path + "/asked"
        let uv = try workshop.makeUv(
            """
            echo "$@" >> '\(log)'
            case "$*" in *--exclude-newer*)
                echo 'error: No solution found when resolving dependencies' >&2; exit 1;;
            esac
            [ "$1" = pip ] && exec '\(real)' "$@" --no-index --offline
            exec '\(real)' "$@"
            """
        )
        let store = workshop.makeStore {
            $0.uv = uv
            $0.usesRegistry = true
        }

        let built = try await store.build(
            makeDefinition("tiny==1.0", asOf: "2023-04-01"),
            python: .exact
        )

        #expect(built.packages.map(\.name) == ["little", "tiny"])
        #expect(built.notices.contains { $0.contains("as of 2023-04-01") })
        let asked = try String(contentsOfFile: log, encoding: .utf8)
        #expect(asked.contains("--exclude-newer 2023-04-01T00:00:00Z"))
    }

    @Test func `keeps a lock in which every file has a hash`() async throws {
        let built = try await workshop.makeStore()
            .build(makeDefinition("tiny==1.0"), python: .exact)

        let folder = workshop.environments + "/\(built.digest)"
        let lock = try String(contentsOfFile: folder + "/requirements.lock", encoding: .utf8)
        #expect(lock.components(separatedBy: "--hash=sha256:").count == 3)
        #expect(LockedRequirements(text: lock).digest == built.lockDigest)
        #expect(FileManager.default.fileExists(atPath: folder + "/build.log"))
    }

    @Test func `compiles byte code once, for the place where it will stand`() async throws {
        let built = try await workshop.makeStore()
            .build(makeDefinition("tiny==1.0"), python: .exact)

        let script = """
            import importlib.util, marshal, pathlib, sys, tiny
            root = pathlib.Path(tiny.__file__).parent
            code = importlib.util.cache_from_source(str(root / 'inner.py'))
            data = open(code, 'rb').read()
            print(data[4], marshal.loads(data[16:]).co_filename == str(root / 'inner.py'))
            print(list(root.glob('tests/__pycache__')), sys.flags.dont_write_bytecode)
            """
        // 1 is a hash that is never compared again (PEP 552).
        #expect(try await run(built.interpreter, "-I", "-c", script) == "1 True\n[] 0")
    }

    @Test func `makes it read-only and shares no file with the cache`() async throws {
        let built = try await workshop.makeStore()
            .build(makeDefinition("tiny==1.0"), python: .exact)

        var files = 0
        try FolderTree.visit(workshop.environments + "/\(built.digest)/prefix") { path, status in
            if status.st_mode & S_IFMT == S_IFLNK { return }
            #expect(status.st_mode & 0o222 == 0, "\(path)")
            #expect(status.st_uid == geteuid(), "\(path)")
            guard status.st_mode & S_IFMT == S_IFREG else { return }
            files += 1
            // A hard link to the cache would let one environment's writer change every other.
            #expect(status.st_nlink == 1, "\(path)")
        }
        #expect(files > 10)
    }

    @Test func `builds once and finds it again, in another life too`() async throws {
        let definition = makeDefinition("tiny==1.0")
        let first = try await workshop.makeStore().build(definition, python: .exact)
        let listener = Listener()
        let store = workshop.makeStore()

        let second = try await store.build(definition, python: .exact, progress: listener.hear)

        #expect(second.digest == first.digest)
        #expect(second.lockDigest == first.lockDigest)
        #expect(listener.lines.isEmpty)
        #expect(store.all().map(\.digest) == [first.digest])
        #expect(try await store.prospect(of: definition, python: .exact).isBuilt)
    }

    @Test func `builds once for all who ask at once`() async throws {
        let store = workshop.makeStore()
        let definition = makeDefinition("tiny==1.0")
        let listeners = [Listener(), Listener(), Listener()]

        let built = try await withThrowingTaskGroup(of: BuiltEnvironment.self) { group in
            for listener in listeners {
                group.addTask {
                    try await store.build(definition, python: .exact, progress: listener.hear)
                }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }

        // Each has its own time in it: one build, one description.
        #expect(Set(built).count == 1)
        #expect(listeners.allSatisfy { $0.lines.last?.hasPrefix("ready after") == true })
    }

    @Test func `waits for another server that builds the same`() async throws {
        let definition = makeDefinition("tiny==1.0")
        let (near, far) = (workshop.makeStore(), workshop.makeStore())
        let digest = try await near.prospect(of: definition, python: .exact).digest
        let (lines, continuation) = AsyncStream.makeStream(of: String.self)
        // The other server is at it: it holds the lock.
        try StoreFolder(root: workshop.environments).prepare()
        var lock = try FolderLock.take(workshop.environments + "/.locks/\(digest)")
        #expect(lock != nil)

        let task = Task {
            try await near.build(definition, python: .exact) { continuation.yield($0) }
        }
        let line = await lines.first { _ in true }
        lock = nil
        let other = try await far.build(definition, python: .exact)
        let built = try await task.value

        #expect(line == "waiting for another server that builds this environment")
        #expect(built.lockDigest == other.lockDigest)
        #expect(built.builtAt == other.builtAt)
    }

    @Test func `names the requirement that cannot be met, in the resolver's words`() async throws {
        let listener = Listener()
        let store = workshop.makeStore()

        let problem = await problem {
            try await store.build(
                makeDefinition("tiny==1.0", "little==9.9"),
                python: .exact,
                progress: listener.hear
            )
        }

        #expect(problem?.kind == .invalid)
        #expect(problem?.code == "unsatisfiable")
        #expect(problem?.location?.description == "requirements.txt:2")
        #expect(problem?.what.contains("little==9.9") == true)
        #expect(problem?.what.contains("your requirements are unsatisfiable") == true)
        #expect(store.all().isEmpty)
        #expect(workshop.staged.isEmpty)
    }

    @Test func `refuses what is published as source only`() async throws {
        try Data().write(to: URL(fileURLWithPath: workshop.wheels + "/raw-1.0.tar.gz"))

        let problem = await problem {
            try await workshop.makeStore().build(makeDefinition("raw==1.0"), python: .exact)
        }

        #expect(problem?.kind == .unsupported)
        #expect(problem?.code == "needsBuilding")
        #expect(problem?.remedy.contains("folder of wheels") == true)
    }

    @Test func `refuses a wheel that is not the one it locked`() async throws {
        // The registry that changes its mind between the two calls is this program.
        let uv = try #require(UvAtHand.path)
        let other = workshop.path + "/home"
        try Wheel(name: "little", version: "1.5", modules: [("evil.py", "")]).write(to: other)
        let swapping = try workshop.makeUv(
            """
            if [ "$2" = sync ]; then
                cp '\(other)/little-1.5-py3-none-any.whl' '\(workshop.wheels)'
                export UV_CACHE_DIR='\(workshop.path)/other'
            fi
            exec '\(uv)' "$@"
            """
        )

        let problem = await problem {
            try await workshop.makeStore { $0.uv = swapping }
                .build(makeDefinition("tiny==1.0"), python: .exact)
        }

        #expect(problem?.code == "cannotInstall")
        #expect(problem?.what.lowercased().contains("hash mismatch") == true)
        #expect(workshop.staged.isEmpty)
    }

    @Test func `lets build requirements give way and says so`() async throws {
        let definition = makeDefinition("tiny==1.0", build: ["little==9.9", "pip==99", "wheel"])

        let built = try await workshop.makeStore().build(definition, python: .exact)

        #expect(built.packages.map(\.name) == ["little", "tiny"])
        #expect(built.notices.count == 1)
        #expect(built.notices.first?.contains("'little==9.9'") == true)
    }

    @Test func `builds an environment of nothing but Python`() async throws {
        let built = try await workshop.makeStore().build(makeDefinition(), python: .exact)

        #expect(built.packages.isEmpty)
        #expect(try await run(built.interpreter, "-I", "-c", "print(1)") == "1")
    }

    @Test func `removes an environment whole, read-only as it is`() async throws {
        let store = workshop.makeStore()
        let built = try await store.build(makeDefinition("tiny==1.0"), python: .exact)

        try await store.discard(built.digest)
        try await store.discard(built.digest)

        #expect(store.load(built.digest) == nil)
        #expect(!FolderTree.exists(workshop.environments + "/\(built.digest)"))
        #expect(workshop.staged.isEmpty)
    }

    @Test func `takes no folder for ready that lacks its description`() async throws {
        let store = workshop.makeStore()
        let built = try await store.build(makeDefinition("tiny==1.0"), python: .exact)
        let folder = workshop.environments + "/\(built.digest)"
        chmod(folder, 0o755)
        #expect(unlink(folder + "/environment.json") == 0)

        #expect(store.load(built.digest) == nil)
        let again = try await store.build(makeDefinition("tiny==1.0"), python: .exact)
        #expect(store.load(again.digest) != nil)
    }
}

/// Whether these tests can build at all.
enum UvAtHand {
    static let path: String? = {
        let variables = ProcessInfo.processInfo.environment
        if let named = variables["SCOREKEEPER_UV"] { return named }
        let home = variables["HOME"] ?? "/root"
        let pyenv = Interpreters.pyenv(variables) + "/versions"
        let folders =
            (variables["PATH"] ?? "").split(separator: ":").map(String.init)
            + [home + "/.local/bin", home + "/.cargo/bin"]
            + Program.names(in: pyenv).map { "\(pyenv)/\($0)/bin" }
        return folders.lazy.compactMap { Program.real($0 + "/uv") }.first
    }()

    static var isThere: Bool { path != nil }
}
