// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Testing
import Vocabulary

@testable import Manifests

@Suite struct `What is set over a document` {
    private let base =
        "name: blue\nendpoint_name: iris\nmodel: ./iris\n"
        + "egress_public_network_access: disabled\n"

    private func read(_ sets: [String], over text: String? = nil) throws -> ManifestReader.Outcome {
        ManifestReader.read(
            Array((text ?? base).utf8),
            file: "d.yml",
            in: ".",
            as: .deployment,
            setting: try sets.map { set throws(Problem) in try ManifestOverride(set) }
        )
    }

    private func deployment(_ sets: [String], over text: String? = nil) throws -> DeploymentManifest
    {
        guard case .deployment(let found) = try read(sets, over: text).reading.get() else {
            throw Problem(.failed, code: "kind", what: "it is no deployment")
        }
        return found
    }

    @Test func `takes the place of what stands there, or is added`() throws {
        let found = try deployment(
            [
                "instance_count=3", "request_settings.request_timeout_ms=90000",
                "tags={team: flowers, size: '2'}", "tags.owner=me",
                "properties.scorekeeper.retry=never",
            ],
            over: base + "instance_count: 1\nrequest_settings: {request_timeout_ms: 5}\n"
        )

        #expect(found.settings.instances == 3)
        #expect(found.settings.requestTimeoutMilliseconds == 90_000)
        #expect(found.tags == ["team": "flowers", "size": "2", "owner": "me"])
        #expect(found.settings.retry == .never)
    }

    @Test func `leaves what stands beside it`() throws {
        let found = try deployment(
            ["request_settings.request_timeout_ms=90000"],
            over: base + "request_settings: {max_concurrent_requests_per_instance: 4}\n"
        )

        #expect(found.settings.concurrentRequests == 4)
        #expect(found.settings.requestTimeoutMilliseconds == 90_000)
    }

    @Test(arguments: [
        ("description=a: b # c", "a: b # c"), ("description='quoted: yes'", "quoted: yes"),
        ("description=@latest", "@latest"), ("description=\"a\\tb\"", "a\tb"),
    ])
    func `is a text as it stands, unless it begins as YAML's own values do`(
        set: String,
        text: String
    ) throws {
        #expect(try deployment([set]).description == text)
    }

    @Test func `may take a value away`() throws {
        #expect(try deployment(["tags="], over: base + "tags: {a: b}\n").tags == [:])
        #expect(try deployment(["tags=null"], over: base + "tags: {a: b}\n").tags == [:])
    }

    @Test(arguments: [
        ("instance_count=none", "--set instance_count: 'instance_count' is 'none'"),
        ("instance_cuont=2", "--set instance_cuont: the document has no key 'instance_cuont'"),
        ("model.path=x", "--set model.path: 'model' is './iris', and has no keys"),
        ("tags={a: [", "--set tags: the text is not YAML"),
        (
            "request_settings.request_timeout_ms=0",
            "--set request_settings.request_timeout_ms: 'request_settings.request_timeout_ms' is '0'"
        ),
    ])
    func `is refused by its own name`(set: String, said: String) throws {
        let problems = try read([set]).findings.problems

        #expect(problems.count == 1)
        #expect(problems.first?.description.hasPrefix(said) == true, "\(problems)")
    }

    @Test(arguments: ["instance_count", "=3", "a..b=1", ".a=1", "a.=1", "a\u{1}=1"])
    func `is a path, an equals sign and a value`(set: String) {
        #expect(throws: Problem.self) { try ManifestOverride(set) }
    }

    @Test func `keeps a name with dots together where names are anyone's`() throws {
        #expect(try ManifestOverride("tags.a.b=1").path == ["tags", "a.b"])
        #expect(try ManifestOverride("properties.scorekeeper.retry=x").path.count == 2)
        #expect(
            try ManifestOverride("environment.tags.a.b=1").path == ["environment", "tags", "a.b"]
        )
    }
}
