// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

public import Foundation
public import Manifests
public import Vocabulary

/// The built environments of one state folder: built once, shared, read-only, named by content.
///
/// Asking twice at once builds once: in one process the second asker joins the first one's build, in
/// two processes the second waits for the first one's lock. A build that everybody stopped waiting
/// for is ended with all it started.
public actor EnvironmentStore {
    let folder: StoreFolder
    let settings: BuildSettings
    let variables: [String: String]
    let interpreters: Interpreters
    private var foundUv: Uv?
    private var flights: [Digest: Flight] = [:]
    private var lastNumber = 0

    /// Makes a store over the folder of environments; nothing is touched until something is asked.
    ///
    /// Shape: `folder` is absolute; `variables` are the server's own, of which helpers get a few.
    public init(
        folder: String,
        settings: BuildSettings = BuildSettings(),
        variables: [String: String] = ProcessInfo.processInfo.environment
    ) {
        self.folder = StoreFolder(root: folder)
        self.settings = settings
        self.variables = variables
        interpreters = Interpreters(variables: variables, managed: [folder + "/.pythons"])
    }

    /// What would come of asking for `definition`; builds and fetches nothing.
    ///
    /// Errors: `noPython` listing the Pythons that are there.
    public func prospect(
        of definition: EnvironmentDefinition,
        python: PythonPolicy
    ) async throws(Problem) -> EnvironmentProspect {
        let found = definition.settlement.preferred(among: await interpreters.all())
        guard let choice = choose(among: found, for: definition, python: python) else {
            throw .noPython(for: definition, among: found)
        }
        let identity = EnvironmentIdentity(
            definition: definition,
            interpreter: choice.interpreter
        )
        let ready = standing(identity)
        return EnvironmentProspect(
            interpreter: choice.interpreter,
            digest: ready?.digest ?? identity.digest,
            isBuilt: ready != nil,
            notices: choice.notices
        )
    }

    /// The environment that `definition` asks for, built now if it does not stand ready.
    ///
    /// Cancelling the task stops waiting; the build itself ends when nobody waits any more.
    ///
    /// Shape: `progress` gets short lines, on other threads; none where nothing is built.
    /// Errors: `noPython`, `noUv`; `unsatisfiable`, `needsBuilding` placed at the requirement, with
    /// the resolver's own words; `registryUnreachable`; `diskFull`; `buildLate`; `cancelled`.
    public func build(
        _ definition: EnvironmentDefinition,
        python: PythonPolicy,
        progress: @escaping @Sendable (String) -> Void = { _ in }
    ) async throws(Problem) -> BuiltEnvironment {
        try folder.prepare()
        let choice = try await interpreter(for: definition, policy: python, progress: progress)
        let identity = EnvironmentIdentity(
            definition: definition,
            interpreter: choice.interpreter
        )
        if let ready = standing(identity) { return ready }
        let uv = try await uv()
        // No suspension from here to the waiter's registration: nobody can slip in between.
        if let ready = standing(identity) { return ready }
        if flights[identity.digest] == nil {
            let board = ProgressBoard()
            launch(
                EnvironmentBuild(
                    identity: identity,
                    notices: choice.notices,
                    uv: uv,
                    folder: folder,
                    settings: settings,
                    variables: variables,
                    progress: board.tell
                ),
                board: board
            )
        }
        return try await wait(for: identity.digest, progress: progress)
    }

    /// Makes sure that builds can begin on this machine.
    ///
    /// Errors: `noUv` saying how to get it.
    public func checkTools() async throws(Problem) {
        _ = try await uv()
    }

    /// The environment that stands ready under `digest`; nothing where none does.
    public nonisolated func load(_ digest: Digest) -> BuiltEnvironment? {
        let path = folder.environment(digest)
        guard let built = BuiltEnvironment(readingFrom: path), built.digest == digest else {
            return nil
        }
        return built
    }

    /// Everything that stands ready, in order of digest.
    public nonisolated func all() -> [BuiltEnvironment] {
        Program.names(in: folder.root).compactMap { Digest($0) }.compactMap { load($0) }
    }

    /// The log of the last build of `digest`, under way or over.
    public nonisolated func logPath(of digest: Digest) -> String { folder.log(digest) }

    /// Removes the environment that stands under `digest`; nothing happens where none does.
    ///
    /// Errors: `environmentBusy` while it is being built; `cannotRemove`.
    public func discard(_ digest: Digest) async throws(Problem) {
        try folder.prepare()
        guard let lock = try FolderLock.take(folder.lock(digest)) else {
            throw Problem(
                .conflict,
                code: "environmentBusy",
                what: "cannot remove the environment '\(digest.short)': it is being built",
                remedy: "cancel the build, or ask again when it is over"
            )
        }
        try await Blocking.run { [folder] () throws(Problem) in
            defer { withExtendedLifetime(lock) {} }
            let target = folder.environment(digest)
            guard FolderTree.exists(target) else { return }
            // It stops being ready in one step; then it may take its time. A folder that may not
            // be written cannot be moved by who is not root, so that comes first.
            _ = chmod(target, 0o755)
            let doomed = try folder.makeStaging(digest)
            guard rename(target, doomed + "/discarded") == 0 else {
                throw Problem.system("cannotRemove", "move '\(target)' away")
            }
            try FolderTree.remove(doomed)
        }
    }

    /// Removes what builds that were cut off left behind; to be called when the server starts.
    ///
    /// What another living process is building stays. Of the logs of builds, the newest hundred do.
    ///
    /// Shape: the names of the folders that were removed.
    /// Errors: `cannotRemove`.
    @discardableResult
    public func sweep() async throws(Problem) -> [String] {
        try folder.prepare()
        return try await Blocking.run { [folder] () throws(Problem) in
            var removed: [String] = []
            for name in Program.names(in: folder.staging) {
                var lock: FolderLock?
                if let digest = StoreFolder.digest(ofStaging: name) {
                    lock = try FolderLock.take(folder.lock(digest))
                    if lock == nil { continue }
                }
                try FolderTree.remove("\(folder.staging)/\(name)")
                withExtendedLifetime(lock) {}
                removed.append(name)
            }
            folder.pruneLogs(keeping: 100)
            return removed
        }
    }

    // MARK: One build for all who ask

    private func launch(_ build: EnvironmentBuild, board: ProgressBoard) {
        lastNumber += 1
        let number = lastNumber
        let digest = build.identity.digest
        let task = Task { [folder, settings] in
            let result: Result<BuiltEnvironment, Problem>
            do throws(Problem) {
                let deadline = ContinuousClock.now + settings.deadline
                let lock = try await FolderLock.wait(folder.lock(digest), until: deadline) {
                    board.tell("waiting for another server that builds this environment")
                }
                // The other server may have finished it.
                if let ready = self.load(digest) {
                    result = .success(ready)
                } else {
                    result = .success(try await build.run(until: deadline))
                }
                withExtendedLifetime(lock) {}
            } catch {
                result = .failure(error)
            }
            self.land(digest, number: number, with: result)
        }
        flights[digest] = Flight(number: number, task: task, board: board)
    }

    private func wait(
        for digest: Digest,
        progress: @escaping @Sendable (String) -> Void
    ) async throws(Problem) -> BuiltEnvironment {
        lastNumber += 1
        let waiter = lastNumber
        let result = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                flights[digest]?.waiters[waiter] = continuation
                flights[digest]?.board.add(waiter, progress)
            }
        } onCancel: {
            Task { await self.leave(digest, waiter: waiter) }
        }
        return try result.get()
    }

    private func leave(_ digest: Digest, waiter: Int) {
        guard let gone = flights[digest]?.waiters.removeValue(forKey: waiter) else { return }
        flights[digest]?.board.remove(waiter)
        gone.resume(returning: .failure(.cancelled()))
        guard let flight = flights[digest], flight.waiters.isEmpty else { return }
        flight.task.cancel()
        // Who asks now must not join a build that is being ended; it waits for the lock instead.
        flights[digest] = nil
    }

    private func land(
        _ digest: Digest,
        number: Int,
        with result: Result<BuiltEnvironment, Problem>
    ) {
        guard let flight = flights[digest], flight.number == number else { return }
        flights[digest] = nil
        for (_, waiter) in flight.waiters.sorted(by: { $0.key < $1.key }) {
            waiter.resume(returning: result)
        }
    }

    // MARK: Tools

    func uv() async throws(Problem) -> Uv {
        if let foundUv { return foundUv }
        let tools = (folder.root as NSString).deletingLastPathComponent + "/tools"
        let uv = try await Uv.locate(settings: settings, tools: tools, variables: variables)
        foundUv = uv
        return uv
    }

    func interpreter(
        for definition: EnvironmentDefinition,
        policy: PythonPolicy,
        progress: @Sendable (String) -> Void
    ) async throws(Problem) -> InterpreterChoice {
        let found = definition.settlement.preferred(among: await interpreters.all())
        // Fetching what was asked for comes before taking something near it.
        if let choice = choose(among: found, for: definition, python: .exact) { return choice }
        if settings.fetchesPython, let wanted = definition.python.pinned {
            progress("fetching Python \(wanted)")
            await fetch(wanted)
            let more = await interpreters.all()
            if let choice = choose(among: more, for: definition, python: .exact) { return choice }
        }
        if let choice = choose(among: found, for: definition, python: policy) { return choice }
        throw .noPython(for: definition, among: found)
    }

    private func choose(
        among found: [Interpreter],
        for definition: EnvironmentDefinition,
        python: PythonPolicy
    ) -> InterpreterChoice? {
        InterpreterChoice.among(
            found,
            for: definition.python,
            policy: python,
            homes: interpreters.homes
        )
    }

    // Whether it worked is seen by looking for it: a program that is not there cannot be chosen.
    private func fetch(_ wanted: PythonVersion) async {
        guard let uv = try? await uv() else { return }
        let helper = HelperProcess(
            executable: uv.path,
            arguments: uv.fetchPython(wanted.description, into: folder.pythons),
            variables: HelperVariables.list(from: variables),
            folder: folder.root
        )
        _ = try? await helper.run(until: .now + settings.fetchDeadline)
    }
}
