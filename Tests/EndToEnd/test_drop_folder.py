# Scorekeeper: a model-serving supervisor.
# SPDX-License-Identifier: Apache-2.0

"""What a person does with the models folder."""

from __future__ import annotations

import json
import shutil
import threading
import unittest
from pathlib import Path
from typing import List, Tuple

import models
from harness import EndToEnd, ROOT

ONE = {"inputs": [[1]]}
SAMPLE = ROOT / "Samples" / "mlflow-iris"


class DropFolder(EndToEnd):
    """Dropping in, replacing, removing, starting again."""

    def drop(self, name: str, code: str) -> Path:
        """A model directory that appears in the folder whole."""
        aside = Path(self._folder.name) / "aside" / name
        models.write(aside, code)
        target = self.server.models / name
        aside.rename(target)
        return target

    def test_the_iris_sample_answers_with_real_predictions_in_both_dialects(self) -> None:
        shutil.copytree(SAMPLE, self.server.models / "iris")
        self.server.wait_until_serving("iris")
        request = json.loads((SAMPLE / "request.json").read_text())

        status, body = self.score("iris", request)
        self.assertEqual(status, 200)
        expected = {"predictions": ["setosa", "versicolor", "virginica"]}
        self.assertEqual(json.loads(body), expected)

        split = {**request["dataframe_split"], "index": [0, 1, 2]}
        status, body = self.score("iris", {"input_data": split}, route="score")
        self.assertEqual(status, 200)
        self.assertEqual(json.loads(body), expected["predictions"])

    def test_a_replaced_model_rolls_in_without_an_error_for_callers(self) -> None:
        folder = self.drop("replaced", models.answering("old"))
        self.server.wait_until_serving("replaced")
        answers: List[Tuple[int, bytes]] = []
        stopped = threading.Event()

        def ask() -> None:
            while not stopped.is_set():
                answers.append(self.score("replaced", ONE))

        askers = [threading.Thread(target=ask) for _ in range(8)]
        for asker in askers:
            asker.start()
        try:
            (folder / "code" / "the_model.py").write_text(
                "class Model:\n"
                "    def predict(self, model_input, params=None):\n"
                "        return 'new'\n"
                "def _load_pyfunc(path, model_config=None):\n"
                "    return Model()\n"
            )
            self.wait_for("the new revision", lambda: answers and b"new" in answers[-1][1])
            seen = len(answers)
            self.wait_for("more answers", lambda: len(answers) > seen + 50)
        finally:
            stopped.set()
            for asker in askers:
                asker.join()

        self.assertEqual([one for one in answers if one[0] != 200], [])
        old = json.dumps({"predictions": "old"}).encode()
        new = json.dumps({"predictions": "new"}).encode()
        self.assertEqual({body for _, body in answers}, {old, new})
        self.assertEqual(answers[-1][1], new)

    def test_a_removed_model_drains_and_goes(self) -> None:
        folder = self.drop("removed", models.answering("here"))
        self.server.wait_until_serving("removed")
        pid = self.only_instance("removed")["pid"]

        shutil.rmtree(folder)

        self.wait_for("the end", lambda: self.server.deployment("removed") is None)
        self.assertFalse(self.is_alive(pid))
        self.assertEqual(self.score("removed", ONE)[0], 404)

    def test_a_half_copied_directory_is_never_picked_up(self) -> None:
        whole = models.write(Path(self._folder.name) / "half", models.answering("whole"))
        target = self.server.models / "half"
        target.mkdir()
        shutil.copy(whole / "MLmodel", target)
        # Another that comes later and is whole shows that the folder has been looked through.
        self.drop("later", models.answering("later"))
        self.server.wait_until_serving("later")
        self.assertIsNone(self.server.deployment("half"))

        for name in ("conda.yaml", "python_env.yaml", "requirements.txt"):
            shutil.copy(whole / name, target)
        (target / "code").mkdir()
        with open(target / "code" / "the_model.py", "w", encoding="utf-8") as writer:
            writer.write("class Model:\n")
            writer.flush()
            self.drop("latest", models.answering("latest"))
            self.server.wait_until_serving("latest")
            self.assertIsNone(self.server.deployment("half"))
            writer.seek(0)
            writer.write((whole / "code" / "the_model.py").read_text())
        self.server.wait_until_serving("half")
        self.assertEqual(json.loads(self.score("half", ONE)[1]), {"predictions": "whole"})

    def test_what_was_dropped_comes_back_after_a_restart(self) -> None:
        self.drop("returning", models.answering("again"))
        self.server.wait_until_serving("returning")

        self.server.stop()
        # Its scorer was told to leave, and left: nobody had to end it.
        lines = [line for line in self.server.last_lines(60).splitlines() if "scorer ended" in line]
        ends = {one["instance"]: one["how"] for one in map(json.loads, lines)}
        self.server.start()

        self.assertEqual(ends["returning/default/1"], "left with status 0")
        self.server.wait_until_up()
        self.server.wait_until_serving("returning")
        self.assertEqual(json.loads(self.score("returning", ONE)[1]), {"predictions": "again"})

    def test_a_folder_name_that_is_not_legal_is_mapped(self) -> None:
        self.drop("my_model", models.answering("mapped"))

        self.server.wait_until_serving("my-model")

        self.assertEqual(json.loads(self.score("my-model", ONE)[1]), {"predictions": "mapped"})

    def test_editing_the_folder_changes_no_running_revision(self) -> None:
        folder = self.drop("edited", models.answering("first"))
        self.server.wait_until_serving("edited")
        before = self.only_instance("edited")

        with open(folder / "code" / "the_model.py", "a", encoding="utf-8") as writer:
            writer.write("raise RuntimeError('edited')\n")
            writer.flush()
            self.kill(before["pid"])
            self.wait_for(
                "a new run",
                lambda: (self.server.deployment("edited") or {}).get("state") == "serving"
                and self.only_instance("edited").get("pid") not in (None, before["pid"]),
            )
            answer = json.loads(self.score("edited", ONE)[1])
        self.assertEqual(answer, {"predictions": "first"})


class WarmedParents(EndToEnd):
    """What is kept in memory for models that share an environment."""

    def warm(self) -> List[int]:
        """The pids of what a warmed parent began: itself, and its scorers' inits."""
        nodes = {node["pid"] for node in self.server.status()["nodes"]}
        found = []
        for entry in Path("/proc").glob("[0-9]*"):
            try:
                parent = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
                words = (entry / "cmdline").read_bytes().split(b"\0")
            except OSError:
                continue
            if parent in nodes and b"warm" in words:
                found.append(int(entry.name))
        return found

    def test_the_last_model_of_an_environment_takes_its_warmed_parent_with_it(self) -> None:
        for name in ("first", "last"):
            model = models.write(self.server.models.parent / name, models.answering(name))
            model.rename(self.server.models / name)
            self.server.wait_until_serving(name)

        shutil.rmtree(self.server.models / "first")
        self.wait_for("the first end", lambda: self.server.deployment("first") is None)
        # The parent and the other's scorer.
        self.assertEqual(len(self.warm()), 2)

        shutil.rmtree(self.server.models / "last")
        self.wait_for("the parent's end", lambda: not self.warm())


if __name__ == "__main__":
    unittest.main()
