// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import ControlAPI
import Foundation
import Rulebook
import Testing
import Vocabulary

@testable import EnvironmentBuilder
@testable import Manifests
@testable import Supervisor

@Suite struct `The changes between two resolutions` {
    @Test func `are what is newer, what came and what went, in order of name`() {
        let changes = PackageChanges.between(
            [("numpy", "2.1.0"), ("gone", "1.0"), ("same", "3.0")],
            [("added", "0.1"), ("numpy", "2.1.3"), ("same", "3.0")]
        )

        #expect(
            changes == [
                PackageChange("added", from: nil, to: "0.1"),
                PackageChange("gone", from: "1.0", to: nil),
                PackageChange("numpy", from: "2.1.0", to: "2.1.3"),
            ]
        )
    }
}

@Suite struct `The change of an environment's Python` {
    private let stage = PatchStage()

    /// What differs from an environment of that Python to a settlement on 3.11.2, made at 2 s.
    private func changes(from version: String, madeAt seconds: Double?) throws -> [PackageChange] {
        let built = BuiltEnvironment(
            digest: try stage.digest(1),
            provider: "uv 1",
            prefix: "/prefix",
            interpreter: "/prefix/bin/python",
            base: Interpreter(
                path: "/usr/bin/python",
                version: try #require(PythonVersion(version)),
                prefix: "/usr",
                platform: "linux-x86_64",
                madeAt: seconds.map { Date(timeIntervalSince1970: $0) }
            ),
            supportingPaths: [],
            packages: [],
            lockDigest: try stage.digest(1),
            bytes: 0,
            builtAt: Date(timeIntervalSince1970: 0),
            seconds: 0,
            notices: []
        )
        let settlement = EnvironmentSettlement(
            python: try #require(PythonVersion("3.11.2")),
            pythonMadeAt: Date(timeIntervalSince1970: 2),
            packages: [],
            digest: try stage.digest(2),
            settledAt: Date(timeIntervalSince1970: 3)
        )
        return PackageChanges.between(built, settlement)
    }

    @Test func `is its patch release, or that the same one was made again`() throws {
        #expect(
            try changes(from: "3.11.1", madeAt: 1)
                == [PackageChange("Python", from: "3.11.1", to: "3.11.2")]
        )
        #expect(
            try changes(from: "3.11.2", madeAt: 1) == [
                PackageChange(
                    "Python",
                    from: "3.11.2 of 1970-01-01T00:00:01Z",
                    to: "3.11.2 of 1970-01-01T00:00:02Z"
                )
            ]
        )
        #expect(try changes(from: "3.11.2", madeAt: 2).isEmpty)
        // Built by a version that did not note it.
        #expect(try changes(from: "3.11.2", madeAt: nil).isEmpty)
    }
}

@Suite struct `What a patch is for` {
    let stage = PatchStage()

    @Test func `is everything where nothing is named, and else what the names mean`() throws {
        let all = [
            try stage.candidate("iris/blue", names: ["azureml:tools:1"]),
            try stage.candidate("iris/green", names: ["azureml:tools:2"]),
            try stage.candidate("rates/default"),
        ]
        func chosen(_ names: String...) throws -> [String] {
            try PatchCandidate.chosen(by: names, among: all).map { "\($0.document.key)" }
        }

        #expect(try chosen() == ["iris/blue", "iris/green", "rates/default"])
        #expect(try chosen("iris") == ["iris/blue", "iris/green"])
        #expect(try chosen("rates/default", "iris/green") == ["iris/green", "rates/default"])
        #expect(try chosen("azureml:tools") == ["iris/blue", "iris/green"])
        #expect(try chosen("azureml:tools:2") == ["iris/green"])
        let problem = #expect(throws: Problem.self) { try chosen("iris", "azureml:tool") }
        #expect(problem?.kind == .notFound)
        #expect(problem?.description.contains("azureml:tools:1") == true)
    }

    @Test func `is grouped by environment, and what answers nobody comes first`() throws {
        let all = [
            try stage.candidate("iris/blue", installing: "numpy", percent: 100),
            try stage.candidate("iris/green", installing: "numpy", percent: 0),
            try stage.candidate("rates/default", installing: "pandas", percent: 100),
            try stage.candidate("wine/default", installing: nil, percent: 100),
        ]

        let groups = PatchCandidate.groups(of: all).map { $0.map { "\($0.document.key)" } }

        #expect(groups == [["iris/green", "iris/blue"], ["rates/default"]])
    }

    @Test func `is forgotten where too many others were resolved since`() throws {
        var book = PatchBook()
        let document = try stage.document("iris/blue")
        let definition = try #require(document.environment)
        let resolution = PatchBook.Resolution(definition: definition, settings: document.settings)
        let first = try stage.digest(0)

        for number in 0..<PatchBook.limit { book.note(resolution, as: try stage.digest(number)) }
        #expect(book.resolution(first) != nil)
        book.note(resolution, as: try stage.digest(PatchBook.limit))

        #expect(book.resolution(first) == nil)
        #expect(book.resolution(try stage.digest(PatchBook.limit)) != nil)
    }
}

@Suite struct `A patched deployment` {
    let stage = PatchStage()

    @Test func `is the same but for its environment, and says of which revision`() throws {
        let document = try stage.document("iris/blue")
        let settled = try #require(document.environment).settled(on: try stage.settlement(1))

        let patched = document.patched(with: settled, as: Revision(number: 2))

        #expect(patched.environment == settled)
        #expect(patched.patches == document.revision)
        #expect(patched.settings == document.settings)
        #expect(!patched.serves(sameAs: document))
        #expect(patched.declaration.environment != document.declaration.environment)
    }

    @Test func `stays so when the same is declared again, and not when it asks for others`()
        throws
    {
        let document = try stage.document("iris/blue")
        let settled = try #require(document.environment).settled(on: try stage.settlement(1))
        let patched = document.patched(with: settled, as: Revision(number: 2))
        let other = try stage.document("iris/blue", installing: "pandas")

        #expect(patched.serves(sameAs: document.settled(like: [patched])))
        #expect(other.settled(like: [patched]) == other)
        // Undone: what stands was never settled, whatever others run in.
        let twin = try stage.document("rates/default").settled(like: [patched])
        #expect(document.settled(like: [document, twin]) == document)
    }

    @Test func `has those that are deployed later run in what was settled on last`() throws {
        let first = try stage.document("iris/blue")
        let definition = try #require(first.environment)
        let old = first.patched(
            with: definition.settled(on: try stage.settlement(1)),
            as: Revision(number: 2)
        )
        let new = try stage.document("rates/default").patched(
            with: definition.settled(on: try stage.settlement(2)),
            as: Revision(number: 2)
        )

        let later = try stage.document("wine/default").settled(like: [new, old])

        #expect(later.environment?.settlement == (try stage.settlement(2)))
    }

    @Test func `is planned with the arithmetic of its rollout, and refused as the server would`()
        throws
    {
        let planner = try stage.planner(cores: 48)
        let document = try stage.document("iris/blue", type: stage.type(cores: 4))
        let settled = try #require(document.environment).settled(on: try stage.settlement(1))

        let step = planner.patching(
            document.patched(with: settled, as: Revision(number: 1)),
            isBuilt: false
        )
        let large = try stage.document("iris/blue", type: stage.type(cores: 40))
        let refused = planner.patching(
            large.patched(with: settled, as: Revision(number: 1)),
            isBuilt: true
        )

        #expect(step.action == .update)
        #expect(step.changes == ["its environment is built first"])
        #expect(step.capacity?.hasPrefix("ceil(1.2 x 1) x 4 = 8 of 48 cores") == true)
        #expect(step.callers == Planner.rolledIn)
        #expect(refused.refusal?.error.message.contains("OutOfQuota") == true)
    }

    @Test func `is unchanged for documents that know nothing of it, given up or not`() throws {
        let draft = try stage.draft("iris/blue")
        var planner = try stage.planner(cores: 4)
        planner.add(try stage.endpoint("iris"))
        planner.add(draft, isBuilt: true)
        let document = draft.document(revision: Revision(number: 1))
        let settled = try #require(document.environment).settled(on: try stage.settlement(1))
        let patched = document.patched(with: settled, as: Revision(number: 2))
        _ = planner.rulebook.decide(.prepared(document.key, document.revision), at: planner.now)
        _ = planner.rulebook.decide(.declared(patched.declaration), at: planner.now)

        func planned(_ standing: DeploymentDocument) -> PlanAnswer.Step? {
            var next = Planner(
                assets: planner.assets,
                endpoints: planner.endpoints,
                present: [patched],
                standing: [standing],
                rulebook: planner.rulebook,
                now: planner.now
            )
            next.add(draft, isBuilt: true)
            return next.plan.answer.steps.last
        }

        #expect(planned(patched)?.action == .unchanged)
        let problem = Problem(.failed, code: "import", what: "it cannot be imported")
        let failure = Event.preparationFailed(patched.key, patched.revision, problem)
        _ = planner.rulebook.decide(failure, at: planner.now)
        #expect(planner.rulebook.isGivenUp(patched.key, patched.revision))
        #expect(planned(document)?.action == .unchanged)
    }
}

/// Documents of MLflow models that have one package installed.
struct PatchStage {
    func digest(_ number: Int) throws -> Digest {
        let digits = String(number)
        return try #require(Digest(String(repeating: "0", count: 64 - digits.count) + digits))
    }

    func settlement(_ number: Int) throws -> EnvironmentSettlement {
        EnvironmentSettlement(
            python: try #require(PythonVersion("3.11.2")),
            packages: [.init(name: "numpy", version: "2.\(number)")],
            digest: try digest(number),
            settledAt: Date(timeIntervalSince1970: Double(number))
        )
    }

    func type(cores: Int) -> InstanceType {
        InstanceType(name: "sized", millicores: cores * 1_000, memoryBytes: 1 << 30)
    }

    func draft(
        _ key: String,
        installing package: String? = "numpy",
        type: InstanceType = .shared
    ) throws -> Draft {
        var settings = ServingSettings(DeploymentSettings(), retryUnlessSaid: .once)
        settings.instanceType = type
        return Draft(
            key: try #require(DeploymentKey(key)),
            origin: .deployed(path: "/\(key)"),
            scorer: package.map { .mlflow(scorer(installing: $0)) }
                ?? .native(path: "tell", arguments: []),
            content: try digest(0),
            settings: settings,
            notices: []
        )
    }

    func document(
        _ key: String,
        installing package: String? = "numpy",
        type: InstanceType = .shared
    ) throws -> DeploymentDocument {
        try draft(key, installing: package, type: type).document(revision: Revision(number: 1))
    }

    func candidate(
        _ key: String,
        installing package: String? = "numpy",
        names: [String] = [],
        percent: Int = 100
    ) throws -> PatchCandidate {
        PatchCandidate(
            document: try document(key, installing: package),
            built: nil,
            names: names,
            percent: percent,
            obstacle: nil
        )
    }

    func endpoint(_ name: String) throws -> EndpointDocument {
        EndpointDocument(name: try #require(EndpointName(name)))
    }

    /// A planner on a machine that has joined.
    func planner(cores: Int) throws -> Planner {
        var rulebook = Rulebook()
        let now = Moment(nanoseconds: 1)
        let node = NodeName(number: 1)
        _ = rulebook.decide(.began(nodes: [node]), at: now)
        let inventory = NodeInventory(
            name: node,
            millicores: cores * 1_000,
            memoryBytes: 8 << 30,
            isolation: .limited
        )
        _ = rulebook.decide(.nodeJoined(inventory), at: now)
        return Planner(
            assets: AssetShelf(),
            endpoints: [:],
            present: [],
            rulebook: rulebook,
            now: now
        )
    }

    private func scorer(installing package: String) -> DeploymentDocument.MLflowScorer {
        DeploymentDocument.MLflowScorer(
            flavors: ["sklearn"],
            importableModules: [],
            environment: EnvironmentDefinition(
                python: .any,
                pythonLocation: nil,
                buildRequirements: [],
                requirements: [
                    EnvironmentDefinition.Requirement(
                        text: package,
                        name: package,
                        location: Problem.Location(file: "requirements.txt", line: 1)
                    )
                ],
                sources: ["requirements.txt"]
            )
        )
    }
}
