# Scorekeeper: a model-serving supervisor.
# SPDX-License-Identifier: Apache-2.0

"""A warmed parent forks scorers that share its imports and nothing else."""

from __future__ import annotations

import json
import os
import secrets
import tempfile
import unittest
from typing import Any, Dict

import foreign_memory
import introspective_model
import runtime_path
from warmed_parent import ENDED, WarmedParent, WarmScorer

HEAD = b"POST /invocations\ncontent-type: application/json\n"
MODULES = ["mlflow.pyfunc", "mlflow.pyfunc.scoring_server", "no_such_module_anywhere"]


class Warm(unittest.TestCase):
    parent: WarmedParent
    model: str

    @classmethod
    def setUpClass(cls) -> None:
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        cls.model = introspective_model.write(folder.name)
        cls.parent = WarmedParent(MODULES)
        cls.addClassCleanup(cls.parent.end)
        warm = cls.parent.hear()
        assert warm["warm"] is True and warm["seconds"] > 0, warm

    def start(self, model: str, variables: Dict[str, str]) -> WarmScorer:
        scorer = self.parent.fork(["--model", model], variables)
        answer = self.parent.hear()
        self.assertNotIn("error", answer)
        self.assertEqual(scorer.gateway.hear().word, "ready", scorer.log())
        return scorer

    def look(self, scorer: WarmScorer) -> Dict[str, Any]:
        heard = scorer.gateway.ask(HEAD, b'{"inputs": [1]}')
        self.assertEqual(heard.status, 200, heard.body)
        seen: Dict[str, Any] = json.loads(heard.body)["predictions"]
        return seen

    def test_its_scorer_answers_and_leaves_with_0_when_it_is_drained(self) -> None:
        scorer = self.start(runtime_path.SAMPLE, {})
        with open(f"{runtime_path.SAMPLE}/request.json", "rb") as file:
            heard = scorer.gateway.ask(HEAD, file.read())
        species = ["setosa", "versicolor", "virginica"]
        self.assertEqual(json.loads(heard.body), {"predictions": species})

        scorer.gateway.tell(b"drain\n")

        report = scorer.report()
        while report.kind != ENDED:
            report = scorer.report()
        self.assertEqual(report.value, 0, scorer.log())

    def test_siblings_share_no_variable_no_descriptor_and_no_random_number(self) -> None:
        first, second = (
            self.look(self.start(self.model, {"HOME": "/tmp", "NUMBER": number}))
            for number in ("one", "two")
        )
        for seen, number in ((first, "one"), (second, "two")):
            self.assertEqual(seen["variables"]["NUMBER"], number)
            self.assertNotIn("INHERITED", seen["variables"])
            self.assertEqual(seen["descriptors"][:4], [0, 1, 2, 3])
            self.assertLessEqual(seen["count"], 4 + 1)  # + what NumPy's threads may open.
            # The library's threads did not survive the fork: they must be made again, not awaited.
            self.assertEqual(seen["product"], 600.0**3)
        self.assertNotEqual(first["pid"], second["pid"])
        for mine, theirs in zip(first["random"], second["random"]):
            self.assertNotEqual(mine, theirs)

    def test_a_packet_that_is_not_an_order_is_answered_and_survived(self) -> None:
        with open(os.devnull, "rb") as file:
            for descriptors in ([], [file.fileno()], [file.fileno()] * 2):
                self.parent.send(b"fork", descriptors)
                self.assertIn("error", self.parent.hear())
        self.start(self.model, {})

    def test_neither_it_nor_a_sibling_can_find_what_a_scorer_was_told(self) -> None:
        value = secrets.token_hex(16)
        told = self.look(self.start(self.model, {"PASSWORD": value, "WORDS": value * 300}))
        other = self.look(self.start(self.model, {}))

        holders = {
            holder: foreign_memory.holds(pid, value.encode())
            for holder, pid in (
                ("itself", told["pid"]),
                ("its sibling", other["pid"]),
                ("the parent", self.parent.process.pid),
            )
        }

        self.assertEqual(
            holders, {"itself": True, "its sibling": False, "the parent": False}
        )

    def test_it_maps_no_plan_however_often_it_forks(self) -> None:
        scorers = [self.look(self.start(self.model, {})) for _ in range(3)]

        for pid in [self.parent.process.pid] + [scorer["pid"] for scorer in scorers]:
            self.assertNotIn("memfd:plan", foreign_memory.mapped(pid))


if __name__ == "__main__":
    unittest.main()
