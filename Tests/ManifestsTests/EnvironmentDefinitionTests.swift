// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing
import Vocabulary

@testable import Manifests

@Suite struct `An environment's definition` {
    private let head = "flavors:\n  python_function:\n    loader_module: mlflow.sklearn\n"

    private func read(
        _ files: [String: String],
        flavor: String = ""
    )
        throws -> Reading<EnvironmentDefinition>
    {
        let model = try ModelDescriptionReader.read(
            Array((head + flavor).utf8),
            file: "m/MLmodel"
        ).get()
        return EnvironmentDefinitionReader.read(folder: TextFolder(files: files), model: model)
    }

    private func conda(_ dependencies: String...) throws -> Reading<EnvironmentDefinition> {
        let list = dependencies.map { "- \($0)\n" }.joined()
        return try read(["conda.yaml": "dependencies:\n" + list])
    }

    private func requirements(_ text: String) throws -> Reading<EnvironmentDefinition> {
        try read(["requirements.txt": text])
    }

    @Test func `is read from what MLflow saves`() throws {
        let folder = try savedModel("iris")
        let model = try ModelDescriptionReader.read(
            Array(#require(folder.files["MLmodel"]).utf8),
            file: "m/MLmodel"
        ).get()

        let reading = EnvironmentDefinitionReader.read(folder: folder, model: model)

        #expect(reading.findings.notices.isEmpty)
        #expect(
            try reading.get().canonicalText == """
                scorekeeper-environment 1
                python =3.11.2
                build pip
                build setuptools
                build wheel
                require mlflow==3.17.2
                require numpy==2.4.6
                require pandas==3.1.1
                require scikit-learn==1.9.1
                require scipy==1.17.1
                require skops==0.16.0
                as of 2026-12-01

                """
        )
        #expect(try reading.get().sources == ["python_env.yaml", "requirements.txt"])
    }

    @Test func `prefers python_env.yaml to conda.yaml to requirements.txt`() throws {
        let python = "python: 3.10.1\ndependencies: [a==1]\n"
        let conda = "dependencies: [python=3.9, pip, {pip: [b==2]}]\n"
        let requirements = "c==3\n"
        func asked(_ files: [String: String]) throws -> String {
            let definition = try read(files, flavor: "    python_version: 3.8.5\n").get()
            return "\(definition.python) \(definition.requirements.map(\.text))"
        }

        #expect(
            try asked([
                "python_env.yaml": python, "conda.yaml": conda, "requirements.txt": requirements,
            ]) == "=3.10.1 [\"a==1\"]"
        )
        #expect(
            try asked(["conda.yaml": conda, "requirements.txt": requirements])
                == "=3.9 [\"c==3\"]"
        )
        #expect(try asked(["conda.yaml": conda]) == "=3.9 [\"b==2\"]")
        #expect(try asked(["requirements.txt": requirements]) == "=3.8.5 [\"c==3\"]")
    }

    @Test func `takes the files that the flavor names`() throws {
        let reading = try read(
            [
                "env/py.yaml": "python: 3.10\ndependencies: ['-r env/list.txt']\n",
                "env/list.txt": "mlflow\n",
            ],
            flavor: "    env: {virtualenv: env/py.yaml, conda: env/c.yaml}\n"
        )

        #expect(try reading.get().sources == ["env/py.yaml", "env/list.txt"])
    }

    @Test func `that is nowhere, is refused`() throws {
        #expect(try read([:]).findings.problems.map(\.code) == ["noEnvironment"])
    }

    @Test func `has one text for one meaning`() throws {
        let left = try requirements("# a\nScikit_Learn >= 1.0, <2\nmlflow\nnumpy==1.26.4  # x\n")
        let right = try requirements("numpy == 1.26.4\nmlflow\nscikit-learn<2,>=1.0\nmlflow\n")

        #expect(try left.get().canonicalText == right.get().canonicalText)
    }

    @Test func `reads continued lines, extras, brackets and markers`() throws {
        let text = """
            mlflow[Extras , azure] \\
                >=2.0
            numpy (>=1.20) ; python_version<'3.12' and (sys_platform=="linux" or os_name != 'nt')
            """

        let definition = try requirements(text).get()

        #expect(
            definition.requirements.map(\.text) == [
                "mlflow[azure,extras]>=2.0",
                "numpy>=1.20; python_version < \"3.12\" and "
                    + "(sys_platform == \"linux\" or os_name != \"nt\")",
            ]
        )
        #expect(definition.requirements.map { $0.location.line } == [1, 3])
    }

    @Test func `row 27, keeps a Python of 3.10 as it was written`() throws {
        #expect(try conda("python=3.10").get().python.description == "=3.10")
        #expect(
            try read(["python_env.yaml": "python: 3.10\n"]).get().python.description == "=3.10"
        )
    }

    @Test(arguments: [
        ("-r ../../x", "pathEscapes"), ("-r /etc/passwd", "pathEscapes"),
        ("--index-url https://evil/simple", "packageIndex"), ("-i https://evil", "packageIndex"),
        ("--extra-index-url=https://evil", "packageIndex"), ("-f ./wheels", "packageIndex"),
        ("-e .", "editable"), ("-e git+https://h/x#egg=x", "editable"),
        ("file:///tmp/x.whl", "localFile"), ("./x.whl", "localFile"), ("/x", "localFile"),
        ("wheels/x-1-py3-none-any.whl", "missingFile"),
        ("../x-1-py3-none-any.whl", "localFile"), ("/x-1-py3-none-any.whl", "localFile"),
        ("file:x-1-py3-none-any.whl", "localFile"), ("./x", "localFile"),
        ("https://host/x-1-py3-none-any.whl", "localFile"),
        ("git+https://host/x", "versionControl"),
        ("git+ssh://git@host/x", "versionControl"), ("https://host/x.zip", "address"),
        ("x @ https://host/x.zip", "directReference"), ("x @ file:///tmp/x", "directReference"),
        ("-c constraints.txt", "missingFile"), ("-c ../../x", "pathEscapes"), ("--pre", "option"),
        ("-r missing.txt", "missingFile"), ("-r requirements.txt", "recursiveRequirements"),
    ])
    func `row 29, what makes an installer look elsewhere, is refused`(
        _ line: String,
        _ code: String
    ) throws {
        let findings = try requirements("mlflow\n  \(line)\n").findings

        #expect(places(findings) == ["\(code) 2:3"] || places(findings) == ["\(code) 2:5"])
    }

    @Test(arguments: [
        "a; rm -rf /", "--target=/", "${HOME}", "a==$(id)", "a==1 --hash=sha256:00", "a=1",
        "`id`", "-", "a b", "a==", "a==*", "a>=1.*", "a[", "a[b", "a (>=1", "a; python_version",
        "a; evil == '1'", "a; python_version < '3", "a; os_name == 'x' or", "é==1", ".", "a==1 2",
        "a; ((((((((((((((((((os_name == 'x'))))))))))))))))))",
    ])
    func `row 30, what is no requirement, is refused`(_ line: String) throws {
        let findings = try requirements("\(line)\n").findings

        #expect(findings.problems.count == 1)
        #expect(findings.problems.first?.location?.line == 1)
    }

    @Test func `row 31, a package that only conda has, is refused by name`() throws {
        let findings = try conda("python=3.11", "cudatoolkit=11.8", "r-base", "numpy=1.26").findings

        #expect(places(findings) == ["condaPackage 3:3", "condaPackage 4:3"])
        #expect(findings.problems.first?.what.contains("'cudatoolkit'") == true)
    }

    @Test func `row 31, a library that wheels bring along, is told to be left out`() throws {
        let findings = try conda("libgcc-ng", "mkl=2023", "r-base").findings

        #expect(
            findings.problems.map(\.remedy).map { $0.hasPrefix("remove it: ") }
                == [true, true, false]
        )
        #expect(findings.problems.allSatisfy { $0.what.contains("uv") })
    }

    @Test func `reads constraints, which hold for what is installed besides`() throws {
        let definition = try read([
            "requirements.txt": "-c env/constraints.txt\nmlflow\n",
            "env/constraints.txt": "Numpy<2  # old\n-c more.txt\n",
            "env/more.txt": "scipy==1.9\n",
        ]).get()

        #expect(definition.requirements.map(\.text) == ["mlflow"])
        #expect(definition.constraints.map(\.text) == ["numpy<2", "scipy==1.9"])
        #expect(definition.canonicalText.hasSuffix("constrain numpy<2\nconstrain scipy==1.9\n"))
        #expect(definition.sources == ["requirements.txt", "env/constraints.txt", "env/more.txt"])
    }

    @Test func `takes wheels of the model's own, and is another for another copy of it`() throws {
        let wheel = "wheels/my_code-1.5-py3-none-any.whl"
        let definition = try read([
            "requirements.txt": "mlflow\n./\(wheel)\n\(wheel)\n", wheel: "x",
        ]).get()

        #expect(definition.wheels.map(\.path) == [wheel])
        #expect(definition.wheels.map(\.name) == ["my-code"])
        #expect(definition.wheels.first?.location.line == 2)
        let first = definition.takingWheels(from: "/models/a")
        let second = definition.takingWheels(from: "/models/b")
        #expect(first.canonicalText != second.canonicalText)
        #expect(first.canonicalText.contains("wheel \(wheel)\nwheels of /models/a\n"))
        let without = try requirements("mlflow\n").get()
        #expect(without.takingWheels(from: "/models/a") == without)
    }

    @Test func `is resolved as of the month after its model was saved`() throws {
        func asOf(_ time: String) throws -> String? {
            let text = head + "utc_time_created: \(time)\n"
            let model = try ModelDescriptionReader.read(Array(text.utf8), file: "m/MLmodel").get()
            return EnvironmentDefinitionReader.read(
                folder: TextFolder(files: ["requirements.txt": "mlflow\n"]),
                model: model
            ).value?.asOf
        }

        #expect(try asOf("'2023-03-16 09:15:02.123456'") == "2023-04-01")
        #expect(try asOf("2023-03-31 23:59:59") == "2023-04-01")
        #expect(try asOf("'2022-12-01 00:00:00'") == "2023-01-01")
        for wrong in ["yesterday", "2023-13-01 00:00:00", "2023-03", "5", "null"] {
            #expect(try asOf(wrong) == nil, "\(wrong)")
        }
    }

    @Test(arguments: [
        ("scikit-learn==1.2.2", ["numpy<2"]), ("scikit-learn==1.4.2", []),
        ("scikit-learn==1.10.0", []), ("pandas==2.2.1\nxgboost==1.7.6", ["numpy<2"]),
        ("scikit-learn==1.2.2\nnumpy==1.23.5", []), ("scikit-learn==1.2.2\nnumpy", ["numpy<2"]),
        ("scikit-learn>=1.0", []), ("scikit-learn==1.2.*", []),
        ("scikit-learn==1.2.2; os_name == 'nt'", []),
        ("flask==2.0.3\njinja2==2.11.3", ["markupsafe<2.1", "werkzeug<3"]), ("unknown==0.1", []),
    ])
    func `constrains what pinned packages break with and do not exclude`(
        _ text: String,
        _ constraints: [String]
    ) throws {
        let reading = try requirements("mlflow\n\(text)\n")

        #expect(try reading.get().constraints.map(\.text) == constraints)
        let notices = reading.findings.notices.filter { $0.code == "knownConflict" }
        #expect(notices.count == constraints.count)
        #expect(notices.allSatisfy { ($0.location?.line ?? 0) > 1 })
    }

    @Test func `that was kept before it had constraints and wheels, is read all the same`() throws {
        let old = """
            {"python": {"clauses": []}, "buildRequirements": [], "sources": ["requirements.txt"],
             "requirements": [{"text": "a", "name": "a", "location": {"file": "r", "line": 1}}]}
            """
        let definition = try JSONDecoder().decode(EnvironmentDefinition.self, from: Data(old.utf8))
        #expect(definition.canonicalText == "scorekeeper-environment 1\npython any\nrequire a\n")

        let whole = try read([
            "requirements.txt": "-c c.txt\na-1-py3-none-any.whl\n", "c.txt": "b<2\n",
            "a-1-py3-none-any.whl": "x",
        ]).get().takingWheels(from: "/copy")
        let bytes = try JSONEncoder().encode(whole)
        #expect(try JSONDecoder().decode(EnvironmentDefinition.self, from: bytes) == whole)
    }

    @Test func `takes conda's packages from PyPI where they are known`() throws {
        let reading = try conda(
            "python=3.11.7",
            "conda-forge::pytorch>=2.0,<3",
            "numpy 1.26.*",
            "pandas==2.2.1",
            "pip<=23.3.1",
            "pip:\n  - mlflow==2.9"
        )
        let definition = try reading.get()

        #expect(definition.python.description == "=3.11.7")
        #expect(
            definition.requirements.map(\.text)
                == ["mlflow==2.9", "numpy==1.26.*", "pandas==2.2.1", "torch<3,>=2.0"]
        )
        #expect(definition.buildRequirements.map(\.text) == ["pip<=23.3.1"])
        #expect(reading.findings.notices.count == 3)
    }

    @Test(arguments: [
        "python=3.11=h955ad1f_0", "numpy=1.2|1.3", "numpy[version='>1']", "numpy~=1.2",
        "'numpy > *'", "python=three", "'=1'", "[a]", "{b: [c]}", "python=3.11\n- python=3.12",
    ])
    func `refuses what cannot be read of conda`(_ line: String) throws {
        #expect(try conda(line).findings.problems.count == 1)
    }

    @Test func `refuses an environment file that is empty, a list or no YAML`() throws {
        for text in ["", "- a\n", "a: [\n", "dependencies: 3\n"] {
            #expect(try read(["conda.yaml": text]).findings.problems.count == 1)
            #expect(try read(["python_env.yaml": text]).findings.problems.count == 1)
        }
    }

    @Test func `never brings the reader down, whatever its bytes are`() throws {
        let text = """
            # head
            mlflow[extras]==2.9 ; python_version < "3.12" and os_name == 'posix'
            numpy >=1.20, <2 \\
              ,!=1.5
            -r other.txt
            x @ https://host/x
            """
        var random = Mutations(seed: 5)
        for _ in 0..<1_500 {
            let line = String(decoding: random.mutated(Array(text.utf8)), as: UTF8.self)
            let reading = try requirements(line)
            #expect((reading.value == nil) == !reading.findings.isClean)
        }
    }

    @Test func `chooses the Python that is asked for, or the nearest where that will do`() throws {
        let there = try ["3.9.2", "3.11.2", "3.11.7", "3.12.0"].map {
            try #require(PythonVersion($0))
        }
        func chosen(_ clauses: [PythonRequirement.Clause], _ policy: PythonPolicy) -> String? {
            PythonRequirement(clauses).choice(among: there, policy: policy)?.description
        }
        let pinned = PythonRequirement.Clause(.prefix, try #require(PythonVersion("3.11.4")))
        let minor = PythonRequirement.Clause(.prefix, try #require(PythonVersion("3.11")))
        let range = PythonRequirement.Clause(.atLeast, try #require(PythonVersion("3.10")))
        let below = PythonRequirement.Clause(.below, try #require(PythonVersion("3.12")))

        #expect(chosen([minor], .exact) == "3.11.7")
        #expect(chosen([range, below], .exact) == "3.11.7")
        #expect(chosen([range], .exact) == "3.12.0")
        #expect(chosen([pinned], .exact) == nil)
        #expect(chosen([pinned], .nearest) == "3.11.2")
        #expect(chosen([], .exact) == "3.12.0")
    }
}
