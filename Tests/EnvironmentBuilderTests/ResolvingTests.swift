// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing
import Vocabulary

@testable import EnvironmentBuilder
@testable import Manifests

/// Resolves with the real uv from wheels that the test writes; no network.
@Suite(.enabled(if: UvAtHand.isThere, "uv is not on this machine"))
struct `An environment that is resolved once more` {
    let workshop: Workshop

    init() throws {
        workshop = try Workshop()
        try Wheel(name: "tiny", requires: ["little>=1"]).write(to: workshop.wheels)
        try Wheel(name: "little", version: "1.5").write(to: workshop.wheels)
    }

    private func versions(_ built: BuiltEnvironment) -> [String] {
        built.packages.map { "\($0.name) \($0.version)" }
    }

    @Test func `takes what is newer and leaves what stands`() async throws {
        let store = workshop.makeStore()
        let definition = makeDefinition("tiny", asOf: "2023-04-01")
        let first = try await store.build(definition, python: .exact)
        try Wheel(name: "little", version: "1.6").write(to: workshop.wheels)

        let settlement = try await store.resolve(definition, python: .exact, instead: first)
        let second = try await store.build(definition.settled(on: settlement), python: .exact)

        #expect(settlement.packages.map(\.constraint) == ["little==1.6", "tiny==1.0"])
        #expect(settlement.python == first.base.version)
        #expect(versions(second) == ["little 1.6", "tiny 1.0"])
        #expect(store.load(first.digest) == first)
        #expect(try await store.build(definition, python: .exact) == first)
        #expect(workshop.staged.isEmpty)
    }

    @Test func `is built of what it was settled on, whatever came since`() async throws {
        let store = workshop.makeStore()
        let definition = makeDefinition("tiny")
        let first = try await store.build(definition, python: .exact)
        let settlement = try await store.resolve(definition, python: .exact, instead: first)
        try Wheel(name: "little", version: "9.0").write(to: workshop.wheels)

        let settled = definition.settled(on: settlement)
        let built = try await store.build(settled, python: .exact)

        #expect(versions(built) == ["little 1.5", "tiny 1.0"])
        #expect(built.digest != first.digest)
        // Resolving what is settled takes no notice of that.
        let again = try await store.resolve(settled, python: .exact, instead: built)
        #expect(again.packages.first?.version == "9.0")
    }

    @Test func `stays within its pins and constraints`() async throws {
        let store = workshop.makeStore()
        let definition = makeDefinition("tiny==1.0", constraints: ["little<2"])
        let built = try await store.build(definition, python: .exact)
        try Wheel(name: "little", version: "2.0").write(to: workshop.wheels)
        try Wheel(name: "tiny", version: "1.1").write(to: workshop.wheels)

        let settlement = try await store.resolve(definition, python: .exact, instead: built)

        #expect(settlement.packages.map(\.version) == built.packages.map(\.version))
    }

    @Test func `tells what cannot be resolved any more, and what stands goes on`() async throws {
        let store = workshop.makeStore()
        let definition = makeDefinition("tiny")
        let built = try await store.build(definition, python: .exact)
        #expect(unlink(workshop.wheels + "/little-1.5-py3-none-any.whl") == 0)

        let problem = await problem {
            try await store.resolve(definition, python: .exact, instead: built)
        }

        #expect(problem?.kind == .invalid)
        #expect(store.load(built.digest) == built)
        #expect(workshop.staged.isEmpty)
    }

    @Test func `asks the registry again what it said a while ago, unless nothing may be asked`()
        async throws
    {
        let real = try #require(UvAtHand.path)
        let log = workshop.path + "/asked"
        let uv = try workshop.makeUv(
            """
            echo "$@" >> '\(log)'
            shift=; for word in "$@"; do [ "$word" = --refresh ] || set -- "$@" "$word"; shift; done
            [ "$1" = pip ] && exec '\(real)' "$@" --no-index --offline
            exec '\(real)' "$@"
            """
        )
        let definition = makeDefinition("tiny", asOf: "2023-04-01")
        let store = workshop.makeStore {
            $0.uv = uv
            $0.usesRegistry = true
        }
        let built = try await store.build(definition, python: .exact)
        #expect(!(try String(contentsOfFile: log, encoding: .utf8)).contains("--refresh"))
        #expect(unlink(log) == 0)

        _ = try await store.resolve(definition, python: .exact, instead: built)

        let asked = try String(contentsOfFile: log, encoding: .utf8)
        #expect(asked.contains("--refresh"))
        #expect(!asked.contains("--exclude-newer"))
    }

    @Test func `is another one once its Python was made again`() async throws {
        let store = workshop.makeStore()
        let definition = makeDefinition("tiny")
        let built = try await store.build(definition, python: .exact)
        let base = built.base
        func settlement(_ seconds: Double?) -> EnvironmentSettlement {
            let interpreter = Interpreter(
                path: base.path,
                version: base.version,
                prefix: base.prefix,
                platform: base.platform,
                madeAt: seconds.map { Date(timeIntervalSince1970: $0) }
            )
            return EnvironmentSettlement(
                of: EnvironmentIdentity(definition: definition, interpreter: interpreter),
                LockedRequirements(text: "tiny==1.0\n")
            )
        }

        #expect(base.madeAt != nil)
        #expect(settlement(1).digest == settlement(1).digest)
        #expect(settlement(1).digest != settlement(2).digest)
        #expect(settlement(nil).digest != settlement(2).digest)
        #expect(settlement(2).pythonMadeAt == Date(timeIntervalSince1970: 2))
    }

    @Test func `stands for the next patch release of its Python, and for no other minor version`()
        async throws
    {
        let store = workshop.makeStore()
        let definition = makeDefinition("tiny")
        let built = try await store.build(definition, python: .exact)
        let version = built.base.version
        func identity(minor: Int, patch: Int) throws -> EnvironmentIdentity {
            EnvironmentIdentity(
                definition: definition,
                interpreter: try makeInterpreter("\(version.major).\(minor).\(patch)")
            )
        }

        #expect(store.standing(try identity(minor: version.minor, patch: 99)) == built)
        #expect(store.standing(try identity(minor: version.minor + 1, patch: 0)) == nil)
        let other = EnvironmentIdentity(
            definition: makeDefinition("little"),
            interpreter: built.base
        )
        #expect(store.standing(other) == nil)
    }
}

@Suite struct `What a settled environment is held to` {
    @Test func `is each package's one version, the model's own wheels aside`() throws {
        let wheel = EnvironmentDefinition.Wheel(
            path: "wheels/own-2.0-py3-none-any.whl",
            name: "own",
            location: Problem.Location(file: "requirements.txt", line: 1)
        )
        let definition = makeDefinition("tiny", constraints: ["little<2"], wheels: [wheel])
        let settlement = EnvironmentSettlement(
            python: try #require(PythonVersion("3.11.2")),
            packages: [.init(name: "own", version: "2.0"), .init(name: "tiny", version: "1.0")],
            digest: Digest(of: "resolved".utf8),
            settledAt: Date(timeIntervalSince1970: 0)
        )
        let build = EnvironmentBuild(
            identity: EnvironmentIdentity(
                definition: definition.settled(on: settlement),
                interpreter: try makeInterpreter("3.11.2")
            ),
            notices: [],
            uv: Uv(path: "/uv", version: "1"),
            folder: StoreFolder(root: "/environments"),
            settings: BuildSettings(),
            variables: ["UV_OFFLINE": "1"],
            progress: { _ in }
        )

        #expect(build.constraints == ["little<2", "tiny==1.0"])
        #expect(!build.mayRefresh)
    }

    @Test func `is looked for among the Pythons of the minor version it was resolved for`() throws {
        let settlement = EnvironmentSettlement(
            python: try #require(PythonVersion("3.11.2")),
            packages: [],
            digest: Digest(of: "resolved".utf8),
            settledAt: Date(timeIntervalSince1970: 0)
        )
        let old = try makeInterpreter("3.11.9", at: "/opt/a/bin/python")
        let new = try makeInterpreter("3.12.1", at: "/opt/b/bin/python")

        #expect(Optional(settlement).preferred(among: [new, old]) == [old])
        #expect(Optional(settlement).preferred(among: [new]) == [new])
        #expect(EnvironmentSettlement?.none.preferred(among: [new, old]) == [new, old])
    }
}
