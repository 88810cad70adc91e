# Scorekeeper: a model-serving supervisor.
# SPDX-License-Identifier: Apache-2.0

"""`scorekeeper compare`: what two deployments answer to the same requests."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import Any, Dict

import command
from commanded import Commanded
from harness import program

SOURCE = Path(__file__).resolve().parent / "scorers" / "priced.c"
DOCUMENT = """\
name: {name}
endpoint_name: {endpoint}
properties:
  scorekeeper.scorer: {scorer} {words}
"""


class Compare(Commanded):
    """Endpoints with two deployments that price numbers, on one server."""

    @classmethod
    def setUpClass(cls) -> None:
        super().setUpClass()
        cls.scorer = Path(cls._folder.name) / "priced"
        support = program().parent / "support"
        compiler = ["cc", "-std=gnu11", "-O1", "-Wall", "-Wextra", "-Werror", f"-I{support}"]
        files = [str(SOURCE), str(support / "libscorer.a"), "-o", str(cls.scorer)]
        subprocess.run(compiler + files, check=True)

    def serve(self, endpoint: str, name: str, words: str, *properties: str) -> None:
        """A deployment that prices as the words say."""
        file = Path(self._folder.name) / f"{endpoint}-{name}.yml"
        text = DOCUMENT.format(name=name, endpoint=endpoint, scorer=self.scorer, words=words)
        file.write_text(text + "".join(f"  scorekeeper.rollout.{line}\n" for line in properties))
        self.done("online-deployment", "create", "-f", file)

    def with_two(self, endpoint: str, green: str, *properties: str) -> None:
        """A blue deployment that answers everything, a green one that answers nobody."""
        self.done("online-endpoint", "create", "-n", endpoint)
        self.serve(endpoint, "blue", "0")
        self.serve(endpoint, "green", green, *properties)
        self.share(endpoint, "--traffic", "blue=100")

    def share(self, endpoint: str, *shares: str) -> None:
        """Changes who answers and who gets copies."""
        self.done("online-endpoint", "update", "-n", endpoint, *shares)

    def ask(self, endpoint: str, first: int, count: int) -> None:
        """Has so many numbers priced, from the first one on; blue answers all of them."""
        for number in range(first, first + count):
            status, body = self.score(endpoint, number, route="score")
            self.assertEqual(status, 200, body)
            self.assertIn(b"EUR", body)

    def compared(self, endpoint: str, count: int) -> Dict[str, Any]:
        """What was found, once so many answers were compared."""

        def look() -> Dict[str, Any]:
            found: Dict[str, Any] = self.done("compare", endpoint, "blue", "green")
            return found if found["compared"] >= count else {}

        found: Dict[str, Any] = self.wait_for(f"{count} compared answers", look)
        self.assertEqual(found["compared"], count)
        return found

    def test_all_that_two_answers_differ_in_is_told(self) -> None:
        self.with_two("differ", "0.25 --taxed --refuses")
        self.share("differ", "--mirror-traffic", "green=50")
        nothing = self.done("compare", "differ", "blue", "green")
        self.ask("differ", -40, 40)

        found = self.compared("differ", 20)
        text = self.run_command("compare", "differ", "green", "blue")

        self.assertEqual((nothing["compared"], nothing["outputs"]), (0, []))
        self.assertEqual((found["equal"], found["different"], found["uncompared"]), (0, 20, 0))
        outputs = {output.pop("path"): output for output in found["outputs"]}
        self.assertEqual(set(outputs), {"price", "tax", "currency"})
        self.assertAlmostEqual(outputs["price"]["largestDifference"], 0.25)
        self.assertEqual(outputs["price"]["different"], 20)
        self.assertEqual((outputs["tax"]["appeared"], outputs["tax"]["went"]), (20, 0))
        self.assertEqual((outputs["currency"]["appeared"], outputs["currency"]["went"]), (0, 20))
        self.assertEqual(found["statuses"], [{"live": 200, "mirrored": 422, "count": 20}])
        for side in ("live", "mirrored"):
            latency = found[side]["latency"]
            self.assertTrue(0 < latency["p50"] <= latency["p90"] <= latency["p99"], latency)
        self.assertEqual(found["copies"], {"made": 20, "unanswered": 0, "shed": {}})
        self.assertIn("20 answers compared: 0 equal, 20 different", text.out)
        self.assertIn("blue answered 200 where green answered 422: 20 times", text.out)

    def test_what_differs_within_the_tolerance_is_equal_and_is_told_when_copies_end(self) -> None:
        self.with_two("near", "0.001", "tolerance: 0.01")
        self.share("near", "--mirror-traffic", "green=50")
        self.ask("near", 1, 20)
        near = self.compared("near", 10)
        self.share("near", "--mirror-traffic", "green=0")
        self.ask("near", 1, 10)

        over = self.compared("near", 10)

        self.assertEqual((near["equal"], near["different"], near["tolerance"]), (10, 0, 0.01))
        self.assertAlmostEqual(near["outputs"][1]["largestDifference"], 0.001)
        self.assertEqual((near["mirrorPercent"], over["mirrorPercent"]), (50, 0))
        self.assertEqual(over["outputs"], near["outputs"])

    def test_where_nothing_is_compared_it_says_what_to_do(self) -> None:
        self.with_two("quiet", "0", "compare: 'off'")
        refused = {
            ("quiet", "blue", "green"): (command.NO_ROOM, "--mirror-traffic \"green=10\""),
            ("quiet", "green", "blue"): (command.NO_ROOM, "nothing is mirrored between 'green'"),
            ("quiet", "blue", "blue"): (command.BAD_INPUT, "with itself"),
            ("quiet", "blue", "grey"): (command.NOT_FOUND, "no deployment 'quiet/grey'"),
            ("nowhere", "blue", "green"): (command.NOT_FOUND, "no endpoint 'nowhere'"),
            ("quiet", "blue", "gr een"): (command.BAD_INPUT, "a deployment's name"),
        }
        for words, (code, text) in refused.items():
            done = self.run_command("compare", *words)
            self.assertIn(text, done.err)
            self.assertEqual((done.code, done.out), (code, ""))

        self.share("quiet", "--mirror-traffic", "green=50")
        self.ask("quiet", 1, 10)
        off = self.run_command("compare", "quiet", "blue", "green")

        self.assertEqual(off.code, command.NO_ROOM)
        self.assertIn("'scorekeeper.rollout.compare: off'", off.err)
