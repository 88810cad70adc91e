// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestSupport
import Testing
import Vocabulary

@testable import Manifests

#if canImport(Glibc)
import Glibc
#endif

/// A way to break a model, and what must be told of it.
struct Breakage: Sendable, CustomTestStringConvertible {
    /// What is broken.
    let name: String
    /// Where: `FILE:LINE:COLUMN` from the folder that the model lies in.
    let place: String
    /// The stable word.
    let code: String
    /// A part of the advice.
    let advice: String
    /// Breaks the model in the folder `iris`.
    let work: @Sendable (BrokenModel) throws -> Void

    init(
        _ name: String,
        _ place: String,
        _ code: String,
        _ advice: String,
        _ work: @escaping @Sendable (BrokenModel) throws -> Void
    ) {
        self.name = name
        self.place = place
        self.code = code
        self.advice = advice
        self.work = work
    }

    var testDescription: String { name }
}

/// A model that real MLflow saved, on disk, to be broken.
final class BrokenModel: Sendable {
    /// The folder that the model lies in.
    let root: String

    init() throws {
        root =
            FileManager.default.temporaryDirectory
            .appending(path: "broken-\(UUID().uuidString)").path
        for (file, text) in try wholeFiles() { try write("iris/\(file)", text) }
    }

    deinit { try? FileManager.default.removeItem(atPath: root) }

    private func wholeFiles() throws -> [String: String] {
        var files = try savedModel("iris").files
        let names = ["sepal length", "sepal width", "petal length", "petal width"]
            .map { "\"\($0) (cm)\"" }.joined(separator: ", ")
        files["model.skops"] = "weights"
        files["input_example.json"] = "{\"columns\": [\(names)], \"data\": [[1, 2, 3, 4]]}"
        files["serving_input_example.json"] =
            "{\"dataframe_split\": {\"columns\": [\(names)], \"data\": [[1, 2, 3, 4]]}}"
        return files
    }

    func write(_ relative: String, _ text: String) throws {
        let url = URL(filePath: "\(root)/\(relative)")
        try FileManager.default.createDirectory(
            at: url.deletingLastPathComponent(),
            withIntermediateDirectories: true
        )
        try Data(text.utf8).write(to: url)
    }

    func remove(_ relative: String) throws {
        try FileManager.default.removeItem(atPath: "\(root)/\(relative)")
    }

    /// Replaces a part of a file that must be there.
    func change(_ relative: String, _ part: String, _ other: String) throws {
        let text = try String(contentsOfFile: "\(root)/\(relative)", encoding: .utf8)
        try #require(text.contains(part), "'\(part)' is not in \(relative)")
        try write(relative, text.replacing(part, with: other, maxReplacements: 1))
    }

    /// Puts an archive in the place of the model.
    func pack(_ entries: [PackedEntry]) throws {
        Packing.gzip.write(entries, to: "\(root)/iris.tar.gz")
    }

    /// The check of the archive where there is one, else of the folder.
    func check() -> ModelCheck {
        let archive = "\(root)/iris.tar.gz"
        return ModelCheck(path: access(archive, F_OK) == 0 ? archive : "\(root)/iris")
    }
}

@Suite struct `A model that is broken` {
    static let breakages = [
        Breakage("an MLmodel that is no YAML", "iris/MLmodel:2:1", "syntax", "save") {
            try $0.write("iris/MLmodel", "flavors: [\n")
        },
        Breakage("an empty MLmodel", "iris/MLmodel:1:1", "emptyDocument", "write") {
            try $0.write("iris/MLmodel", "")
        },
        Breakage("no MLmodel", "iris", "noModel", "save the model with MLflow") {
            try $0.remove("iris/MLmodel")
        },
        Breakage("a key that stands twice", "iris/MLmodel:17:1", "duplicateKey", "keep one") {
            try $0.change("iris/MLmodel", "mlflow_version", "flavors: {}\nmlflow_version")
        },
        Breakage("no flavors", "iris/MLmodel:1:1", "noFlavors", "save the model again") {
            try $0.change("iris/MLmodel", "flavors:", "flavours:")
        },
        Breakage("no python_function", "iris/MLmodel:2:3", "noPythonFunction", "mlflow.pyfunc") {
            try $0.change("iris/MLmodel", "python_function", "spark")
        },
        Breakage("no loader", "iris/MLmodel:2:3", "noLoaderModule", "save the model again") {
            try $0.change("iris/MLmodel", "loader_module", "loader")
        },
        Breakage("a loader of no name", "iris/MLmodel:6:20", "loaderModule", "again") {
            try $0.change("iris/MLmodel", "mlflow.sklearn", "'os; x'")
        },
        Breakage("weights elsewhere", "iris/MLmodel:7:17", "pathEscapes", "inside the model") {
            try $0.change("iris/MLmodel", "model.skops", "../model.skops")
        },
        Breakage("weights that are missing", "iris/MLmodel:7:17", "missingFile", "copy it into") {
            try $0.remove("iris/model.skops")
        },
        Breakage("weights that are a link outside", "iris/MLmodel:7:17", "pathEscapes", "copy") {
            try $0.remove("iris/model.skops")
            symlink("/etc/hostname", "\($0.root)/iris/model.skops")
        },
        Breakage("a signature that is no JSON", "iris/MLmodel:28:11", "signature", "again") {
            try $0.change("iris/MLmodel", "inputs: '[{", "inputs: '[[{")
        },
        Breakage("a Python that is none", "iris/python_env.yaml:1:9", "pythonVersion", "'3.11'") {
            try $0.change("iris/python_env.yaml", "3.11.2", "three")
        },
        Breakage("no environment", "iris/MLmodel", "noEnvironment", "requirements.txt") {
            let files = "env:\n      conda: conda.yaml\n      virtualenv: python_env.yaml"
            try $0.change("iris/MLmodel", files, "env: null")
            for file in ["conda.yaml", "python_env.yaml", "requirements.txt"] {
                try $0.remove("iris/\(file)")
            }
        },
        Breakage("a requirement of one '='", "iris/requirements.txt:2:6", "requirement", "==") {
            try $0.write("iris/requirements.txt", "mlflow\nnumpy=1.26\n")
        },
        Breakage("an editable install", "iris/requirements.txt:2:1", "editable", "code_paths") {
            try $0.write("iris/requirements.txt", "mlflow\n-e .\n")
        },
        Breakage("an index", "iris/requirements.txt:1:1", "packageIndex", "UV_INDEX") {
            try $0.write("iris/requirements.txt", "--index-url https://host/simple\nmlflow\n")
        },
        Breakage("a wheel not there", "iris/requirements.txt:2:3", "missingFile", "put it there") {
            try $0.write("iris/requirements.txt", "mlflow\n  ./w/a-1-py3-none-any.whl\n")
        },
        Breakage("constraints not there", "iris/requirements.txt:1:1", "missingFile", "put it") {
            try $0.write("iris/requirements.txt", "-c constraints.txt\nmlflow\n")
        },
        Breakage("a package of conda's alone", "iris/conda.yaml:3:3", "condaPackage", "remove it") {
            try $0.remove("iris/python_env.yaml")
            try $0.change("iris/MLmodel", "      virtualenv: python_env.yaml\n", "")
            try $0.write("iris/conda.yaml", "dependencies:\n- python=3.11\n- cudatoolkit=11.8\n")
        },
        Breakage("a setting misspelt", "iris.yml:2:1", "unknownKey", "instance_count") {
            try $0.write("iris.yml", "name: blue\ninstance_cuont: 2\n")
        },
        Breakage("no instance", "iris.yml:1:17", "range", "from 1 to 50") {
            try $0.write("iris.yml", "instance_count: 0\n")
        },
        Breakage("two models in one folder", "iris", "severalModels", "name one of them") {
            try $0.remove("iris/MLmodel")
            try $0.write("iris/a/MLmodel", "x")
            try $0.write("iris/b/MLmodel", "x")
        },
        Breakage("an archive that climbs out", "iris.tar.gz", "archiveEntryEscapes", "tar -czf") {
            try $0.pack(Packing.model() + [PackedEntry("../evil", "x")])
        },
        Breakage("a mistake in an archive", "iris.tar.gz/m/MLmodel:4:11", "missingFile", "copy") {
            try $0.pack(Packing.model(above: "m/").filter { $0.name != "m/model.pkl" })
        },
    ]

    @Test(arguments: breakages)
    func `is told by its place and with advice`(_ breakage: Breakage) throws {
        let model = try BrokenModel()
        try breakage.work(model)

        let check = model.check()

        let problem = try #require(check.problems.first)
        #expect(check.problems.count == 1, "\(check.problems)")
        #expect(problem.location?.description == "\(model.root)/\(breakage.place)")
        #expect(problem.code == breakage.code)
        #expect(problem.remedy.contains(breakage.advice))
        #expect(!problem.remedy.isEmpty, "\(problem)")
        #expect(check.lines.last == "it cannot be served: 1 problem")
    }

    @Test func `is broken in twenty ways and more, and was whole before`() throws {
        #expect(Set(Self.breakages.map(\.name)).count == Self.breakages.count)
        #expect(Self.breakages.count >= 20)
        let check = try BrokenModel().check()
        #expect(check.isServable, "\(check.lines)")
        #expect(check.example == "1 row of 4 columns")
    }

    @Test(arguments: [
        ("{\"dataframe_split\": {\"columns\": [\"a\"],\n \"data\": [[1,]]}}", "2:14", "no JSON"),
        ("{\"dataframe_split\": NaN}", "1:21", "no JSON"),
        ("{\"dataframe_split\": {\"columns\": [\"a\"], \"data\": []}}", "", "the column 'sepal"),
        ("{\"dataframe_records\": [{\"sepal length (cm)\": 1}]}", "", "lacks the column 'sepal w"),
        ("{\"inputs\": {\"petal width (cm)\": [1, 2]}}", "", "lacks the column 'sepal l"),
    ])
    func `only in its example, can be served, and the example is told`(
        _ text: String,
        _ place: String,
        _ word: String
    ) throws {
        let model = try BrokenModel()
        try model.write("iris/serving_input_example.json", text)

        let check = model.check()

        #expect(check.isServable)
        let notice = try #require(check.notices.first { $0.code.hasPrefix("example") })
        #expect(notice.text.contains(word))
        let file = "\(model.root)/iris/serving_input_example.json"
        #expect(notice.location?.description == (place.isEmpty ? file : "\(file):\(place)"))
    }

    @Test func `in no way, may have no example, and is told so`() throws {
        let model = try BrokenModel()
        try model.change("iris/MLmodel", "saved_input_example_info", "other")

        #expect(model.check().lines.contains("example     none was saved"))
    }
}
