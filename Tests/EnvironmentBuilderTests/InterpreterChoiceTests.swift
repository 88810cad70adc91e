// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Manifests
import Testing

@testable import EnvironmentBuilder

@Suite struct `The choice of a Python` {
    private let homes = ["/root", "/home"]

    private func choose(
        _ clauses: [PythonRequirement.Clause],
        among candidates: [Interpreter],
        policy: PythonPolicy = .exact
    ) -> InterpreterChoice? {
        InterpreterChoice.among(
            candidates,
            for: PythonRequirement(clauses),
            policy: policy,
            homes: homes
        )
    }

    private func clause(
        _ relation: PythonRequirement.Relation,
        _ version: String
    ) throws -> PythonRequirement.Clause {
        PythonRequirement.Clause(relation, try #require(PythonVersion(version)))
    }

    @Test func `takes what is asked for without a word`() throws {
        let candidates = [try makeInterpreter("3.11.2"), try makeInterpreter("3.12.1")]

        let choice = choose([try clause(.equal, "3.11.2")], among: candidates)

        #expect(choice?.interpreter == candidates[0])
        #expect(choice?.notices == [])
    }

    @Test func `takes the latest that a range allows`() throws {
        let candidates = [try makeInterpreter("3.11.2"), try makeInterpreter("3.12.1")]

        let choice = choose([try clause(.atLeast, "3.9")], among: candidates)

        #expect(choice?.interpreter == candidates[1])
    }

    @Test func `takes another patch of a pinned version and says so`() throws {
        let candidates = [try makeInterpreter("3.11.2"), try makeInterpreter("3.12.1")]

        let choice = choose([try clause(.equal, "3.11.7")], among: candidates)

        #expect(choice?.interpreter == candidates[0])
        #expect(choice?.notices.count == 1)
        #expect(choice?.notices.first?.contains("3.11.2") == true)
        #expect(choice?.notices.first?.contains("==3.11.7") == true)
    }

    @Test func `never takes another minor version unless it may`() throws {
        let candidates = [try makeInterpreter("3.11.2"), try makeInterpreter("3.13.0")]
        let wanted = [try clause(.prefix, "3.10")]

        #expect(choose(wanted, among: candidates) == nil)

        let nearest = choose(wanted, among: candidates, policy: .nearest)
        #expect(nearest?.interpreter == candidates[0])
        #expect(nearest?.notices.first?.contains("nearest") == true)
    }

    @Test func `leaves Pythons in home folders for last`() throws {
        let shared = try makeInterpreter("3.11.2")
        let personal = try makeInterpreter("3.11.7", at: "/root/.pyenv/bin/python3.11")
        let latest = try makeInterpreter("3.12.1", at: "/home/ada/python3.12")

        let pinned = choose([try clause(.equal, "3.11.7")], among: [personal, shared])
        let open = choose([], among: [latest, shared])
        let only = choose([try clause(.prefix, "3.12")], among: [latest, shared])

        #expect(pinned?.interpreter == shared)
        #expect(open?.interpreter == shared)
        #expect(only?.interpreter == latest)
    }

    @Test func `is none where there is no Python`() {
        #expect(choose([], among: [], policy: .nearest) == nil)
    }
}
