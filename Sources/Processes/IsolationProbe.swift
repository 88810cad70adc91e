// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import CLaunch
import Glibc
import Vocabulary
import Wire

/// Finds out what this machine allows by doing it: a trial at each level, from the highest down.
struct IsolationProbe {
    private static let patience: Duration = .seconds(10)

    /// Tries; answers the best that worked and why nothing better did.
    static func find(with spawner: Spawner) -> Abilities {
        let isRoot = geteuid() == 0
        var reasons: [String] = []
        let levels = IsolationLevel.allCases.reversed()
        for level in levels where level <= spawner.configuration.highestIsolation {
            // Root that may not do everything (a container) is tried again as an ordinary user.
            for candidate in candidates(level, isRoot: isRoot) {
                guard let reason = trial(candidate, with: spawner) else {
                    var found = candidate
                    found.reasons = reasons + sharing(found)
                    return found
                }
                let sentence = "isolation '\(level)': \(reason)"
                if !reasons.contains(sentence) { reasons.append(sentence) }
            }
        }
        var nothing = Abilities.untried(isRoot: isRoot)
        nothing.reasons = reasons
        return nothing
    }

    private static func candidates(_ level: IsolationLevel, isRoot: Bool) -> [Abilities] {
        var own = Abilities.untried(isRoot: isRoot)
        own.isolation = level
        var shared = Abilities.untried(isRoot: false)
        shared.isolation = level
        return isRoot ? [own, shared] : [shared]
    }

    /// What is missing at a level for want of uids.
    private static func sharing(_ abilities: Abilities) -> [String] {
        guard abilities.users == .shared, abilities.isolation >= .sandbox else { return [] }
        return ["the node may use one uid only: its scorers share it"]
    }

    /// Starts the launcher as a program at this level; answers why it did not work.
    private static func trial(_ abilities: Abilities, with spawner: Spawner) -> String? {
        guard let order = trialOrder(spawner.configuration) else { return nil }
        let process: HeldProcess
        do throws(Problem) {
            process = try spawner.start(order, with: abilities)
        } catch {
            return error.what
        }
        defer {
            spawner.giveBack(process)
            _ = process.cleanUp()
        }
        let deadline = Node.now + patience
        while Node.now < deadline {
            var watched = pollfd(fd: process.launch.descriptor, events: Int16(POLLIN), revents: 0)
            _ = poll(&watched, 1, 20)
            _ = process.hear(now: Node.now)
            var status: Int32 = 0
            let pid = launch_host_reap(&status)
            if pid == 0 { continue }
            _ = process.hear(now: Node.now)
            guard process.isGone(pid, status) else { continue }
            return verdict(process, status)
        }
        process.kill()
        return "a trial did not end within \(patience)"
    }

    private static func verdict(_ process: HeldProcess, _ status: Int32) -> String? {
        if let failure = process.failure { return failure.reason }
        if !process.hasStarted { return LaunchFailure.silent.reason }
        let report = process.report(rootStatus: status)
        return report.cause == .exited(status: 0) ? nil : "a trial \(report)"
    }

    private static func trialOrder(_ configuration: NodeConfiguration) -> SpawnOrder? {
        guard let endpoint = EndpointName("trial") else { return nil }
        let key = DeploymentKey(endpoint: endpoint, deployment: .dropped)
        return SpawnOrder(
            run: Run(instance: InstanceID(key: key, ordinal: 1), incarnation: 1),
            program: .native(path: configuration.launcher, arguments: ["trial"]),
            variables: [:],
            readable: [],
            instanceType: InstanceType(name: "trial", millicores: 100, memoryBytes: 64 << 20),
            isNetworkAllowed: false,
            minimumIsolation: .process,
            logPath: ""
        )
    }
}
