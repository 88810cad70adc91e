// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Testing
import Vocabulary

@testable import Manifests

@Suite struct `An endpoint's document` {
    private func read(_ text: String) -> ManifestReader.Outcome {
        ManifestReader.read(Array(text.utf8), file: "endpoint.yml", in: ".")
    }

    private func endpoint(_ text: String) throws -> EndpointManifest {
        guard case .endpoint(let endpoint) = try read(text).reading.get() else {
            throw Problem(.failed, code: "kind", what: "it is no endpoint")
        }
        return endpoint
    }

    private func name(_ text: String) throws -> DeploymentName {
        try #require(DeploymentName(text))
    }

    @Test func `as Azure shows it, is read whole`() throws {
        let text = """
            $schema: https://azuremlschemas.azureedge.net/latest/managedOnlineEndpoint.schema.json
            name: iris
            auth_mode: key
            traffic: {blue: 90, green: 10, old: 0}
            mirror_traffic: {red: 20}
            public_network_access: disabled
            description: Which iris it is.
            tags: {team: flowers, cost-centre: 12}
            properties: {scorekeeper.statuses: direct, anyone.else: stays}
            """

        let found = try endpoint(text)

        #expect(found.name.text == "iris")
        #expect(found.authMode == .key)
        #expect(found.traffic == [try name("blue"): 90, try name("green"): 10])
        #expect(found.mirrorTraffic == [try name("red"): 20])
        #expect(!found.isPublic)
        #expect(found.description == "Which iris it is.")
        #expect(found.tags == ["team": "flowers", "cost-centre": "12"])
        #expect(found.properties == ["anyone.else": "stays"])
        #expect(found.statuses == .direct)
        #expect(found.places["traffic.green"]?.description == "endpoint.yml:4:21")
    }

    @Test func `that says nothing but its name, has Azure's defaults`() throws {
        let reading = ManifestReader.read(
            Array("name: iris\n".utf8),
            file: "e.yml",
            in: ".",
            as: .endpoint
        )

        guard case .endpoint(let found) = try reading.reading.get() else {
            Issue.record("no endpoint")
            return
        }
        #expect(found.authMode == .key)
        #expect(found.traffic.isEmpty)
        #expect(found.mirrorTraffic.isEmpty)
        #expect(found.isPublic)
        #expect(found.statuses == .managed)
        #expect(reading.findings.notices == [])
    }

    @Test(arguments: ["key", "aml_token", "aad_token", "Key"])
    func `that asks for keys or tokens, is told that the endpoint is open to this machine only`(
        mode: String
    ) {
        let notices = read("name: iris\nauth_mode: \(mode)\n").findings.notices

        #expect(notices.map(\.code) == ["openEndpoint"])
        #expect(notices.first?.text.contains("open to this machine only") == true)
        #expect(notices.first?.location?.line == 2)
    }

    @Test(arguments: [
        ("identity: {type: system_assigned}", "notUsed"),
        ("public_network_access: disabled", "notUsed"),
        ("scoring_uri: https://x/score", "answeredKey"),
        ("provisioning_state: Succeeded", "answeredKey"),
    ])
    func `is told what of it changes nothing`(text: String, code: String) {
        let reading = read("name: iris\ntraffic: {}\n\(text)\n")

        #expect(reading.findings.problems == [])
        #expect(reading.findings.notices.map(\.code) == [code])
        #expect(reading.findings.notices.first?.location?.line == 3)
    }

    @Test func `may have all traffic off`() throws {
        #expect(try endpoint("name: iris\ntraffic: {blue: 0, green: 0}\n").traffic.isEmpty)
        #expect(try endpoint("name: iris\ntraffic:\nmirror_traffic: {}\n").traffic.isEmpty)
    }

    @Test func `has every problem told at once`() {
        let found = read("name: a\nauth_mode: x\ntraffic: {blue: 3}\nbogus: 1\n").findings

        #expect(
            places(found) == ["name 1:7", "word 2:12", "trafficSum 3:1", "unknownKey 4:1"]
        )
    }

    @Test func `knows every key that it offers`() {
        for key in EndpointManifest.keys {
            let findings = read("\(key): x\n").findings
            #expect(!findings.problems.contains { $0.code == "unknownKey" })
        }
    }
}
