// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing
import Vocabulary

@testable import Manifests

@Suite struct `The curated environments` {
    private func document(_ version: String, name: String = "sklearn") -> String {
        "name: \(name)\nversion: '\(version)'\nconda_file: conda.yaml\n"
    }

    private func catalogue(
        _ files: [String: String]
    ) throws -> (ScratchFolder, EnvironmentCatalogue) {
        let scratch = try ScratchFolder(files)
        return (scratch, EnvironmentCatalogue(folder: scratch.path))
    }

    @Test func `have versions, of which the greatest number is the newest`() throws {
        let (_, catalogue) = try catalogue([
            "sklearn/environment.yml": document("2"), "sklearn/10/environment.yml": document("10"),
            "sklearn/first/environment.yml": document("1.9"),
        ])

        let versions = catalogue.entries.map(\.version)
        let newest = try catalogue.find(EnvironmentName(name: "sklearn", version: nil), at: nil)
        let second = try catalogue.find(EnvironmentName(name: "sklearn", version: "2"), at: nil)

        #expect(versions == ["1.9", "2", "10"])
        #expect(newest.version == "10")
        #expect(second.folder.hasSuffix("/sklearn"))
    }

    @Test func `are named beside the registered ones where a document names neither`() throws {
        let (_, catalogue) = try catalogue(["sklearn/environment.yml": document("2")])
        let own = EnvironmentName(name: "ours", version: "4")
        func refusal(
            _ name: String,
            _ version: String?,
            among registered: [EnvironmentName]?
        ) throws -> Problem? {
            do throws(Problem) {
                _ = try catalogue.find(
                    EnvironmentName(name: name, version: version),
                    at: nil,
                    registered: registered
                )
                return nil
            } catch {
                return error
            }
        }

        let unknown = try #require(try refusal("nope", "1", among: [own]))
        let untold = try #require(try refusal("nope", "1", among: nil))
        let version = try #require(try refusal("ours", "5", among: [own]))

        #expect(unknown.what == "there is no environment 'nope'")
        let told = unknown.remedy
        #expect(told.contains("azureml:sklearn:2 come along, registered: azureml:ours:4"))
        #expect(told.contains("'scorekeeper environment create'"))
        #expect(!untold.remedy.contains("registered"), "\(untold.remedy)")
        #expect(version.what == "the environment 'ours' has no version '5'")
    }

    @Test func `are read with what they install`() throws {
        let (scratch, catalogue) = try catalogue([
            "sklearn/environment.yml": document("1"),
            "sklearn/conda.yaml": "dependencies: [python=3.11, {pip: [numpy==2.4.6]}]\n",
        ])

        let entry = try catalogue.find(EnvironmentName(name: "sklearn", version: nil), at: nil)
        let definition = try catalogue.definition(of: entry).get()

        #expect(definition.requirements.map(\.text) == ["numpy==2.4.6"])
        #expect(!definition.isEmpty)
        #expect(entry.folder == "\(scratch.path)/sklearn")
    }

    @Test(arguments: [
        ("name: other\nversion: '1'\nconda_file: c\n", "environmentName 1:7"),
        ("name: sklearn\nversion: newest\nconda_file: c\n", "environmentVersion 2:10"),
        ("name: sklearn\nversion: '1'\n", "missingKey 1:1"),
        ("name: sklearn\nversion: '1'\nconda_file: c\nimage: x\n", "unknownKey 4:1"),
        ("[", "syntax"),
    ])
    func `that cannot be read are left out and told`(_ text: String, _ place: String) throws {
        let (_, catalogue) = try catalogue(["sklearn/environment.yml": text])

        #expect(catalogue.entries == [])
        #expect(catalogue.problems.count == 1)
        if place != "syntax" { #expect(places(catalogue.problems) == [place]) }
    }

    @Test(arguments: [
        ("azureml:a:1", "a", "1"), ("azureml:a@latest", "a", nil), ("a:1.2", "a", "1.2"),
        ("a-b@latest", "a-b", nil),
    ])
    func `are named with a version or as the newest`(
        _ text: String,
        _ name: String,
        _ version: String?
    ) {
        #expect(EnvironmentName(text) == EnvironmentName(name: name, version: version))
    }

    @Test(arguments: ["a", "azureml:a", "a@newest", "a@", ":1", "azureml://x/y:1", "a b:1", ""])
    func `are not named by other words`(_ text: String) {
        #expect(EnvironmentName(text) == nil)
    }

    @Test func `that come along are whole, each with its pins and a page`() throws {
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent()
        let catalogue = EnvironmentCatalogue(folder: root.appending(path: "Environments").path)

        #expect(catalogue.problems == [])
        #expect(
            Set(catalogue.entries.map(\.name)) == [
                "minimal-python", "sklearn", "xgboost-lightgbm", "onnxruntime", "mlflow", "native",
            ]
        )
        for entry in catalogue.entries {
            let reading = catalogue.definition(of: entry)
            #expect(reading.findings.problems == [])
            let definition = try reading.get()
            #expect(definition.isEmpty == (entry.name == "native"))
            for requirement in definition.requirements {
                #expect(requirement.text.contains("=="), "\(entry.name): \(requirement.text)")
            }
            let page = "\(root.path)/Environments/\(entry.name)/README.md"
            #expect(FileManager.default.fileExists(atPath: page))
        }
    }
}
