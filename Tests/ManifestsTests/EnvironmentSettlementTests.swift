// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing
import Vocabulary

@testable import Manifests

@Suite struct `A definition that was settled` {
    private let settlement: EnvironmentSettlement

    init() throws {
        settlement = EnvironmentSettlement(
            python: try #require(PythonVersion("3.11.2")),
            packages: [.init(name: "demo", version: "1.0.1")],
            digest: try #require(Digest(String(repeating: "5", count: 64))),
            settledAt: Date(timeIntervalSince1970: 0)
        )
    }

    private func definition(_ requirements: String...) -> EnvironmentDefinition {
        EnvironmentDefinition(
            python: .any,
            pythonLocation: nil,
            buildRequirements: [],
            requirements: requirements.map {
                EnvironmentDefinition.Requirement(
                    text: $0,
                    name: String($0.prefix(while: \.isLetter)),
                    location: Problem.Location(file: "requirements.txt", line: 1)
                )
            },
            sources: []
        )
    }

    @Test func `is another one, and the first again without its settlement`() {
        let first = definition("demo>=1")
        let settled = first.settled(on: settlement)

        #expect(settled.canonicalText == first.canonicalText + "settled \(settlement.digest)\n")
        #expect(settled.unsettled == first)
    }

    @Test func `comes back from the ledger as it was kept`() throws {
        let settled = definition("demo>=1").settled(on: settlement)

        let kept = try JSONEncoder().encode(settled)

        #expect(try JSONDecoder().decode(EnvironmentDefinition.self, from: kept) == settled)
    }

    @Test(
        arguments: [
            ("demo==1.0", true), ("demo[extra]==1.0; python_version < '4'", true),
            ("demo>=1,==1.2", true), ("demo===1.0", true), ("demo", false), ("demo>=1", false),
            ("demo==1.*", false), ("demo~=1.0", false), ("demo!=1.0", false),
            ("demo; python_version == '3.11'", false),
        ]
    )
    func `names the requirements that only one version meets`(text: String, isExact: Bool) {
        #expect(definition(text).exactPins.map(\.text) == (isExact ? [text] : []))
    }
}
