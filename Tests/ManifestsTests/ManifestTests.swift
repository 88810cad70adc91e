// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing
import Vocabulary

@testable import Manifests

private let head = "endpoint_name: iris\nname: blue\negress_public_network_access: disabled\n"

/// A folder with everything that the documents below name.
private func folder(_ document: String) throws -> ScratchFolder {
    let scratch = try ScratchFolder([
        "deployment.yml": document,
        "src/score.py": "def init(): pass\ndef run(data): return data\n",
        "model-files/weights.bin": "w",
        "one-file.bin": "w", "a-1-py3-none-any.whl": "w",
        "env/conda.yaml": "dependencies:\n  - python=3.11\n  - pip:\n    - numpy==2.4.6\n",
        "Environments/sklearn/environment.yml":
            "name: sklearn\nversion: 2\nconda_file: conda.yaml\n",
        "Environments/sklearn/conda.yaml":
            "dependencies: [python=3.11, {pip: [scikit-learn==1.9.1]}]\n",
        "Environments/native/environment.yml":
            "name: native\nversion: '1'\nconda_file: conda.yaml\n",
        "Environments/native/conda.yaml": "dependencies: []\n",
    ])
    try scratch.write("my-scorer", "#!/bin/sh\n", isProgram: true)
    try scratch.write("plain-file", "#!/bin/sh\n")
    return scratch
}

private func check(_ document: String) throws -> ManifestCheck {
    let scratch = try folder(document)
    return ManifestCheck(
        file: "\(scratch.path)/deployment.yml",
        environments: EnvironmentCatalogue(folder: "\(scratch.path)/Environments")
    )
}

/// Where and why a document that begins with three lines of names is refused.
private func refused(_ rest: String) throws -> [String] {
    places(try check(head + rest).problems)
}

private let script = "code_configuration: {code: ./src, scoring_script: score.py}\n"

@Suite struct `A document that stands alone` {
    @Test func `serves a script with its model in an environment written inline`() throws {
        let found = try check(
            head + script + """
                model: {path: ./model-files/, name: weights, version: 3, type: custom_model}
                environment:
                  image: mcr.microsoft.com/azureml/base:latest
                  conda_file:
                    dependencies: [python=3.11, {pip: [numpy==2.4.6]}]
                instance_count: 2
                """
        )

        #expect(found.problems == [])
        #expect(found.notices.map(\.code) == ["imageNotUsed"])
        #expect(found.endpoint?.text == "iris")
        #expect(found.deployment.text == "blue")
        #expect(found.settings?.instances == 2)
        guard case .script(let script) = found.serving else {
            Issue.record("no script: \(found)")
            return
        }
        #expect(script.script == "score.py")
        #expect(script.environment.requirements.map(\.text) == ["numpy==2.4.6"])
        #expect(script.environment.python.description == "=3.11")
        #expect(script.model?.name == "model-files")
        #expect(script.model?.isFolder == true)
    }

    @Test(arguments: ["azureml:sklearn:2", "azureml:sklearn@latest", "sklearn@latest"])
    func `takes a curated environment by its name`(_ name: String) throws {
        let found = try check(head + script + "environment: \(name)\nmodel: one-file.bin\n")

        #expect(found.problems == [])
        guard case .script(let script) = found.serving else {
            Issue.record("no script: \(found)")
            return
        }
        #expect(script.environmentName == "azureml:sklearn:2")
        #expect(script.environment.requirements.map(\.text) == ["scikit-learn==1.9.1"])
        #expect(script.model?.name == "one-file.bin")
        #expect(script.model?.isFolder == false)
    }

    @Test func `reads a conda file that it names, and places what is wrong in it`() throws {
        let good = try check(head + script + "environment: {conda_file: env/conda.yaml}\n")
        #expect(good.problems == [])

        let scratch = try folder(head + script + "environment: {conda_file: ./env/conda.yaml}\n")
        try scratch.write("env/conda.yaml", "dependencies:\n  - pip: [--pre]\n")
        let bad = ManifestCheck(
            file: "\(scratch.path)/deployment.yml",
            environments: EnvironmentCatalogue(folder: "")
        )
        #expect(bad.problems.map(\.location?.line) == [2])
        #expect(bad.problems.first?.location?.file == "\(scratch.path)/env/conda.yaml")
    }

    @Test func `serves a program with its arguments, which may have a model`() throws {
        let found = try check(
            head + """
                model: model-files
                environment: azureml:native@latest
                properties: {scorekeeper.scorer: "./my-scorer --flag 'two words'"}
                """
        )

        #expect(found.problems == [])
        guard case .program(let path, let arguments, let model) = found.serving else {
            Issue.record("no program: \(found)")
            return
        }
        #expect(path.hasSuffix("/my-scorer"))
        #expect(arguments == ["--flag", "two words"])
        #expect(model?.name == "model-files")
        #expect(!found.needsEnvironment)
    }

    @Test func `is told that there is no network, which is Azure's default`() throws {
        let found = try check(
            "endpoint_name: iris\nproperties: {scorekeeper.scorer: ./my-scorer}\n"
        )

        #expect(found.notices.map(\.code) == ["egressOff"])
        #expect(found.notices.first?.text.contains("Azure's default is the other way") == true)
        #expect(found.settings?.isNetworkAllowed == false)
    }

    @Test func `has every problem told at once, each at its place`() throws {
        let found = try check(
            """
            endpoint_name: iris
            model: ./nothing
            code_configuration: {code: ./sources, scoring_script: score.py}
            environment: azureml:sklaern@latest
            instance_count: 0
            """
        )

        #expect(
            places(found.problems) == [
                "range 5:17", "missingFile 2:8", "missingFile 3:28", "unknownEnvironment 4:14",
            ]
        )
        #expect(found.serving == nil)
        let remedy = found.problems.last?.remedy ?? ""
        #expect(remedy.contains("did you mean 'sklearn'?"))
        #expect(remedy.contains("azureml:native:1, azureml:sklearn:2"))
        #expect(found.lines.last == "it cannot be served: 4 problems")
    }

    @Test(arguments: [
        ("", "nothingToDeploy 1:1"),
        (
            "environment: azureml:sklearn:2\nmodel: model-files\n",
            "modelEnvironment 4:1, modelAlone 5:8"
        ),
        ("model: model-files\n", "modelAlone 4:8"),
        ("model: nothing\n", "modelAlone 4:8"),
        ("model: {path: one-file.bin, type: custom_model}\n", "modelAlone 4:15"),
        ("model: {path: model-files, type: mlflow_model}\n", "noModel 0:0"),
        (script, "noEnvironment 1:1"),
        (script + "environment: azureml:native:1\n", "scriptEnvironment 5:14"),
        (script + "environment: azureml:sklearn:3\n", "unknownEnvironment 5:14"),
        (
            script + "environment: sklearn@latest\nproperties: {scorekeeper.merge: on}\n",
            "scriptKey 6:14"
        ),
        ("properties: {scorekeeper.scorer: ./plain-file}\n", "notExecutable 4:34"),
        ("properties: {scorekeeper.scorer: ./nothing}\n", "noScorer 4:34"),
        ("properties: {scorekeeper.scorer: model-files}\n", "notAProgram 4:34"),
        ("properties: {scorekeeper.scorer: './my-scorer | tee'}\n", "scorerCommand 4:34"),
        (
            "environment: sklearn:2\nproperties: {scorekeeper.scorer: ./my-scorer}\n",
            "programEnvironment 4:14"
        ),
        (
            "properties: {scorekeeper.scorer: ./my-scorer, scorekeeper.python: nearest}\n",
            "programKey 4:47"
        ),
    ])
    func `says one thing about what scores, or is refused`(
        _ rest: String,
        _ place: String
    ) throws {
        #expect(try refused(rest).joined(separator: ", ") == place)
    }

    @Test func `names a script or a program, and both together are refused`() throws {
        let found = try refused(
            script + "environment: sklearn:2\nproperties: {scorekeeper.scorer: ./my-scorer}\n"
        )

        #expect(found == ["scriptAndProgram 6:14"])
    }

    @Test func `needs an endpoint, which may be named beside it`() throws {
        let scratch = try folder("name: blue\nproperties: {scorekeeper.scorer: ./my-scorer}\n")
        let path = "\(scratch.path)/deployment.yml"
        let none = EnvironmentCatalogue(folder: "")

        let alone = ManifestCheck(file: path, environments: none)
        let named = ManifestCheck(
            file: path,
            endpoint: EndpointName("given"),
            environments: none
        )

        #expect(places(alone.problems) == ["noEndpointName 1:1"])
        #expect(named.problems == [])
        #expect(named.endpoint?.text == "given")
    }

    @Test(arguments: ["", "endpoint_name: [\n", "- a list\n", "a: &a [*a]\n"])
    func `that cannot be read is told by that alone`(text: String) throws {
        #expect(try check(text).problems.count == 1)
    }

    @Test func `has its first unknown keys told by name, and more of them counted`() throws {
        let found = try check(head + script + (0..<2_000).map { "nam\($0): x\n" }.joined())

        #expect(found.problems.first?.remedy == "did you mean 'name'?")
        #expect(found.problems.last?.what == "the document has no key 'nam99'")
        #expect(found.problems.count + found.unlisted == 2_001)
    }

    @Test func `tells that variables which the server sets are set anyhow`() throws {
        let found = try check(
            head + script + """
                environment: sklearn:2
                environment_variables: {AZUREML_MODEL_DIR: /mine}
                """
        )

        #expect(found.notices.map(\.code) == ["ownVariable"])
    }

    @Test func `that is not there is told by its path`() {
        let found = ManifestCheck(
            file: "/nowhere/deployment.yml",
            environments: EnvironmentCatalogue(folder: "")
        )

        #expect(found.problems.map(\.code) == ["noManifest"])
        #expect(found.problems.first?.location?.file == "/nowhere/deployment.yml")
    }
}

@Suite struct `A document's source of what is served` {
    @Test(arguments: [
        ("model: azureml:iris:1\n", "unknownModel 4:8"),
        ("model: {path: 'azureml://registries/x/models/y'}\n", "address 4:15"),
        ("model: runs:/1/model\n", "address 4:8"),
        ("model: {name: iris}\n", "modelPath 4:8"),
        ("model: {path: model-files, type: triton_model}\n", "triton 4:34"),
        ("model: {path: model-files, kind: x}\n", "unknownKey 4:28"),
        ("code_configuration: {code: ./src}\n", "missingKey 4:21"),
        ("code_configuration: {scoring_script: score.py}\n", "missingKey 4:21"),
        ("code_configuration: {code: ./src, scoring_script: ../a.py}\n", "scoringScript 4:51"),
        ("code_configuration: {code: ./src, scoring_script: run.sh}\n", "scoringScript 4:51"),
        ("code_configuration: {code: ./src, scoring_script: b.py}\n", "missingFile 4:51"),
        ("code_configuration: {code: one-file.bin, scoring_script: b.py}\n", "codeFolder 4:28"),
        ("code_configuration: {code: 'azureml:src:1', scoring_script: b.py}\n", "address 4:28"),
        ("model_mount_path: /m\n", "notSupported 4:1"),
    ])
    func `that is no path of this machine, or lacks a part, is refused there`(
        _ text: String,
        _ place: String
    ) throws {
        #expect(try refused(text).contains(place))
    }

    @Test(arguments: [
        ("x", "environment 4:14"),
        ("'azureml://registries/a/environments/b'", "registryAddress 4:14"),
        ("{image: x}", "imageAlone 4:22"), ("{build: {path: .}}", "notSupported 4:15"),
        ("{name: x}", "environment 4:14"), ("{dependencies: []}", "misplacedKey 4:15"),
        ("{conda_file: nothing.yml}", "missingFile 4:27"),
        ("{conda_file: {name: x}}", "missingKey 4:27"),
        ("{conda_file: {dependencies: [{pip: [./a-1-py3-none-any.whl]}]}}", "wheelPath 4:50"),
        ("{conda_file: {dependencies: [{pip: [git+https://x/y]}]}}", "versionControl 4:50"),
        ("{conda_file: {dependencies: []}, os_type: windows}", "osType 4:56"),
        ("{conda_file: {dependencies: []}, inference_config: {}}", "notSupported 4:47"),
    ])
    func `cannot have an environment that is not built here`(
        _ text: String,
        _ place: String
    ) throws {
        let found = try refused("environment: \(text)\n" + script)

        #expect(found.contains(place), "\(found)")
    }

    @Test func `is counted from the document's folder`() {
        let resolve = ManifestPath.resolve

        #expect(resolve("./src/", "/deploy") == "/deploy/src")
        #expect(resolve("../src", "deploy") == "deploy/../src")
        #expect(resolve("/whole/path", "deploy") == "/whole/path")
        #expect(resolve(".", "deploy") == "deploy")
        #expect(resolve("src", ".") == "src")
    }

    @Test func `goes up without detours, but where a link makes them another way`() throws {
        let files = FileManager.default
        let base = NSTemporaryDirectory() + "paths-\(UUID().uuidString.prefix(8))"
        defer { try? files.removeItem(atPath: base) }
        try files.createDirectory(atPath: "\(base)/a/b", withIntermediateDirectories: true)
        try files.createSymbolicLink(atPath: "\(base)/link", withDestinationPath: "a/b")

        #expect(ManifestPath.resolve("../../model/x", in: "\(base)/a/b") == "\(base)/model/x")
        #expect(ManifestPath.resolve("../model", in: "\(base)/link") == "\(base)/link/../model")
    }

    @Test func `a number in quotes is told to be a text`() throws {
        let problems = try check(head + "instance_count: \"2\"\n" + script).problems
        let found = problems.map { "\($0)" }

        let told = "is the text '2'; write a whole number from 1 to 50, without quotes"
        #expect(found.contains { $0.contains(told) }, "\(found)")
    }

    @Test func `never brings the reader down, whatever its bytes are`() {
        let text =
            head + script + """
                model: {path: ./model-files/, type: custom_model}
                environment: {conda_file: {dependencies: [python=3.11, {pip: [numpy]}]}}
                properties: {scorekeeper.scorer: "./a 'b c' d"}
                """
        var random = Mutations(seed: 17)
        for _ in 0..<1_000 {
            let bytes = random.mutated(Array(text.utf8))
            let read = DeploymentSettingsReader.read(bytes, file: "d.yml", in: "/nowhere")
            #expect(read.manifest.code?.script.hasSuffix(".py") ?? true)
        }
    }
}
