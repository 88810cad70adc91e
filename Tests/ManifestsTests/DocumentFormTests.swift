// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing
import Vocabulary

@testable import Manifests

@Suite struct `A document's kind` {
    private func read(_ text: String, as kind: ManifestKind? = nil) -> ManifestReader.Outcome {
        ManifestReader.read(Array(text.utf8), file: "d.yml", in: ".", as: kind)
    }

    @Test(arguments: [
        ("managedOnlineEndpoint", ManifestKind.endpoint),
        ("managedOnlineDeployment", .deployment), ("model", .model), ("environment", .environment),
    ])
    func `is what its schema names`(schema: String, kind: ManifestKind) {
        let url = "https://azuremlschemas.azureedge.net/latest/\(schema).schema.json"

        #expect(read("$schema: \(url)\n").kind == kind)
        #expect(read("$schema: \(schema)\n").kind == kind)
    }

    @Test(arguments: [
        ("name: iris\nauth_mode: key\n", ManifestKind.endpoint),
        ("name: iris\ntraffic: {blue: 100}\n", .endpoint),
        ("name: blue\nendpoint_name: iris\nmodel: azureml:iris:1\n", .deployment),
        ("name: blue\nmodel: azureml:iris:1\ninstance_count: 1\n", .deployment),
        ("name: iris\nversion: 1\npath: ./iris\n", .model),
        ("name: tools\nconda_file: conda.yaml\nimage: x\n", .environment),
    ])
    func `is what its keys speak for, where it names no schema`(text: String, kind: ManifestKind) {
        #expect(read(text).kind == kind)
    }

    @Test(arguments: [
        "name: x\n", "name: x\ndescription: y\ntags: {a: b}\n", "a: 1\nb: 2\n",
        "name: env\nchannels: [x]\ndependencies: [python]\n",
        "path: .\nauth_mode: key\n", "path: .\na: 1\nb: 2\nc: 3\n",
    ])
    func `is not guessed, and what to write is said`(text: String) {
        let outcome = read(text)

        #expect(outcome.kind == nil)
        #expect(places(outcome.findings) == ["unknownKind 1:1"])
        #expect(outcome.findings.problems.first?.remedy.contains("'managedOnlineEndpoint'") == true)
    }

    @Test func `may be one that is not read here, which is said`() {
        let outcome = read("$schema: https://x/kubernetesOnlineDeployment.schema.json\n")

        #expect(places(outcome.findings) == ["foreignSchema 1:10"])
        #expect(outcome.findings.problems.first?.kind == .unsupported)
    }

    @Test func `may be demanded, and another is refused`() {
        let text = "$schema: https://x/model.schema.json\nname: iris\n"

        #expect(places(read(text, as: .endpoint).findings) == ["schema 1:10"])
        #expect(places(read("- a\n", as: .endpoint).findings) == ["notAMapping 1:1"])
    }
}

@Suite struct `A document in JSON` {
    private func read(_ text: String) -> ManifestReader.Outcome {
        ManifestReader.read(Array(text.utf8), file: "d.json", in: ".")
    }

    @Test func `says what it would say in YAML`() throws {
        let json = """
            {"name": "iris", "auth_mode": "key", "description": "smile \\ud83d\\ude00\\/",
             "traffic": {"blue": 100, "green": 0}, "tags": {"a": 1.10, "b": true, "c": null}}
            """

        guard case .endpoint(let found) = try read(json).reading.get() else {
            Issue.record("no endpoint")
            return
        }
        #expect(found.description == "smile 😀/")
        #expect(found.traffic == [try #require(DeploymentName("blue")): 100])
        #expect(found.tags == ["a": "1.10", "b": "true", "c": ""])
        #expect(found.places["traffic"]?.description == "d.json:2:2")
        #expect(found.places["traffic.blue"]?.description == "d.json:2:14")
    }

    @Test(arguments: [
        (#"{"name": "iris", "auth_mode": "none"}"#, "word 1:31"),
        ("{\"name\": \"é😀\",\n \"auth_mode\": \"key\"}", "name 1:10"),
        (#"{"name": "iris", "description": "é", "auth_mode": "none"}"#, "word 1:51"),
        (#"{"auth_mode": "key", "name": "iris", "name": "rose"}"#, "duplicateKey 1:38"),
        (#"{"name": 'iris'}"#, "syntax 1:10"), ("{\"name\": \"iris\",}", "syntax 1:17"),
        ("{\"name\":\n \"iris\" # no\n}", "syntax 2:9"), ("", "syntax 1:1"),
        (#"{"traffic": {"blue": "100"}, "name": "iris"}"#, "range 1:22"),
    ])
    func `is refused where it is wrong`(text: String, place: String) {
        let first = read(text).findings.problems.first

        #expect(first.map { places([$0]) } == [place], "\(read(text).findings.problems)")
    }

    @Test func `of one long line is walked through once`() throws {
        let texts = (0..<40_000).map { "\"k\($0)\": 1" }.joined(separator: ",")
        let outcome = read("{\"name\": \"iris\", \"tags\": {\(texts)}, \"auth_mode\": \"é\"}")

        let problem = try #require(outcome.findings.problems.first)

        #expect(outcome.findings.problems.count == 1)
        #expect(problem.location?.column == texts.utf8.count + 43)
    }

    @Test func `is bounded as YAML is`() {
        let deep = String(repeating: "[", count: 50_000)
        let wide = "[" + String(repeating: "1,", count: 100_001) + "1]"
        let long = "\"" + String(repeating: "a", count: 1 << 20) + "\""

        #expect(read(deep).findings.problems.map(\.code) == ["tooDeep"])
        #expect(read(wide).findings.problems.map(\.code) == ["tooManyNodes"])
        #expect(read(long).findings.problems.map(\.code) == ["tooLarge"])
    }
}

@Suite struct `A document of any kind` {
    private static let folder = URL(filePath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent()
        .appending(path: "Samples/blue-green")

    /// The samples, and a document for each rule that is kept.
    private func samples() throws -> [String] {
        let files = ["endpoint.yml", "model.yml", "blue-deployment.yml", "green-deployment.yml"]
        let texts = try files.map {
            try String(contentsOf: Self.folder.appending(path: $0), encoding: .utf8)
        }
        let json = #"{"name": "iris", "traffic": {"blue": 100}, "tags": {"a": [1, "\u00e9"]}}"#
        return texts + [ManifestRule.base(.environment), json]
    }

    private func read(_ bytes: [UInt8], as kind: ManifestKind?, file: String = "d.yml") {
        let outcome = ManifestReader.read(bytes, file: file, in: "/nowhere", as: kind)
        #expect((outcome.reading.value != nil) == outcome.findings.isClean)
    }

    @Test func `cut off anywhere, never brings the reader down`() throws {
        for text in try samples() {
            let bytes = Array(text.utf8)
            for count in 0..<bytes.count {
                read(Array(bytes[..<count]), as: nil)
                read(Array(bytes[..<count]), as: nil, file: "d.json")
            }
        }
    }

    @Test func `never brings the reader down, whatever its bytes are`() throws {
        var random = Mutations(seed: 19)
        for text in try samples() {
            for round in 0..<200 {
                let bytes = random.mutated(Array(text.utf8))
                read(bytes, as: ManifestKind.allCases[round % 4])
                read(bytes, as: nil, file: "d.json")
            }
        }
        for rule in ManifestRule.all {
            for _ in 0..<5 { read(random.mutated(Array(rule.document.utf8)), as: rule.kind) }
        }
    }
}
