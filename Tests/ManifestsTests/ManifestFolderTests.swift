// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing
import Vocabulary

@testable import Manifests

@Suite struct `A folder of documents` {
    private let endpoint = "name: iris\ntraffic: {blue: 100}\n"
    private let script = """
        endpoint_name: iris
        egress_public_network_access: disabled
        code_configuration: {code: ./src, scoring_script: score.py}

        """

    private func scratch(_ files: [String: String]) throws -> ScratchFolder {
        try ScratchFolder(
            files.merging(["src/score.py": "", "weights.bin": "w"]) { old, _ in old }
        )
    }

    private func check(_ scratch: ScratchFolder) -> DocumentsCheck {
        DocumentsCheck(path: scratch.path, environments: EnvironmentCatalogue(folder: ""))
    }

    private func names(_ folder: ManifestFolder) -> [String] {
        folder.entries.map { RelativePath.lastComponent(of: $0.file) }
    }

    @Test func `is read in the order in which its things are made`() throws {
        let scratch = try scratch([
            "a.yml": "name: blue\nenvironment: azureml:tools:1\nmodel: azureml:w@latest\n" + script,
            "b.yaml": endpoint, "c.yml": "name: w\npath: ./weights.bin\n",
            "d.json": #"{"name": "tools", "version": "1", "conda_file": "conda.yml"}"#,
            "conda.yml": "name: tools\ndependencies: [python=3.11]\n",
        ])

        let folder = ManifestFolder(path: scratch.path)
        let found = check(scratch)

        #expect(names(folder) == ["d.json", "c.yml", "b.yaml", "a.yml"])
        #expect(folder.findings.notices == [])
        #expect(found.allProblems == [])
        #expect(found.isServable)
        guard case .script(let script) = found.parts.last?.deployment?.serving else {
            Issue.record("no script: \(found)")
            return
        }
        #expect(script.environmentName == "azureml:tools:1")
        #expect(script.model?.name == "weights.bin")
        #expect(found.lines.last == "it can be applied; nothing was done")
    }

    @Test func `passes over what is no such document, and says so`() throws {
        let scratch = try scratch([
            "endpoint.yml": endpoint, "request.json": #"{"input_data": [[1]]}"#,
            "list.yml": "- 1\n", ".hidden.yml": "name: [", "notes.txt": "name: x",
        ])

        let folder = ManifestFolder(path: scratch.path)

        #expect(names(folder) == ["endpoint.yml"])
        #expect(folder.findings.problems == [])
        #expect(folder.findings.notices.map(\.code) == ["passedOver", "passedOver"])
        #expect(folder.findings.notices.allSatisfy { $0.location?.file.hasPrefix("/") == true })
    }

    @Test func `is refused where two documents describe one thing, both named`() throws {
        let scratch = try scratch([
            "a.yml": endpoint, "b.yml": "name: IRIS\nauth_mode: key\n",
            "c.yml": "name: blue\nenvironment: sklearn:1\n" + script,
            "d.yml": "name: Blue\nenvironment: sklearn:1\n" + script,
            "e.yml": "name: w\npath: .\nversion: 1\n", "f.yml": "name: w\npath: .\nversion: 2\n",
            "g.yml": "name: w\npath: .\nversion: 2\n",
        ])

        let problems = ManifestFolder(path: scratch.path).findings.problems

        #expect(problems.map(\.code) == ["describedTwice", "describedTwice", "describedTwice"])
        let said = problems.map(\.what).joined(separator: "\n")
        for file in ["a.yml", "b.yml", "c.yml", "d.yml", "f.yml", "g.yml"] {
            #expect(said.contains("/\(file)'"), "\(said)")
        }
        #expect(problems.allSatisfy { $0.location?.line == 1 })
    }

    @Test func `leaves a deployment whose endpoint is elsewhere to the server`() throws {
        let scratch = try scratch([
            "a.yml": "name: blue\nmodel: azureml:there:3\nendpoint_name: elsewhere\n"
                + "egress_public_network_access: disabled\n"
        ])

        let found = check(scratch)

        #expect(found.allProblems == [])
        #expect(found.allNotices.map(\.code) == ["notLookedUp"])
    }

    @Test func `tells of traffic to a deployment that has no document beside it`() throws {
        let scratch = try scratch([
            "a.yml": "name: iris\ntraffic: {bleu: 100}\n",
            "b.yml": "name: blue\nenvironment: sklearn:1\n" + script,
        ])

        let notices = ManifestFolder(path: scratch.path).findings.notices

        #expect(notices.map(\.code) == ["notInFolder"])
        #expect(notices.first?.text.hasSuffix("is 'blue' meant?") == true)
        #expect(notices.first?.location?.column == 11)
    }

    @Test func `has every problem of every document told at once`() throws {
        let scratch = try scratch([
            "a.yml": "name: iris\ntraffic: {blue: 3}\n",
            "b.yml": "name: blue\nenvironment: azureml:nothing:1\n" + script,
            "c.yml": "name: w\npath: ./nothing\n", "d.yml": "name: [",
            "e.yml":
                "$schema: https://azuremlschemas.azureedge.net/latest/commandJob.schema.json\n",
        ])

        let found = check(scratch)

        #expect(
            Set(found.allProblems.map(\.code)) == [
                "trafficSum", "missingFile", "syntax", "foreignSchema",
            ]
        )
        #expect(found.allNotices.map(\.code) == ["notLookedUp"])
        #expect(found.lines.last == "it cannot be applied: 4 problems")
    }

    @Test func `without a document is refused, and so is one that is not there`() throws {
        let empty = try ScratchFolder()

        #expect(ManifestFolder(path: empty.path).findings.problems.map(\.code) == ["noManifests"])
        #expect(
            DocumentsCheck(path: "/nowhere/x", environments: EnvironmentCatalogue(folder: ""))
                .problems.map(\.code) == ["noManifest"]
        )
    }

    @Test func `that comes along as a sample, is whole`() throws {
        let root = URL(filePath: #filePath).deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent()

        let found = DocumentsCheck(
            path: root.appending(path: "Samples/blue-green").path,
            environments: EnvironmentCatalogue(folder: root.appending(path: "Environments").path)
        )

        #expect(found.allProblems == [])
        #expect(found.parts.map(\.manifest.kind) == [.model, .endpoint, .deployment, .deployment])
    }
}
