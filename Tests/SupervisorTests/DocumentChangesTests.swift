// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Manifests
import Testing
import Vocabulary

@testable import Supervisor

@Suite struct `A changed setting` {
    struct Change: Sendable {
        let make: @Sendable (inout DeploymentSettings) -> Void
        let words: [String]

        init(_ words: String..., make: @escaping @Sendable (inout DeploymentSettings) -> Void) {
            self.words = words
            self.make = make
        }
    }

    static let changes: [Change] = [
        Change("instance_count: 1 becomes 3") { $0.instances = 3 },
        Change("request_timeout_ms: 60000 becomes 500") { $0.requestTimeoutMilliseconds = 500 },
        Change("max_concurrent_requests_per_instance: 1 becomes 4") { $0.concurrentRequests = 4 },
        Change("environment_variables: A is new") { $0.variables["A"] = "secret" },
        Change("egress_public_network_access: disabled becomes enabled") {
            $0.isNetworkAllowed = true
        },
        Change("liveness_probe") { $0.livenessProbe = ProbeSettings() },
        Change("readiness_probe") { $0.readinessProbe = ProbeSettings() },
        Change("scorekeeper.retry: once becomes never") { $0.retry = .never },
        Change("scorekeeper.statuses: the server's becomes managed") { $0.statuses = .managed },
        Change("scorekeeper.python: exact becomes nearest") { $0.pythonPolicy = .nearest },
        Change("scorekeeper.fork_server: on becomes off") { $0.isForkServerUsed = false },
        Change("scorekeeper.isolation: process becomes sandbox") { $0.minimumIsolation = .sandbox },
        Change("scorekeeper.merge: auto becomes off") { $0.merging = .off },
        Change("scorekeeper.debug_errors: off becomes on") { $0.showsFailures = true },
        Change("scorekeeper.core: any becomes gateway") { $0.core = .gateway },
        Change("scorekeeper.start_deadline: 300 becomes 20") { $0.startDeadlineSeconds = 20 },
        Change("scorekeeper.body_limit: the usual becomes 256 MiB") { $0.bodyLimit = 256 << 20 },
        Change("scorekeeper.rollout.compare: the usual becomes require") {
            $0.rollout.comparison = .require
        },
        Change("scorekeeper.rollout.compare_requests: the usual becomes 7") {
            $0.rollout.comparedRequests = 7
        },
        Change("scorekeeper.rollout.tolerance: 0.0 becomes 0.5") { $0.rollout.tolerance = 0.5 },
        Change("scorekeeper.rollout.failure_percent: 10 becomes 50") {
            $0.rollout.failurePercent = 50
        },
        Change("scorekeeper.rollout.failure_requests: 50 becomes 99") {
            $0.rollout.failureRequests = 99
        },
    ]

    @Test(arguments: changes) func `is told by its name, and no other with it`(change: Change) {
        let before = DeploymentSettings()
        var after = before
        change.make(&after)

        let told = DocumentChanges.settings(
            ServingSettings(after, retryUnlessSaid: .once),
            from: ServingSettings(before, retryUnlessSaid: .once)
        )

        #expect(told == change.words)
    }

    @Test func `of a variable is told without its value`() {
        var before = DeploymentSettings()
        before.variables = ["GOES": "secret", "CHANGES": "secret", "STAYS": "secret"]
        var after = before
        after.variables = ["CHANGES": "another", "STAYS": "secret"]

        let told = DocumentChanges.settings(
            ServingSettings(after, retryUnlessSaid: .once),
            from: ServingSettings(before, retryUnlessSaid: .once)
        )

        #expect(
            told == ["environment_variables: CHANGES changes", "environment_variables: GOES goes"]
        )
    }
}
