// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@testable import EnvironmentBuilder

extension Tag {
    /// Needs the network and minutes.
    @Tag static var endToEnd: Self
}

/// Builds from the registry that this machine is set up for.
@Suite(
    .tags(.endToEnd),
    .enabled(
        if: ProcessInfo.processInfo.environment["SCOREKEEPER_END_TO_END"] == "1",
        "SCOREKEEPER_END_TO_END=1 asks for it"
    )
)
struct `An environment from a registry` {
    let workshop: Workshop

    init() throws {
        workshop = try Workshop()
    }

    private var store: EnvironmentStore {
        EnvironmentStore(
            folder: workshop.environments,
            settings: BuildSettings(fetchesPython: false)
        )
    }

    @Test func `imports scikit-learn without writing a byte`() async throws {
        let built = try await store.build(makeDefinition("scikit-learn"), python: .exact)

        let script = """
            import sys, sklearn.linear_model
            loaded = [m for m in sys.modules.values() if getattr(m, '__cached__', None)]
            import os
            print([m.__name__ for m in loaded if not os.path.exists(m.__cached__)])
            """
        #expect(built.packages.contains { $0.name == "scikit-learn" })
        #expect(try await run(built.interpreter, "-I", "-c", script) == "[]")
    }

    @Test func `of old pins has what was there when they were`() async throws {
        let built = try await store.build(
            makeDefinition("scikit-learn==1.2.2", asOf: "2023-04-01"),
            python: .exact
        )

        let script = "import numpy, sklearn.linear_model; print(numpy.__version__.split('.')[0])"
        #expect(try await run(built.interpreter, "-I", "-c", script) == "1")
        #expect(built.packages.contains { $0.name == "numpy" && $0.version == "1.24.2" })
        #expect(!built.notices.contains { $0.contains("as of") })
    }

    @Test func `is refused for a package that nobody published`() async {
        let name = "scorekeeper-no-such-package"

        let problem = await problem {
            try await store.build(makeDefinition(name), python: .exact)
        }

        #expect(problem?.code == "unsatisfiable")
        #expect(problem?.what.contains("'\(name)'") == true)
    }
}
