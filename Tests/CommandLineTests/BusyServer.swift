// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import ControlAPI
import Foundation
import Testing
import Vocabulary
import Wire

/// A status as a busy afternoon leaves it: one endpoint well, one being built, one failed.
enum BusyServer {
    /// 2026-03-01 10:00:00 UTC.
    static let now = Date(timeIntervalSince1970: 1_772_359_200)

    static func status() throws -> ServerStatus {
        ServerStatus(
            server: ServerStatus.Server(
                pid: 4_211,
                version: "0.1.0",
                since: now - 11_520,
                listeners: [
                    Listener(address: "127.0.0.1:8080"),
                    Listener(address: "127.0.0.1:5001", endpoint: try name("churn")),
                ],
                insecure: false,
                notices: ["the environment store is 91% full"],
                state: "/var/lib/scorekeeper",
                models: "/srv/models"
            ),
            gateway: ServerStatus.Gateway(pid: 4_213, restarts: 1),
            nodes: [
                NodeStatus(
                    name: NodeName(number: 1),
                    pid: 4_214,
                    isolation: .sandbox,
                    isolationReasons: ["no control group may be written: limits are not kept"],
                    millicores: 2_000,
                    reservedMillicores: 0,
                    memoryBytes: 8 << 30,
                    restarts: 0
                )
            ],
            endpoints: [try churn(), try iris(), try wine()],
            builds: ServerStatus.Builds(running: 1, succeeded: 2, failed: 0)
        )
    }

    static func iris() throws -> EndpointStatus {
        let key = DeploymentKey(endpoint: try name("iris"), deployment: .dropped)
        var first = instance(key, 1, .serving, pid: 4_300)
        first.incarnation = 3
        first.restarts = 2
        first.since = now - 42
        let told = """
            {"example": {"status": 200, "milliseconds": 1.26, "answer": "[]", "rows": 3},
             "merging": {"verdict": "merging", "why": "8 rows came out equal in batches up to 64"}}
            """
        first.facts = try JSONDecoder().decode(ScorerFacts.self, from: Data(told.utf8))
        let second = instance(key, 2, .serving, pid: 4_301)
        var deployment = deployment(key, .serving, wanted: 2, serving: 2)
        deployment.instances = [first, second]
        deployment.isolation = .sandbox
        deployment.isolationReasons = ["no control group may be written: limits are not kept"]
        deployment.environment = EnvironmentStatus(
            digest: Digest(String(repeating: "0123456789abcdef", count: 4)),
            state: .built,
            notices: ["Python 3.11.2 stands in for 3.11.4"]
        )
        deployment.requests = RequestCounters(
            DeploymentStatistics(
                key: key,
                answers: [200: 18_204, 502: 1],
                latencyBounds: [],
                latencyCounts: [18_205],
                latencySum: 0,
                waiting: 3,
                bound: 2,
                redispatched: 4,
                abandoned: 0
            )
        )
        return endpoint(key, deployment)
    }

    private static func churn() throws -> EndpointStatus {
        let key = DeploymentKey(endpoint: try name("churn"), deployment: .dropped)
        var failed = instance(key, 1, .failed, pid: nil)
        failed.incarnation = 5
        failed.problem = "ModuleNotFoundError: No module named 'lightgbm'\u{1b}[31m"
        var deployment = deployment(key, .failed, wanted: 1, serving: 0)
        deployment.why = "five starts never got ready; the last: No module named 'lightgbm'"
        deployment.instances = [failed]
        return endpoint(key, deployment)
    }

    private static func wine() throws -> EndpointStatus {
        let key = DeploymentKey(endpoint: try name("wine"), deployment: .dropped)
        var deployment = deployment(key, .building, wanted: 1, serving: 0)
        deployment.environment = EnvironmentStatus(
            digest: nil,
            state: .building,
            progress: "installing 34 packages"
        )
        return endpoint(key, deployment)
    }

    static func name(_ text: String) throws -> EndpointName {
        try #require(EndpointName(text))
    }

    static func deployment(
        _ key: DeploymentKey,
        _ state: DeploymentStatus.State,
        wanted: Int,
        serving: Int,
        revision: Int = 1
    ) -> DeploymentStatus {
        DeploymentStatus(
            name: key.deployment,
            revision: Revision(number: revision),
            wanted: wanted,
            serving: serving,
            state: state,
            why: "",
            url: "http://127.0.0.1:8080/endpoints/\(key.endpoint)/score",
            model: nil,
            environment: nil,
            isolation: nil,
            isolationReasons: [],
            retry: .once,
            deadlineMilliseconds: 60_000,
            instances: []
        )
    }

    static func endpoint(_ key: DeploymentKey, _ deployment: DeploymentStatus) -> EndpointStatus {
        EndpointStatus(
            name: key.endpoint,
            url: deployment.url,
            source: "/srv/models/\(key.endpoint)",
            deployments: [deployment]
        )
    }

    private static func instance(
        _ key: DeploymentKey,
        _ ordinal: Int,
        _ state: InstanceStatus.State,
        pid: Int32?
    ) -> InstanceStatus {
        InstanceStatus(
            id: InstanceID(key: key, ordinal: ordinal),
            revision: Revision(number: 1),
            state: state,
            incarnation: 1,
            pid: pid,
            node: NodeName(number: 1),
            isolation: pid == nil ? nil : .sandbox,
            warm: pid == nil ? nil : true,
            restarts: 0,
            since: now - 11_000
        )
    }
}
