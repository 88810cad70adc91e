# Scorekeeper: a model-serving supervisor.
# SPDX-License-Identifier: Apache-2.0

"""`scorekeeper deploy -f`: a document says what is served, from where, and how."""

from __future__ import annotations

import json
import shutil
import textwrap
import unittest
from pathlib import Path
from typing import Any, Dict

import command
import own_scorer
from commanded import Commanded
from harness import ROOT

SCRIPT = """\
import json
import os

FACTOR = {factor}


def init():
    global weight
    folder = os.path.join(os.environ["AZUREML_MODEL_DIR"], "model-files")
    with open(os.path.join(folder, "weight.json")) as file:
        weight = json.load(file)


def run(data):
    return {{"score": json.loads(data)["x"] * weight * FACTOR, "by": os.environ["OWNER"]}}
"""

DOCUMENT = """\
$schema: https://azuremlschemas.azureedge.net/latest/managedOnlineDeployment.schema.json
name: blue
endpoint_name: {name}
model:
  path: ./model-files/
code_configuration:
  code: ./src
  scoring_script: score.py
environment:
  conda_file:
    dependencies: [python=3.11, {{pip: [joblib==1.6.0]}}]
environment_variables: {{OWNER: us}}
instance_count: 1
"""


class Manifest(Commanded):
    """Scripts, programs and models by documents, on one server."""

    def folder(self, name: str) -> Path:
        """A folder of the test's own."""
        folder = Path(self._folder.name) / "deployed" / name
        folder.mkdir(parents=True)
        return folder

    def script(self, name: str, factor: int = 2) -> Path:
        """A document with a script and a model."""
        folder = self.folder(name)
        (folder / "src").mkdir()
        (folder / "src" / "score.py").write_text(SCRIPT.format(factor=factor))
        (folder / "model-files").mkdir()
        (folder / "model-files" / "weight.json").write_text("21")
        (folder / "deployment.yml").write_text(DOCUMENT.format(name=name))
        return folder / "deployment.yml"

    def answer(self, name: str, body: Any) -> Dict[str, Any]:
        """What a script answers with 200."""
        status, content = self.score(name, body, route="score")
        self.assertEqual(status, 200, content)
        answer: Dict[str, Any] = json.loads(content)
        return answer

    def test_a_script_serves_with_its_model_and_is_updated_by_deploying_again(self) -> None:
        document = self.script("rates")

        first = self.run_command("deploy", "-f", document)
        answer = self.answer("rates", {"x": 1})
        (document.parent / "src" / "score.py").write_text(SCRIPT.format(factor=3))
        still = self.answer("rates", {"x": 1})
        again = self.run_command("deploy", "-f", document)

        self.assertEqual(first.code, command.DONE, first)
        self.assertIn("rates/blue", first.out)
        self.assertIn("Azure's default is the other way", first.err)
        self.assertEqual(answer, {"score": 42, "by": "us"})
        self.assertEqual(still, answer)
        self.assertEqual(again.code, command.DONE, again)
        self.wait_for("the new script", lambda: self.answer("rates", {"x": 1})["score"] == 63)
        self.assertEqual(self.deployment("rates")["retry"], "never")
        self.assertTrue(self.only_instance("rates")["warm"])

    def test_a_script_that_cannot_start_is_told_with_its_line_and_exception(self) -> None:
        document = self.script("broken")
        script = document.parent / "src" / "score.py"
        script.write_text("def init():\n    raise KeyError('no weights')\n\ndef run(x): pass\n")

        done = self.run_command("deploy", "-f", document)
        status = self.run_command("status", "broken").out

        self.assertEqual(done.code, command.FAILED, done)
        for text in (done.err, status):
            self.assertIn("KeyError", text)
            self.assertIn("no weights", text)
            self.assertRegex(text, r"score\.py.{0,20}2\b")

    def test_an_endpoint_has_one_deployment_and_the_second_is_refused(self) -> None:
        document = self.script("single")
        self.run_command("deploy", "-f", document)
        text = document.read_text()
        document.write_text(text.replace("name: blue", "name: green"))

        second = self.run_command("deploy", "-f", document)

        self.assertEqual(second.code, command.NO_ROOM, second)
        self.assertIn("the endpoint has the deployment 'blue'", second.err)
        self.assertEqual(self.answer("single", {"x": 1})["score"], 42)

    def test_a_program_serves_with_arguments_its_model_and_a_library_of_its_own(self) -> None:
        folder = self.folder("teller")
        own_scorer.build_library(folder / "private" / "libword.so.1", "word", " and a library")
        (folder / "private" / "libword.so").symlink_to("libword.so.1")
        own_scorer.build(
            folder / "tell",
            "word",
            [f"-L{folder}/private", "-lword", "-Wl,-rpath,$ORIGIN/private"],
        )
        (folder / "weights").mkdir()
        (folder / "weights" / "weights.txt").write_text("weights")
        (folder / "deployment.yml").write_text(
            textwrap.dedent(
                """\
                endpoint_name: teller
                name: blue
                model: weights
                environment: azureml:native@latest
                egress_public_network_access: disabled
                properties:
                  scorekeeper.scorer: ./tell --flag 'two words'
                """
            )
        )

        done = self.run_command("deploy", "-f", folder / "deployment.yml")
        shutil.rmtree(folder)

        self.assertEqual(done.code, command.DONE, done)
        self.assertIn("the library 'libword.so.1' is taken along", done.err)
        expected = b"[--flag][two words]weights and a library"
        self.assertEqual(self.score("teller", b"", route="score"), (200, expected))
        before = self.only_instance("teller")
        self.kill(before["pid"])
        self.wait_for(
            "a new run",
            lambda: self.only_instance("teller")["incarnation"] > before["incarnation"]
            and self.only_instance("teller")["state"] == "serving",
        )
        self.assertEqual(self.score("teller", b"", route="score"), (200, expected))

    def test_a_program_is_deployed_at_once_with_a_model_and_arguments(self) -> None:
        folder = self.folder("at-once")
        scorer = own_scorer.build(folder / "tell")
        (folder / "weights.txt").write_text("one file")

        done = command.run(
            "deploy", folder / "weights.txt", "--scorer", scorer, "--name", "at-once",
            "--state", self.server.state, "--", "-v", "a b",
        )  # fmt: skip

        self.assertEqual(done.code, command.DONE, done)
        expected = (200, b"[-v][a b]one file")
        self.assertEqual(self.score("at-once", b"", route="score"), expected)

    def test_a_missing_library_is_named_before_anything_is_copied(self) -> None:
        folder = self.folder("lacking")
        library = own_scorer.build_library(folder / "private" / "libword.so", "word", "")
        scorer = own_scorer.build(folder / "tell", "word", [f"-L{folder}/private", "-lword"])
        library.unlink()

        done = self.run_command("deploy", "--scorer", scorer, "--name", "lacking")

        self.assertEqual(done.code, command.BAD_INPUT, done)
        self.assertIn("it needs 'libword.so', which the loader does not find", done.err)
        self.assertIsNone(self.server.deployment("lacking"))

    def test_a_model_by_its_document_needs_nothing_else(self) -> None:
        folder = self.folder("by-document")
        (folder / "deployment.yml").write_text(
            "endpoint_name: by-document\n"
            f"model: {{path: {ROOT}/Samples/mlflow-iris, type: mlflow_model}}\n"
        )

        done = self.run_command("deploy", "-f", folder / "deployment.yml")

        self.assertEqual(done.code, command.DONE, done)
        body = {"input_data": [[5.1, 3.5, 1.4, 0.2]]}
        self.assertEqual(self.score("by-document", body, route="score")[0], 200)

    def test_every_problem_of_a_document_is_told_at_once_with_its_place(self) -> None:
        folder = self.folder("wrong")
        (folder / "deployment.yml").write_text(
            textwrap.dedent(
                """\
                endpoint_name: wrong
                model: ./nothing
                code_configuration: {code: ./src, scoring_script: score.py}
                environment: azureml:sklaern@latest
                instance_count: none
                """
            )
        )

        path = folder / "deployment.yml"
        deployed = self.run_command("deploy", "-f", path)
        checked = command.run("check", "-f", path)

        for done, told in ((deployed, deployed.err), (checked, checked.out)):
            self.assertEqual(done.code, command.BAD_INPUT, done)
            for place in ("2:8", "3:28", "4:14", "5:17"):
                self.assertIn(f"problem: {path}:{place}: ", told)
            self.assertIn("did you mean 'sklearn'?", told)
        self.assertIsNone(self.server.deployment("wrong"))


if __name__ == "__main__":
    unittest.main()
