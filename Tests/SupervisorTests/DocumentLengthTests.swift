// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Manifests
import Testing
import Vocabulary

@testable import Supervisor

@Suite struct `What a deployment tells its scorer` {
    private func document(
        arguments: [String],
        variables: [String: String] = [:]
    ) throws
        -> DeploymentDocument
    {
        var manifest = DeploymentSettings()
        manifest.variables = variables
        return DeploymentDocument(
            key: DeploymentKey(
                endpoint: try #require(EndpointName("echo")),
                deployment: .dropped
            ),
            revision: Revision(number: 1),
            origin: .deployed(path: "/echo"),
            scorer: .native(path: "echo", arguments: arguments),
            content: try #require(Digest(String(repeating: "a", count: 64))),
            settings: ServingSettings(manifest, retryUnlessSaid: .never)
        )
    }

    @Test func `fits into the order that starts it, or is refused before it is wanted`() throws {
        let long = String(repeating: "x", count: 60_000)

        try document(arguments: ["--flag"], variables: ["A": "b"]).checkLength()
        #expect(throws: Problem.self) { try document(arguments: [long]).checkLength() }
        #expect(throws: Problem.self) {
            try document(arguments: [], variables: ["A": long]).checkLength()
        }
    }

    @Test func `holds no character at which an argument would end unseen`() throws {
        #expect(throws: Problem.self) { try document(arguments: ["a\0b"]).checkLength() }
    }
}
