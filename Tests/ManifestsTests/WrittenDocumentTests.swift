// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing
import Vocabulary

@testable import Manifests

@Suite struct `A document that is kept` {
    private static let text = """
        name: blue
        endpoint_name: iris
        instance_count: 2
        instance_type: small
        description: '3'
        tags: { team: prices }
        environment: { conda_file: gone.yaml }
        code_configuration: { code: ., scoring_script: score.py }
        request_settings: { request_timeout_ms: 700 }
        """

    private func kept(_ text: String = Self.text) throws -> WrittenDocument {
        var findings = Findings()
        let root = try #require(
            DocumentTree.read(Array(text.utf8), file: "d.yml", into: &findings)
        )
        let written = WrittenDocument(root, in: "/folder")
        // As the ledger keeps it.
        return try JSONDecoder().decode(
            WrittenDocument.self,
            from: try JSONEncoder().encode(written)
        )
    }

    @Test func `is served as before but for what is set, and reads no file for that`() throws {
        let overrides = [try ManifestOverride("instance_count=3")]

        let read = try ManifestReader.settings(try kept(), file: "/d.yml", setting: overrides)

        #expect(read.settings.instances == 3)
        #expect(read.settings.requestTimeoutMilliseconds == 700)
        #expect(read.settings.instanceType?.text == "small")
        #expect(read.written == (try kept().setting(["instance_count"], to: "3")))
        #expect(read.written.text("environment", "conda_file") == "gone.yaml")
    }

    @Test func `tells text from numbers once it was kept`() throws {
        let read = try ManifestReader.settings(try kept(), file: "/d.yml", setting: [])

        #expect(read.written == (try kept()))
        #expect(read.written.text("description") == "3")
        #expect(read.written.texts("tags") == ["team": "prices"])
    }

    @Test func `names the file and the key of what must not be set`() throws {
        let overrides = [try ManifestOverride("instance_cuont=3")]

        let problem = #expect(throws: Problem.self) {
            try ManifestReader.settings(try kept(), file: "/d.yml", setting: overrides)
        }

        #expect(problem?.location?.file == "--set instance_cuont")
    }

    @Test(arguments: [
        ("model.path=./m", "model"), ("environment=azureml:a@latest", "environment"),
        ("code_configuration.code=.", "code_configuration"),
        ("properties.scorekeeper.scorer=./s", "scorekeeper.scorer"),
        ("properties={}", "scorekeeper.scorer"), ("properties.scorekeeper.retry=once", nil),
        ("environment_variables.model=1", nil), ("tags.environment=x", nil),
    ])
    func `is made anew only of what is set`(set: String, source: String?) throws {
        #expect(try ManifestOverride(set).source == source)
    }

    @Test func `of an endpoint keeps what is not set`() throws {
        let name = try #require(EndpointName("iris"))
        let declared = WrittenDocument(
            endpoint: name,
            authMode: "key",
            description: "flowers: # all",
            tags: ["size": "2"],
            properties: ["scorekeeper.statuses": "direct", "a.b": "c"],
            shares: ["traffic": ["blue": 100], "mirror_traffic": [:]]
        )

        let read = try ManifestReader.endpoint(
            declared,
            setting: [try ManifestOverride("tags.team=prices")]
        )

        #expect(read.manifest.tags == ["size": "2", "team": "prices"])
        #expect(read.manifest.description == "flowers: # all")
        #expect(read.manifest.statuses == .direct)
        #expect(read.manifest.properties == ["a.b": "c"])
        #expect(read.manifest.traffic.map(\.value) == [100])
        #expect(read.notices.isEmpty)
    }
}
