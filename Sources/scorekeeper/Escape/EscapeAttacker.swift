// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Client
import ControlAPI
import Foundation
import Glibc
import Vocabulary

/// The attacker's deployment: one request an attempt, a new endpoint whenever one has ended it.
///
/// Not the same endpoint again: whoever dies often is started ever more slowly.
actor EscapeAttacker {
    private static let patience: Duration = .seconds(30)
    private static let pause: Duration = .milliseconds(20)

    private let program: String
    private let surroundings: EscapeSurroundings
    private let client: ControlClient
    private let facts: EscapeFacts
    private var number = 0
    private var deployed: (name: EndpointName, url: String, life: InstanceStatus)?

    init(
        program: String,
        surroundings: EscapeSurroundings,
        client: ControlClient,
        facts: EscapeFacts
    ) {
        self.program = program
        self.surroundings = surroundings
        self.client = client
        self.facts = facts
    }

    /// Makes one attempt and looks what came of it.
    func observe(_ attempt: EscapeAttempt) async throws(Problem) -> EscapeObservation {
        let (name, url, life) = try await present()
        let looking = EscapeEvidence(facts: facts, surroundings: surroundings, endpoint: name)
        let before = looking.start(attempt)
        var seen = EscapeObservation()
        seen.answer = await ask(url, facts.body(attempt, daemon: looking.daemon))
        if seen.answer == nil {
            seen.end = await end(of: name, life)
            if seen.end != nil { try await forget(name) }
        }
        if attempt.course == .thenDelete, seen.end == nil { try await forget(name) }
        seen.evidence = await looking.evidence(attempt, before)
        return seen
    }

    /// The attacker that is there, or a new one.
    private func present() async throws(Problem) -> (EndpointName, String, InstanceStatus) {
        if let deployed { return (deployed.name, deployed.url, deployed.life) }
        number += 1
        let name = try Naming.endpoint("attacker-\(number)")
        let request = DeployRequest(
            name: name,
            scorer: DeployRequest.ScorerProgram(path: program, arguments: ["attacker"])
        )
        let answer = try await client.deploy(request)
        let status = try await client.waitUntilServing(answer, tells: false)
        guard let life = status.instances.first else {
            throw Problem(.failed, code: "noAttacker", what: "'\(name)' serves without an instance")
        }
        deployed = (name, answer.url, life)
        return (name, answer.url, life)
    }

    private func ask(_ url: String, _ body: Data) async -> EscapeAnswer? {
        do throws(Problem) {
            let call = try ScoringCall(
                url: url,
                body: body,
                contentType: "application/json",
                deployment: nil
            )
            let answer = try await call.send()
            guard answer.status == 200 else { return nil }
            return EscapeAnswer(String(decoding: answer.body, as: UTF8.self))
        } catch {
            return nil
        }
    }

    /// How the run ended; nothing where it goes on for all our patience.
    private func end(of name: EndpointName, _ life: InstanceStatus) async -> String? {
        let deadline = ContinuousClock.now + Self.patience
        while ContinuousClock.now < deadline {
            let endpoint = try? await client.endpoint(name)
            let instance = endpoint?.deployments.first?.instances.first
            if let instance, instance.incarnation != life.incarnation || instance.pid != life.pid {
                return instance.problem ?? "by itself"
            }
            guard (try? await Task.sleep(for: Self.pause)) != nil else { return nil }
        }
        return nil
    }

    /// Deletes the endpoint and waits until it is gone.
    private func forget(_ name: EndpointName) async throws(Problem) {
        deployed = nil
        try await client.delete(name)
        let deadline = ContinuousClock.now + Self.patience
        while ContinuousClock.now < deadline {
            do throws(Problem) {
                _ = try await client.endpoint(name)
            } catch {
                guard error.kind == .notFound else { throw error }
                return
            }
            guard (try? await Task.sleep(for: Self.pause)) != nil else { return }
        }
    }
}
