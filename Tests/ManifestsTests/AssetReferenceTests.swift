// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing
import Vocabulary

@testable import Manifests

@Suite struct `A reference` {
    private func read(
        _ text: String,
        to kind: AssetReference.Kind = .environment
    ) -> AssetReference? {
        var values = DocumentValues()
        let location = Problem.Location(file: "d.yml", line: 1, column: 1)
        let scalar = YAMLScalar(text: text, isPlain: true)
        let node = YAMLNode(content: .scalar(scalar), location: location)
        let found = values.reference(text, node, "environment", to: kind)
        #expect((found == nil) == !values.findings.isClean)
        return found
    }

    @Test(arguments: [
        ("azureml:mine:1", "mine", "1", nil), ("azureml:mine@latest", "mine", nil, nil),
        ("azureml:my_own.env-2:1.10", "my_own.env-2", "1.10", nil),
        ("sklearn:2", "sklearn", "2", nil),
        (
            "azureml://registries/azureml/environments/sklearn-1.5/labels/latest", "sklearn-1.5",
            nil, "azureml"
        ),
        ("azureml://registries/r/environments/a/versions/3", "a", "3", "r"),
    ])
    func `names a thing, and a version or the newest`(
        text: String,
        name: String,
        version: String?,
        registry: String?
    ) throws {
        let found = try #require(read(text))

        #expect(found.name == name)
        #expect(found.version == version)
        #expect(found.registry == registry)
        #expect(found.description.hasSuffix(text.hasPrefix("azureml") ? text : ":" + text))
    }

    @Test(arguments: [
        "azureml:mine", "azureml:mine@next", "azureml:mine:", "azureml::1", "azureml:a b:1",
        "azureml:/subscriptions/1/x", "azureml://datastores/x/paths/y", "azureml:.a:1",
        "azureml://registries/r/environments/a/labels/next", "azureml:a:1:2",
        "azureml://registries/r/environments/a/versions/",
        "azureml://registries/r/models/a/labels/latest",
        "azureml:a:" + String(repeating: "1", count: 31), "azureml:é:1",
    ])
    func `of another form is refused`(text: String) {
        #expect(read(text) == nil)
    }

    private struct Shelf: AssetResolver {
        let environments: [EnvironmentName]? = []

        let path: String

        func model(_ reference: AssetReference) -> AssetAnswer<RegisteredModel> {
            reference.name == "weights"
                ? .found(RegisteredModel(path: path, format: .custom)) : .missing
        }

        func environment(_ reference: AssetReference) -> AssetAnswer<EnvironmentDefinition> {
            .missing
        }
    }

    private func check(
        _ document: String,
        assets: any AssetResolver = NoAssets()
    ) throws -> ManifestCheck {
        let scratch = try ScratchFolder([
            "d.yml": "endpoint_name: iris\negress_public_network_access: disabled\n"
                + "code_configuration: {code: ., scoring_script: a.py}\n" + document,
            "a.py": "",
            "sklearn/environment.yml":
                "name: sklearn\nversion: '2'\nconda_file: conda.yaml\n",
            "sklearn/conda.yaml": "dependencies: [python=3.11]\n",
        ])
        return ManifestCheck(
            file: "\(scratch.path)/d.yml",
            environments: EnvironmentCatalogue(folder: scratch.path),
            assets: assets
        )
    }

    @Test func `to a model is answered by who knows what is registered`() throws {
        let environment = "environment: sklearn:2\n"
        let kept = try ScratchFolder(["weights.bin": "w"])

        let found = try check(
            environment + "model: azureml:weights:1\n",
            assets: Shelf(path: kept.path)
        )
        let missing = try check(environment + "model: azureml:other:1\n")
        let untold = try check(environment + "model: azureml:other:1\n", assets: UntoldAssets())

        guard case .script(let script) = found.serving else {
            Issue.record("no script: \(found)")
            return
        }
        #expect(script.model?.path == kept.path)
        #expect(places(missing.problems) == ["unknownModel 5:8"])
        #expect(untold.problems == [])
        #expect(untold.notices.map(\.code) == ["notLookedUp"])
    }

    @Test(arguments: ["sklearn", "sklearn-1.5"])
    func `to an environment in a registry stands for a curated one, which is said`(
        name: String
    ) throws {
        let found = try check(
            "environment: azureml://registries/azureml/environments/\(name)/labels/latest\n"
        )

        #expect(found.problems == [])
        #expect(found.notices.map(\.code) == ["curatedInstead"])
        #expect(found.notices.first?.text.contains("'azureml:sklearn:2'") == true)
    }

    @Test(arguments: [
        "azureml://registries/azureml/environments/sklearn/versions/9",
        "azureml://registries/azureml/environments/pytorch-2.1/labels/latest",
        "azureml:sklearn-1.5@latest",
    ])
    func `to an environment that is not there is refused with those that are`(
        text: String
    ) throws {
        let problems = try check("environment: \(text)\n").problems

        #expect(places(problems) == ["unknownEnvironment 4:14"])
        #expect(problems.first?.remedy.contains("azureml:sklearn:2") == true)
    }

    @Test func `that is nearly a curated one's is taken for a slip where nobody can be asked`()
        throws
    {
        let slip = try check("environment: azureml:sklaern@latest\n", assets: UntoldAssets())
        let other = try check("environment: azureml:ours@latest\n", assets: UntoldAssets())

        #expect(slip.problems.first?.remedy.contains("did you mean 'sklearn'?") == true)
        #expect(other.problems == [])
        #expect(other.notices.map(\.code) == ["notLookedUp"])
    }
}
