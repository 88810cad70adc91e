# Scorekeeper: a model-serving supervisor.
# SPDX-License-Identifier: Apache-2.0

"""`scorekeeper check` tells what a model is and every problem with its place; nothing starts."""

from __future__ import annotations

import os
import tempfile
import unittest
from pathlib import Path

import command
import models
from harness import ROOT


class Check(unittest.TestCase):
    """No server runs, and none is looked for."""

    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory(prefix="scorekeeper-test-")
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)

    def test_a_good_model_is_told_whole_and_leaves_with_0(self) -> None:
        done = command.run("check", ROOT / "Samples" / "mlflow-iris")

        self.assertEqual(done.code, command.DONE, done)
        for word in ("an MLflow model", "mlflow-iris", "sepal length", "scikit-learn==", "python"):
            self.assertIn(word, done.out)
        self.assertIn("it can be served", done.out)

    def test_a_bad_model_is_2_and_each_problem_has_file_line_and_column(self) -> None:
        model = models.write(self.folder / "bad", models.answering("never"))
        (model / "MLmodel").write_text(models.MLMODEL.replace("code: code", "code: elsewhere"))
        (model / "python_env.yaml").write_text("python: 3.11.2\ndependencies: 7\n")
        (self.folder / "bad.yml").write_text("instance_count: 1\ninstance_cuont: 2\n")

        done = command.run("check", model)

        self.assertEqual(done.code, command.BAD_INPUT, done)
        self.assertIn(f"problem: {model}/MLmodel:3:11: ", done.out)
        self.assertIn(f"problem: {model}/python_env.yaml:2:15: ", done.out)
        self.assertIn(f"problem: {self.folder}/bad.yml:2:1: ", done.out)
        self.assertIn("'instance_count'", done.out)
        self.assertIn("it cannot be served: 3 problems", done.out)

    def test_programs_are_told_the_same_places(self) -> None:
        model = models.write(self.folder / "bad", models.answering("never"))
        (model / "MLmodel").write_text("flavors: [\n")

        done = command.run("check", model, "--output", "json")

        self.assertEqual(done.code, command.BAD_INPUT, done)
        place = done.content["problems"][0]["location"]
        self.assertEqual((place["file"], place["line"]), (f"{model}/MLmodel", 2))

    def test_what_cannot_be_copied_is_a_problem_here_already(self) -> None:
        for name, make in (
            ("pipe", lambda path: os.mkfifo(path)),
            ("escape", lambda path: path.symlink_to("/etc/passwd")),
            ("b\x07ll", lambda path: path.touch()),
        ):
            model = models.write(self.folder / f"with-{ord(name[0])}", models.answering("never"))
            make(model / name)

            done = command.run("check", model)

            self.assertEqual(done.code, command.BAD_INPUT, done)
            self.assertIn("it cannot be served: 1 problem", done.out)

    def test_a_link_is_called_by_its_own_name(self) -> None:
        models.write(self.folder / "target", models.answering("never"))
        (self.folder / "linked").symlink_to("target")

        done = command.run("check", self.folder / "linked")

        self.assertIn("endpoint    linked\n", done.out)

    def test_nothing_that_a_stranger_named_reaches_the_terminal_as_it_is(self) -> None:
        name = "red\x1b[31m\rand\x07bell"
        models.write(self.folder / name, models.answering("never"))

        shown = command.run("check", self.folder / name)
        refused = command.run("deploy", self.folder / name, "--state", self.folder / name)

        self.assertIn("red\\u{1b}[31m", shown.out)
        self.assertIn("red\\u{1b}[31m", refused.err)
        for text in (shown.out, shown.err, refused.out, refused.err):
            self.assertNotRegex(text, "[\x00-\x09\x0b-\x1f\x7f]")

    def test_a_machine_without_uv_is_told_and_refuses_nothing(self) -> None:
        env = command.variables(SCOREKEEPER_UV=str(self.folder / "nowhere"))

        done = command.run("check", ROOT / "Samples" / "mlflow-iris", env=env)

        self.assertEqual(done.code, command.DONE, done)
        self.assertIn(f"notice: cannot run '{self.folder}/nowhere' as uv; ", done.out)

    def test_a_folder_of_documents_is_told_whole_in_the_order_of_making(self) -> None:
        done = command.run("check", "-f", ROOT / "Samples" / "blue-green")

        self.assertEqual(done.code, command.DONE, done)
        told = [line for line in done.out.splitlines() if line.startswith("document")]
        for line, thing in zip(told, ("'iris'", "'flowers'", "flowers/blue", "flowers/green")):
            self.assertIn(thing, line)
        self.assertEqual(len(told), 4)
        self.assertIn("the endpoint is open to this machine only", done.out)
        self.assertIn("it can be applied", done.out)

    def test_documents_of_every_kind_have_their_problems_told_at_once(self) -> None:
        documents = {
            "endpoint.yml": ("name: iris\ntraffic: {blue: 60}\n", "2:1"),
            "model.yml": ("name: iris\npath: ./nothing\n", "2:7"),
            "tools.yml": ("name: tools\nconda_file: {channels: []}\n", "2:13"),
            "blue.json": ('{"endpoint_name": "iris", "instance_count": 0}', "1:45"),
        }
        for name, (text, _) in documents.items():
            (self.folder / name).write_text(text)

        whole = command.run("check", "-f", self.folder)
        alone = {name: command.run("check", "-f", self.folder / name) for name in documents}

        self.assertEqual(whole.code, command.BAD_INPUT, whole)
        for name, (_, place) in documents.items():
            told = f"problem: {self.folder}/{name}:{place}: "
            self.assertIn(told, whole.out)
            self.assertIn(told, alone[name].out)
            self.assertEqual(alone[name].code, command.BAD_INPUT, alone[name])

    def test_a_path_where_nothing_is_says_so(self) -> None:
        done = command.run("check", self.folder / "nothing")

        self.assertEqual(done.code, command.BAD_INPUT, done)
        self.assertIn("there is nothing at", done.out)


if __name__ == "__main__":
    unittest.main()
