// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import ControlAPI
import Foundation
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

    @Test(arguments: ["'./scorer --flag'", "'./scorer \(String(repeating: "x", count: 60_000))'"])
    func `is refused by a check of the document as by its deployment`(program: String) async throws
    {
        let folder = NSTemporaryDirectory() + "length-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try FileManager.default.copyItem(atPath: "/bin/true", toPath: "\(folder)/scorer")
        let text = "endpoint_name: echo\nproperties: {scorekeeper.scorer: \(program)}\n"
        try text.write(toFile: "\(folder)/d.yml", atomically: false, encoding: .utf8)

        let check = try await ManifestInspection.check(
            file: "\(folder)/d.yml",
            endpoint: nil,
            libraryPath: ""
        )

        #expect(check.problems.map(\.code) == (program.count > 60_000 ? ["tooMuchToSay"] : []))
    }

    @Test(
        arguments: [
            DeployRequest(file: "/tmp/d\0.yml"), DeployRequest(model: "/tmp/\0x"),
            DeployRequest(scorer: DeployRequest.ScorerProgram(path: "/bin/true\0")),
        ]
    )
    func `lies at no path that would be cut off unseen`(request: DeployRequest) {
        let problem = #expect(throws: Problem.self) {
            try DeployPlan(
                request,
                environments: "",
                assets: ServerAssets(AssetShelf(), store: "/nowhere")
            )
        }

        #expect(problem?.code == "nulInPath")
    }
}
