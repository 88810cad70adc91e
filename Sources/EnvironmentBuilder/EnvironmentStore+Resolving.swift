// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Foundation
public import Manifests
public import Vocabulary

/// Resolving once more what stands already, and knowing what stands when its Python was refreshed.
extension EnvironmentStore {
    /// What `definition` would be settled on if it were resolved today, whatever it was before.
    ///
    /// As of today also where the model was saved long ago: what it leaves open is what is asked
    /// for. Nothing is installed, and what stands stays as it is.
    ///
    /// Shape: `built` is what stands; its minor version of Python is kept where that is there.
    /// Errors: those of `build` up to its resolution.
    public func resolve(
        _ definition: EnvironmentDefinition,
        python: PythonPolicy,
        instead built: BuiltEnvironment
    ) async throws(Problem) -> EnvironmentSettlement {
        try folder.prepare()
        let base = definition.unsettled
        let choice = try await interpreter(for: base, policy: python, near: built)
        let identity = EnvironmentIdentity(definition: base, interpreter: choice.interpreter)
        let resolution = EnvironmentBuild(
            identity: identity,
            notices: choice.notices,
            uv: try await uv(),
            folder: folder,
            settings: settings,
            variables: variables,
            progress: { _ in }
        )
        return try await resolution.settle(until: .now + settings.deadline)
    }

    /// What stands for an identity: built for this very Python, or for one of the same minor
    /// version that is still there.
    ///
    /// A Python that was replaced by its next patch release runs what was built for the one before,
    /// and nobody asked for other packages. `resolve` takes the new one.
    nonisolated func standing(_ identity: EnvironmentIdentity) -> BuiltEnvironment? {
        if let ready = load(identity.digest) { return ready }
        let version = identity.interpreter.version
        return all().filter { built in
            built.definition == identity.definitionDigest
                && built.base.version.major == version.major
                && built.base.version.minor == version.minor
        }
        .max { $0.builtAt < $1.builtAt }
    }

    private func interpreter(
        for definition: EnvironmentDefinition,
        policy: PythonPolicy,
        near built: BuiltEnvironment
    ) async throws(Problem) -> InterpreterChoice {
        let kept = await interpreters.all().filter { $0.isSameMinor(as: built.base.version) }
        let choice = InterpreterChoice.among(
            kept,
            for: definition.python,
            policy: policy,
            homes: interpreters.homes
        )
        if let choice { return choice }
        return try await interpreter(for: definition, policy: policy, progress: { _ in })
    }
}

extension EnvironmentBuild {
    /// What the definition constrains, and what it was settled on.
    ///
    /// The model's own wheels are named by their files: no version is chosen there.
    var constraints: [String] {
        let own = identity.definition.wheels.map(\.name)
        let settled = identity.definition.settlement?.packages ?? []
        return identity.definition.constraints.map(\.text)
            + settled.filter { !own.contains($0.name) }.map(\.constraint)
    }

    /// Whether a registry may be asked again what it said a while ago.
    var mayRefresh: Bool { settings.usesRegistry && variables["UV_OFFLINE"] == nil }

    /// Resolves and installs nothing.
    fileprivate func settle(
        until deadline: ContinuousClock.Instant
    ) async throws(Problem) -> EnvironmentSettlement {
        // Without it a sweep would take the folder for what was left behind.
        let lock = try await FolderLock.wait(folder.lock(identity.digest), until: deadline) {}
        defer { withExtendedLifetime(lock) {} }
        let log = try BuildLog(path: folder.resolutionLog(identity.digest))
        let staging = try folder.makeStaging(identity.digest)
        let steps = BuildSteps(build: self, staging: staging, log: log, deadline: deadline)
        let result: Result<LockedRequirements, Problem>
        do throws(Problem) {
            try steps.shutOutSettings()
            result = .success(try await steps.resolveAnew())
        } catch {
            log.add(error.description)
            result = .failure(error)
        }
        // The next sweep gets what cannot be removed now.
        try? await Blocking.run { () throws(Problem) in try FolderTree.remove(staging) }
        return EnvironmentSettlement(of: identity, try result.get())
    }
}

extension EnvironmentSettlement {
    /// What a resolution came to.
    init(of identity: EnvironmentIdentity, _ lock: LockedRequirements) {
        let packages = lock.packages.map { Package(name: $0.name, version: $0.version) }
        let base = identity.interpreter
        let madeAt = base.madeAt.map { " \(Int($0.timeIntervalSince1970))" } ?? ""
        let text = """
            \(identity.definition.canonicalText)python \(base.version)\(madeAt)
            \(packages.map(\.constraint).joined(separator: "\n"))
            """
        self.init(
            python: base.version,
            pythonMadeAt: base.madeAt,
            packages: packages,
            digest: Vocabulary.Digest(of: text.utf8),
            // Whole seconds: what is read back from the ledger is equal.
            settledAt: Date(timeIntervalSince1970: Date().timeIntervalSince1970.rounded(.down))
        )
    }
}

extension EnvironmentSettlement? {
    /// The Pythons of the minor version that it was made for; all where none of them is there.
    func preferred(among found: [Interpreter]) -> [Interpreter] {
        guard let version = self?.python else { return found }
        let kept = found.filter { $0.isSameMinor(as: version) }
        return kept.isEmpty ? found : kept
    }
}

extension Interpreter {
    fileprivate func isSameMinor(as other: PythonVersion) -> Bool {
        (version.major, version.minor) == (other.major, other.minor)
    }
}
