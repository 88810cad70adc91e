// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Manifests
import Vocabulary

/// The programs that a build runs, one after the other, in its staging folder.
struct BuildSteps: Sendable {
    let build: EnvironmentBuild
    let staging: String
    let log: BuildLog
    let deadline: ContinuousClock.Instant

    private var prefix: String { staging + "/prefix" }
    private var python: String { prefix + "/bin/python" }
    private var lockFile: String { staging + "/requirements.lock" }

    /// Makes the empty virtual environment.
    func makePrefix() async throws(Problem) {
        try shutOutSettings()
        let arguments = build.uv.makePrefix(
            prefix,
            interpreter: build.identity.interpreter.path
        )
        try await uv(arguments, step: .prepare)
    }

    /// Keeps settings of others out: uv takes them from the nearest `uv.toml` above.
    func shutOutSettings() throws(Problem) {
        try write("", to: staging + "/uv.toml")
    }

    /// Resolves the definition; answers the lock, and what a person should be told about it.
    ///
    /// As of the time when the model was saved, where that leads anywhere. It does not where the
    /// registry does not tell when a file was published, or where a version was asked for later:
    /// then as of today.
    func resolve() async throws(Problem) -> (LockedRequirements, [String]) {
        let definition = build.identity.definition
        guard let date = definition.asOf, definition.settlement == nil, build.settings.usesRegistry
        else { return try await resolve(asOf: nil) }
        do throws(Problem) {
            return try await resolve(asOf: date)
        } catch {
            guard error.kind == .invalid || error.kind == .unsupported else { throw error }
            log.add("-- as of \(date): \(error.description)")
            let (lock, notices) = try await resolve(asOf: nil)
            let told =
                "its packages are today's where the model leaves them open: as of \(date), after it "
                + "was saved, there was no answer"
            return (lock, notices + [told])
        }
    }

    /// Resolves as of today, whatever was known of the registry before.
    func resolveAnew() async throws(Problem) -> LockedRequirements {
        try await resolve(asOf: nil, refresh: build.mayRefresh).0
    }

    /// Resolves as of a day, or of today.
    ///
    /// Build requirements are wishes of a tool that builds from source. We do not, so pip and wheel
    /// have no use here, and the others (setuptools is imported by some packages when they run)
    /// give way where they contradict what the model needs.
    private func resolve(
        asOf date: String?,
        refresh: Bool = false
    ) async throws(Problem) -> (LockedRequirements, [String]) {
        let definition = build.identity.definition
        let needed = definition.requirements.map(\.text) + (try wheels(of: definition))
        let wished = definition.buildRequirements.filter { !["pip", "wheel"].contains($0.name) }
            .map(\.text)
        do throws(Problem) {
            return (try await resolve(needed + wished, asOf: date, refresh: refresh), [])
        } catch {
            guard error.kind == .invalid, !wished.isEmpty else { throw error }
            let lock = try await resolve(needed, asOf: date, refresh: refresh)
            let names = wished.map { "'\($0)'" }.joined(separator: ", ")
            return (lock, ["leaves out \(names): it contradicts the model's requirements"])
        }
    }

    /// The model's own wheels as requirements: exactly these files, nothing else beside them.
    private func wheels(of definition: EnvironmentDefinition) throws(Problem) -> [String] {
        guard !definition.wheels.isEmpty else { return [] }
        guard let root = definition.wheelRoot else {
            preconditionFailure("wheels are asked for before the model was copied: \(definition)")
        }
        return definition.wheels.map { wheel in
            "\(wheel.name) @ \(URL(fileURLWithPath: "\(root)/\(wheel.path)").absoluteString)"
        }
    }

    /// Installs what the lock says.
    func install(_ lock: LockedRequirements) async throws(Problem) {
        guard !lock.packages.isEmpty else { return }
        try await uv(
            build.uv.install(lockFile, interpreter: python, settings: build.settings),
            step: .install
        )
    }

    /// Compiles every module once, test folders left out.
    ///
    /// The byte code carries a hash of its source that is never compared again: what is read-only
    /// and named by its content needs no look at time stamps, and copying cannot spoil it. The
    /// paths inside are those that the environment will have. Modules that do not compile (templates,
    /// Python 2) are nobody's failure: whoever imports one is told.
    func compile() async throws(Problem) {
        let plan = try await Blocking.run { [prefix] () throws(Problem) in
            ByteCodePlan(
                try ByteCodePlan.modules(below: prefix + "/lib"),
                processes: ProcessInfo.processInfo.activeProcessorCount
            )
        }
        let results = await withTaskGroup(of: Result<Void, Problem>.self) { group in
            for (number, part) in plan.parts.enumerated() {
                group.addTask {
                    do throws(Problem) {
                        return .success(try await compile(part, number: number))
                    } catch {
                        return .failure(error)
                    }
                }
            }
            return await group.reduce(into: []) { $0.append($1) }
        }
        for result in results { try result.get() }
    }

    private func compile(_ modules: [String], number: Int) async throws(Problem) {
        let list = "\(staging)/compile-\(number)"
        try write(modules.joined(separator: "\n") + "\n", to: list)
        defer { _ = unlink(list) }
        // The packages are strangers': their .pth files and sitecustomize must not run as whoever
        // runs us. Only the interpreter that was there before them is started, and without sites.
        let outcome = try await run(
            build.identity.interpreter.path,
            [
                "-I", "-S", "-m", "compileall", "-q", "--invalidation-mode", "unchecked-hash",
                "-s", staging, "-p", build.folder.environment(build.identity.digest), "-i", list,
            ]
        )
        let words = ResolverWords(output: outcome.output)
        if words.isDiskFull { throw .diskFull("compile byte code") }
        guard outcome.ending == .exited(0) || outcome.ending == .exited(1) else {
            throw Problem(
                .failed,
                code: "cannotCompile",
                what: "cannot compile byte code: \(words.explanation)",
                remedy: "the whole log is '\(log.path)'"
            )
        }
    }

    private func resolve(
        _ lines: [String],
        asOf date: String?,
        refresh: Bool
    ) async throws(Problem) -> LockedRequirements {
        guard !lines.isEmpty else {
            try write("", to: lockFile)
            return LockedRequirements(text: "")
        }
        let input = staging + "/requirements.in"
        try write(lines.joined(separator: "\n") + "\n", to: input)
        let constraints = build.constraints
        let constraintsFile = staging + "/constraints.in"
        try write(constraints.joined(separator: "\n") + "\n", to: constraintsFile)
        try await uv(
            build.uv.lock(
                input,
                constraints: constraints.isEmpty ? nil : constraintsFile,
                asOf: date,
                to: lockFile,
                refresh: refresh,
                interpreter: build.identity.interpreter.path,
                settings: build.settings
            ),
            step: .resolve
        )
        guard let text = try? String(contentsOfFile: lockFile, encoding: .utf8) else {
            throw Problem.system("cannotRead", "read '\(lockFile)'")
        }
        return LockedRequirements(text: text)
    }

    private func uv(_ arguments: [String], step: ResolverWords.Step) async throws(Problem) {
        let outcome = try await run(build.uv.path, arguments)
        if case .signalled(let signal) = outcome.ending {
            throw Problem(
                .failed,
                code: "builderEnded",
                what: "cannot build the environment: uv was ended by signal \(SignalName(signal))",
                remedy: "ask again; the whole log is '\(log.path)'"
            )
        }
        guard !outcome.isSuccess else { return }
        throw ResolverWords(output: outcome.output)
            .problem(at: step, of: build.identity.definition, log: log.path)
    }

    private func run(
        _ program: String,
        _ arguments: [String]
    ) async throws(Problem) -> HelperProcess.Outcome {
        log.add("$ " + ([program] + arguments).joined(separator: " "))
        let helper = HelperProcess(
            executable: program,
            arguments: arguments,
            variables: HelperVariables.list(from: build.variables),
            folder: staging
        )
        let outcome = try await helper.run(until: deadline) { [log] in log.add($0) }
        switch outcome.ending {
        case .late: throw .late()
        case .cancelled: throw .cancelled()
        case .exited, .signalled: return outcome
        }
    }

    private func write(_ text: String, to path: String) throws(Problem) {
        guard FileManager.default.createFile(atPath: path, contents: Data(text.utf8)) else {
            throw Problem.system("cannotWrite", "write '\(path)'")
        }
    }
}
