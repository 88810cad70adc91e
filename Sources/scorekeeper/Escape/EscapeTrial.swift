// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Client
import ControlAPI
import Supervisor
import Vocabulary

/// All attempts at one level: a private server, the neighbours, and an attacker that is deployed
/// again whenever an attempt has ended it.
struct EscapeTrial: Sendable {
    /// A small machine's worth, so that bounds are met soon; the surge left out, so that three fit
    /// onto one core.
    static let instanceType = InstanceType(
        name: "trial",
        millicores: 300,
        memoryBytes: 256 << 20,
        isExemptFromSurge: true
    )
    static let deadlineMilliseconds = 6_000

    let level: IsolationLevel
    let attempts: [EscapeAttempt]
    let surroundings: EscapeSurroundings
    /// The program of all roles.
    let program: String

    /// Makes the attempts.
    ///
    /// Errors: whatever keeps the server from serving.
    func run() async throws(Problem) -> EscapeCourse {
        let server = try Server.trial(
            TrialOptions(
                highestIsolation: level,
                instanceType: Self.instanceType,
                deadlineMilliseconds: Self.deadlineMilliseconds
            )
        )
        let box = CourseBox()
        try await server.run { () throws(Problem) in
            let course = try await attempt(at: server)
            await box.keep(course)
            server.leave()
        }
        return await box.course ?? EscapeCourse(level: level, absence: ["it was interrupted"])
    }

    private actor CourseBox {
        private(set) var course: EscapeCourse?
        func keep(_ course: EscapeCourse) { self.course = course }
    }

    private func attempt(at server: Server) async throws(Problem) -> EscapeCourse {
        var course = EscapeCourse(level: level)
        let client = ControlClient(state: server.stateFolder)
        let victim = try await deploy("victim", program, "victim", client)
        guard let got = victim.isolation, got == level else {
            course.absence = victim.isolationReasons
            if course.absence.isEmpty {
                course.absence = ["a node gave '\(victim.isolation?.rawValue ?? "nothing")'"]
            }
            return course
        }
        _ = try await deploy("neighbour", surroundings.neighbour, "neighbour", client)
        let circumstances =
            victim.instances.first?.enclosure?.circumstances
            ?? IsolationPromise.Circumstances(hasOwnUser: false, landlock: 0, hasNetwork: false)
        let before = try await client.status()
        let asking = EscapeVictim()
        let url = before.endpoint(try Naming.endpoint("victim"))?.url ?? ""
        let task = Task { await asking.ask(url) }
        let attacker = EscapeAttacker(
            program: program,
            surroundings: surroundings,
            client: client,
            facts: EscapeFacts(before, state: server.stateFolder, surroundings)
        )
        for attempt in attempts {
            let seen = try await attacker.observe(attempt)
            course.outcomes.append(EscapeOutcome(attempt, seen, at: level, circumstances))
        }
        task.cancel()
        await task.value
        course.isPeacePromised = IsolationPromise.server.isKept(at: level, circumstances)
        course.answered = await asking.answered
        course.noticed = await asking.wrong
        course.noticed += Self.changes(before, try await client.status())
        return course
    }

    private func deploy(
        _ name: String,
        _ program: String,
        _ role: String,
        _ client: ControlClient
    ) async throws(Problem) -> DeploymentStatus {
        let request = DeployRequest(
            name: try Naming.endpoint(name),
            scorer: DeployRequest.ScorerProgram(path: program, arguments: [role])
        )
        return try await client.waitUntilServing(try await client.deploy(request), tells: false)
    }

    /// What of the server and the neighbours is not as it was, a sentence each.
    static func changes(_ before: ServerStatus, _ after: ServerStatus) -> [String] {
        var changes: [String] = []
        if before.gateway != after.gateway { changes.append("the gateway was started again") }
        for (old, new) in zip(before.nodes, after.nodes)
        where old.pid != new.pid || old.restarts != new.restarts {
            changes.append("\(old.name) was started again")
        }
        for endpoint in before.endpoints {
            let old = endpoint.deployments.flatMap(\.instances)
            let new = after.endpoint(endpoint.name)?.deployments.flatMap(\.instances) ?? []
            if old.map(\.pid) != new.map(\.pid) || new.contains(where: { $0.state != .serving }) {
                changes.append("the scorer of '\(endpoint.name)' was ended")
            }
        }
        return changes
    }
}
