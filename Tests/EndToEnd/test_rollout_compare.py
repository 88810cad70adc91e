# Scorekeeper: a model-serving supervisor.
# SPDX-License-Identifier: Apache-2.0

"""A rollout that compares answers: a new revision is asked what callers asked before it serves."""

from __future__ import annotations

import json
import subprocess
import threading
import unittest
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any, Dict, List

import command
import models
from commanded import Commanded
from harness import program

SOURCE = Path(__file__).resolve().parent / "scorers" / "priced.c"
ENDPOINT = "name: {endpoint}\ntraffic: {{blue: 100}}\n"
DOCUMENT = """\
name: blue
endpoint_name: {endpoint}
instance_count: 2
properties:
  scorekeeper.scorer: {scorer} {words}
  scorekeeper.rollout.compare: {compare}
  scorekeeper.rollout.tolerance: 0.01
"""
DOUBLING = """
    class Model:
        def predict(self, model_input, params=None):
            return [float(row) * 2 + {more} for row in model_input[:, 0]]

    def _load_pyfunc(path, model_config=None):
        return Model()
"""


class RolloutCompare(Commanded):
    """Endpoints whose deployment is upgraded under load."""

    @classmethod
    def setUpClass(cls) -> None:
        super().setUpClass()
        cls.scorer = Path(cls._folder.name) / "priced"
        support = program().parent / "support"
        compiler = ["cc", "-std=gnu11", "-O1", "-Wall", "-Wextra", "-Werror", f"-I{support}"]
        files = [str(SOURCE), str(support / "libscorer.a"), "-o", str(cls.scorer)]
        subprocess.run(compiler + files, check=True)

    # Callers

    def begin(self, endpoint: str) -> None:
        """Has somebody ask all the time, and keeps every answer."""
        self.answers: List[Any] = []
        self.stopped = threading.Event()

        def ask() -> None:
            number = 0
            while not self.stopped.is_set():
                number += 1
                self.answers.append(self.score(endpoint, 1 + number % 50, route="score"))

        self.asker = threading.Thread(target=ask)
        self.asker.start()
        self.addCleanup(self.end)
        self.wait_for("a hundred answers", lambda: len(self.answers) >= 100)

    def end(self) -> List[Any]:
        """Ends it; what was answered."""
        self.stopped.set()
        self.asker.join()
        return self.answers

    # Changes

    def folder(self, endpoint: str, words: str, compare: str) -> Path:
        """The documents of an endpoint whose deployment prices as the words say."""
        folder = Path(self._folder.name) / "documents" / endpoint
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "endpoint.yml").write_text(ENDPOINT.format(endpoint=endpoint))
        text = DOCUMENT.format(
            endpoint=endpoint, scorer=self.scorer, words=words, compare=compare
        )
        (folder / "blue.yml").write_text(text)
        return folder

    def serve(self, endpoint: str, compare: str) -> None:
        """The first revision serves all of the endpoint's requests."""
        done = self.run_command("apply", "-f", self.folder(endpoint, "0", compare))
        self.assertEqual(done.code, command.DONE, done)
        self.addCleanup(self.run_command, "online-endpoint", "delete", "-n", endpoint, "--yes")
        # By any other way than scoring: what is asked here is counted.
        ping = f"http://127.0.0.1:{self.server.port}/endpoints/{endpoint}/ping"
        self.wait_for("its route", lambda: self.answers_ping(ping))

    def answers_ping(self, url: str) -> bool:
        """Whether an endpoint says that it can be asked."""
        try:
            with urllib.request.urlopen(url) as answer:
                return bool(answer.status == 200)
        except urllib.error.HTTPError:
            return False

    def change(self, endpoint: str, words: str, compare: str) -> None:
        """The next revision is declared."""
        file = self.folder(endpoint, words, compare) / "blue.yml"
        done = self.run_command("online-deployment", "update", "-f", file, "--no-wait")
        self.assertEqual(done.code, command.DONE, done)

    def rollout(self, endpoint: str, state: str, to: int = 2) -> Dict[str, Any]:
        """The rollout once it is so."""
        name = next(
            one["deployments"][0]["name"]
            for one in self.server.status()["endpoints"]
            if one["name"] == endpoint
        )

        def look() -> Dict[str, Any]:
            found: Dict[str, Any] = self.done("rollout", "status", f"{endpoint}/{name}")
            return found if found["state"] == state and found.get("to") == to else {}

        found: Dict[str, Any] = self.wait_for(f"a rollout that is {state}", look)
        return found

    # Tests

    def test_one_that_answers_the_same_rolls_in_and_one_that_does_not_is_halted(self) -> None:
        self.serve("strict", "require")
        self.begin("strict")
        self.change("strict", "0.001", "require")
        same = self.rollout("strict", "completed")
        seen = len(self.answers)
        self.wait_for("more answers", lambda: len(self.answers) > seen + 50)
        serving = [one["pid"] for one in self.deployment("strict")["instances"]]

        self.change("strict", "0.25 --taxed", "require")
        halted = self.rollout("strict", "halted", to=3)
        seen = len(self.answers)
        self.wait_for("more answers", lambda: len(self.answers) > seen + 50)
        text = self.run_command("rollout", "status", "strict/blue").out
        self.wait_for("only r2", lambda: len(self.deployment("strict")["instances"]) == 2)
        after = [one["pid"] for one in self.deployment("strict")["instances"]]
        answers = self.end()

        self.assertEqual([one for one in answers if one[0] != 200], [])
        self.assertEqual([one for one in answers if b"tax" in one[1]], [])
        self.assertEqual(serving, after)
        found = same["comparison"]
        self.assertEqual((found["state"], found["requests"], found["equal"]), ("equal", 64, 64))
        self.assertAlmostEqual(found["outputs"][1]["largestDifference"], 0.001)
        self.assertTrue(found["p50"]["old"] > 0 and found["p50"]["new"] > 0, found)
        found = halted["comparison"]
        count = found["requests"]
        self.assertEqual((found["state"], found["different"]), ("different", count))
        # Those that r1 answered after r2 had been asked have no answer of r2.
        self.assertGreaterEqual(count, 32)
        outputs = {output["path"]: output for output in found["outputs"]}
        self.assertAlmostEqual(outputs["price"]["largestDifference"], 0.249)
        self.assertEqual((outputs["tax"]["appeared"], outputs["currency"]["went"]), (count, count))
        self.assertIn(f"{count} of {count} answers of r3 differ from those of r2", halted["why"])
        self.assertIn("in 'price': 0.249, allowed 0.01 of the larger", halted["why"])
        self.assertIn("a difference halts the rollout", text)
        self.assertIn(f"{count} recent requests: 0 equal, {count} different", text)

    def test_differences_are_told_where_that_is_asked_for_and_nothing_halts(self) -> None:
        self.serve("loose", "report")
        self.begin("loose")
        self.change("loose", "0.25 --taxed --refuses", "report")
        told = self.rollout("loose", "completed")
        answers = self.end()

        self.assertEqual([one for one in answers if one[0] != 200], [])
        self.assertIn(b"tax", answers[-1][1])
        self.assertEqual(told["comparison"]["different"], 64)
        self.assertFalse(told["comparison"]["isRequired"])

    def test_a_deployment_without_requests_is_upgraded_and_says_so(self) -> None:
        self.serve("idle", "require")
        self.change("idle", "0.25", "require")
        done = self.rollout("idle", "completed")
        plan = self.run_command("plan", "-f", self.folder("idle", "7", "require"))

        self.assertEqual(done["comparison"]["state"], "nothing")
        self.assertIn("there was nothing to compare", done["comparison"]["sentence"])
        self.assertIn("it answers up to 64 recent requests before it serves, and a", plan.out)

    def test_one_that_fails_what_the_old_one_answers_is_halted_by_a_single_answer(self) -> None:
        self.serve("single", "require")
        for number in (1, 2, -3):
            self.assertEqual(self.score("single", number, route="score")[0], 200)
        self.change("single", "0 --refuses", "require")
        halted = self.rollout("single", "halted")

        self.assertIn("1 of 3 answers of r2 differs", halted["why"])
        self.assertIn("1 that r1 answers, r2 fails", halted["why"])
        self.assertIn("200 became 422", halted["why"])
        self.assertEqual(halted["comparison"]["failed"], 1)

    def test_a_supervisor_that_is_killed_while_answers_are_compared_goes_on(self) -> None:
        self.serve("killed", "require")
        self.begin("killed")
        self.change("killed", "9 --slow", "require")
        comparing = self.rollout("killed", "comparing")
        shown = self.deployment("killed")["instances"]
        self.server.process.kill()
        self.server.process.wait()
        self.server.start()
        self.server.wait_until_up()
        halted = self.rollout("killed", "halted")
        answers = self.end()

        self.assertEqual(comparing["comparison"]["state"], "underway")
        self.assertIn("comparing", [one["state"] for one in shown])
        self.assertEqual([one for one in answers if one[0] != 200], [])
        self.assertEqual(halted["comparison"]["different"], 64)
        # The next life of the server has not tried again what may have nothing to compare with.
        self.assertEqual(self.rollout("killed", "halted")["to"], 2)

    def test_a_dropped_model_is_guarded_by_the_settings_beside_it(self) -> None:
        target = self.server.models / "doubling"
        settings = self.server.models / "doubling.yml"
        settings.write_text("properties: {scorekeeper.rollout.compare: require}\n")
        aside = Path(self._folder.name) / "aside" / "doubling"
        models.write(aside, DOUBLING.format(more=0))
        aside.rename(target)
        self.server.wait_until_serving("doubling")
        for number in range(20):
            status, body = self.score("doubling", {"inputs": [[number]]})
            self.assertEqual((status, json.loads(body)), (200, {"predictions": [number * 2.0]}))

        code = target / "code" / "the_model.py"
        code.write_text(code.read_text() + "# The same in other words.\n")
        same = self.rollout("doubling", "completed")
        code.write_text(code.read_text().replace("+ 0", "+ 0.5"))
        halted = self.rollout("doubling", "halted", to=3)
        status, body = self.score("doubling", {"inputs": [[4]]})

        self.assertEqual((status, json.loads(body)), (200, {"predictions": [8.0]}))
        self.assertEqual(same["comparison"]["equal"], 20)
        self.assertIn("the largest in 'predictions[]': 0.5, none allowed", halted["why"])


if __name__ == "__main__":
    unittest.main()
