// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Manifests
import Testing

@testable import EnvironmentBuilder

@Suite struct `An environment's digest` {
    @Test func `is the same for the same things, on every day`() throws {
        let identity = EnvironmentIdentity(
            definition: makeDefinition("numpy==2.1", "pandas"),
            interpreter: try makeInterpreter("3.11.2")
        )

        // Changes only with `builderVersion`: every built environment would be built again.
        #expect(
            identity.digest.hexadecimal
                == "1e68b6ac61ba0eb8fd07a2e1e5f4cb32a139f5acf3f60abddacac4a5f160a3c7"
        )
    }

    @Test func `differs with what decides the outcome`() throws {
        let definition = makeDefinition("numpy==2.1")
        let interpreter = try makeInterpreter("3.11.2")
        let digests = [
            EnvironmentIdentity(definition: definition, interpreter: interpreter),
            EnvironmentIdentity(
                definition: makeDefinition("numpy==2.2"),
                interpreter: interpreter
            ),
            EnvironmentIdentity(
                definition: makeDefinition("numpy==2.1", build: ["setuptools"]),
                interpreter: interpreter
            ),
            EnvironmentIdentity(
                definition: definition,
                interpreter: try makeInterpreter("3.11.3")
            ),
            EnvironmentIdentity(
                definition: definition,
                interpreter: try makeInterpreter("3.11.2", at: "/opt/python/bin/python")
            ),
        ].map(\.digest)

        #expect(Set(digests).count == digests.count)
    }
}
