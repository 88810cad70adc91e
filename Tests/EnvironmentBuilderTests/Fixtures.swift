// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Synchronization
import Testing
import Vocabulary

@testable import EnvironmentBuilder
@testable import Manifests

/// A folder that is there for one test, with a place for wheels and one for environments.
final class Workshop: Sendable {
    let path: String
    var wheels: String { path + "/wheels" }
    var environments: String { path + "/environments" }

    init() throws {
        path = FileManager.default.temporaryDirectory.path + "/workshop-\(UUID().uuidString)"
        for folder in [path, path + "/wheels", path + "/home"] {
            try FileManager.default.createDirectory(
                atPath: folder,
                withIntermediateDirectories: true
            )
        }
    }

    /// Our own variables, with a home and a cache of the test's.
    var variables: [String: String] {
        var variables = ProcessInfo.processInfo.environment
        variables["UV_CACHE_DIR"] = path + "/cache"
        return variables
    }

    /// A store that sees this workshop's wheels and no registry.
    func makeStore(_ change: (inout BuildSettings) -> Void = { _ in }) -> EnvironmentStore {
        var settings = BuildSettings(
            packageSources: [wheels],
            usesRegistry: false,
            fetchesPython: false
        )
        change(&settings)
        return EnvironmentStore(folder: environments, settings: settings, variables: variables)
    }

    /// Writes a program for `/bin/sh` that stands in for uv.
    func makeUv(_ body: String) throws -> String {
        let program = path + "/uv"
        let text = "#!/bin/sh\n[ \"$1\" = --version ] && { echo uv 9.9.9; exit; }\n\(body)\n"
        try text.write(toFile: program, atomically: true, encoding: .utf8)
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: program)
        return program
    }

    /// The names in the folder of builds under way.
    var staged: [String] { Program.names(in: environments + "/.staging") }

    deinit {
        try? FolderTree.remove(path)
    }
}

/// What a test hears of a build's progress.
final class Listener: Sendable {
    private let heard = Mutex<[String]>([])

    var lines: [String] { heard.withLock { $0 } }

    func hear(_ line: String) {
        heard.withLock { $0.append(line) }
    }
}

func makeDefinition(
    _ requirements: String...,
    build: [String] = [],
    constraints: [String] = [],
    wheels: [EnvironmentDefinition.Wheel] = [],
    asOf: String? = nil,
    python: [PythonRequirement.Clause] = []
) -> EnvironmentDefinition {
    EnvironmentDefinition(
        python: PythonRequirement(python),
        pythonLocation: Problem.Location(file: "conda.yaml", line: 3),
        buildRequirements: makeRequirements(build, file: "python_env.yaml"),
        requirements: makeRequirements(requirements, file: "requirements.txt"),
        constraints: makeRequirements(constraints, file: "constraints.txt"),
        wheels: wheels,
        asOf: asOf,
        sources: ["requirements.txt"]
    )
}

private func makeRequirements(
    _ texts: [String],
    file: String
) -> [EnvironmentDefinition.Requirement] {
    texts.enumerated().map { index, text in
        EnvironmentDefinition.Requirement(
            text: text,
            name: String(text.prefix { $0.isLetter || $0 == "-" }),
            location: Problem.Location(file: file, line: index + 1)
        )
    }
}

func makeInterpreter(_ version: String, at path: String = "/usr/bin/python") throws -> Interpreter {
    Interpreter(
        path: path,
        version: try #require(PythonVersion(version)),
        prefix: path.hasPrefix("/usr/bin") ? "/usr" : "/opt/python",
        platform: "linux-x86_64"
    )
}

/// Runs a program of the environment and answers what it printed.
func run(_ program: String, _ arguments: String...) async throws -> String {
    let helper = HelperProcess(
        executable: program,
        arguments: arguments,
        variables: ["PATH=/usr/bin:/bin", "PYTHONDONTWRITEBYTECODE=1"],
        folder: "/"
    )
    let outcome = try await helper.run(until: .now + .seconds(60))
    try #require(outcome.isSuccess, "\(outcome)")
    return outcome.output.trimmingCharacters(in: .whitespacesAndNewlines)
}

/// The problem that `body` throws.
func problem<Value>(_ body: () async throws -> Value) async -> Problem? {
    do {
        _ = try await body()
        return nil
    } catch {
        return error as? Problem
    }
}
