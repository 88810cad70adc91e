// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import CLinux
import Foundation
import Manifests
import Vocabulary

/// One build: from a definition and a Python to a folder that stands ready.
///
/// All happens in a staging folder; the last step is one rename. Whatever ends the process before
/// that leaves a folder that nobody takes for ready, and that the next sweep removes.
struct EnvironmentBuild: Sendable {
    let identity: EnvironmentIdentity
    let notices: [String]
    let uv: Uv
    let folder: StoreFolder
    let settings: BuildSettings
    let variables: [String: String]
    let progress: @Sendable (String) -> Void

    /// Builds it and puts it in place.
    ///
    /// The caller holds its lock.
    func run(until deadline: ContinuousClock.Instant) async throws(Problem) -> BuiltEnvironment {
        let digest = identity.digest
        let log = try BuildLog(path: folder.log(digest))
        let staging = try folder.makeStaging(digest)
        do throws(Problem) {
            return try await fill(staging, log: log, until: deadline)
        } catch {
            log.add(error.description)
            // The next sweep gets what cannot be removed now; the reason of the failure counts.
            try? await Blocking.run { () throws(Problem) in try FolderTree.remove(staging) }
            throw error
        }
    }

    private func fill(
        _ staging: String,
        log: BuildLog,
        until deadline: ContinuousClock.Instant
    ) async throws(Problem) -> BuiltEnvironment {
        let clock = ContinuousClock()
        let began = clock.now
        let prefix = staging + "/prefix"
        let python = prefix + "/bin/python"
        let steps = BuildSteps(build: self, staging: staging, log: log, deadline: deadline)
        tell("making an environment for Python \(identity.interpreter.version)", log)
        try await steps.makePrefix()
        tell("resolving \(Self.count(identity.definition.requirements.count, "requirement"))", log)
        let (lock, leftOut) = try await steps.resolve()
        tell("installing \(Self.count(lock.packages.count, "package"))", log)
        try await steps.install(lock)
        tell("compiling byte code", log)
        try await steps.compile()
        tell("making it read-only", log)
        let bytes = try await Blocking.run { () throws(Problem) in try FolderTree.seal(prefix) }
        let built = BuiltEnvironment(
            digest: identity.digest,
            provider: "uv \(uv.version)",
            prefix: folder.environment(identity.digest) + "/prefix",
            interpreter: folder.environment(identity.digest) + "/prefix/bin/python",
            base: identity.interpreter,
            supportingPaths: SupportingPaths.of(python, base: identity.interpreter),
            packages: lock.packages,
            lockDigest: lock.digest,
            bytes: bytes,
            // Whole seconds: what is read back from the file is equal.
            builtAt: Date(timeIntervalSince1970: Date().timeIntervalSince1970.rounded(.down)),
            seconds: Double((clock.now - began).wholeMilliseconds) / 1_000,
            notices: notices + leftOut,
            definition: identity.definitionDigest
        )
        tell("ready after \(built.seconds) s", log)
        try await Blocking.run { () throws(Problem) in try publish(built, from: staging) }
        return built
    }

    private func publish(_ built: BuiltEnvironment, from staging: String) throws(Problem) {
        let target = folder.environment(built.digest)
        let log = folder.log(built.digest)
        try? FileManager.default.copyItem(atPath: log, toPath: staging + "/build.log")
        try built.write(to: staging)
        // Without this a power cut could keep the rename and lose what it made visible.
        let descriptor = open(staging, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else {
            throw Problem.system("cannotPublish", "open the folder '\(staging)'")
        }
        defer { _ = close(descriptor) }
        guard linux_sync_filesystem(descriptor) == 0 else {
            throw Problem.system("cannotPublish", "write '\(staging)' to the disk")
        }
        try FolderTree.remove(target)
        guard rename(staging, target) == 0 else {
            throw Problem.system("cannotPublish", "move the environment to '\(target)'")
        }
        _ = chmod(target, 0o555)
    }

    private static func count(_ number: Int, _ noun: String) -> String {
        "\(number) \(noun)\(number == 1 ? "" : "s")"
    }

    private func tell(_ line: String, _ log: BuildLog) {
        log.add("-- " + line)
        progress(line)
    }
}
