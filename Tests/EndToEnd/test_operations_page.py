# Scorekeeper: a model-serving supervisor.
# SPDX-License-Identifier: Apache-2.0

"""OPERATIONS.md, as an operator would: its commands do what the page says, in their order."""

from __future__ import annotations

import os
import re
import subprocess
import unittest
from pathlib import Path
from typing import Dict, List

import own_scorer
from harness import ROOT, EndToEnd, program
from page import snippets

ENDPOINT = "name: rates\ntraffic: { blue: 100 }\n"
DEPLOYMENT = """\
endpoint_name: rates
name: {name}
instance_count: 1
properties:
  scorekeeper.scorer: {scorer} {name}
"""


class OperationsPage(EndToEnd):
    """What the page shows, on an endpoint of a scorer that answers its deployment's name."""

    folder: Path

    @classmethod
    def setUpClass(cls) -> None:
        super().setUpClass()
        cls.folder = Path(cls._folder.name)
        tell = own_scorer.build(cls.folder / "tell")
        (cls.folder / "endpoint").mkdir()
        (cls.folder / "endpoint" / "endpoint.yml").write_text(ENDPOINT, encoding="utf-8")
        for name, file in (("blue", "endpoint/blue.yml"), ("green", "green.yml")):
            text = DEPLOYMENT.format(name=name, scorer=tell)
            (cls.folder / file).write_text(text, encoding="utf-8")

    def shell(self, line: str) -> str:
        """Types a line; what it prints."""
        line = line.replace("127.0.0.1:8080", f"127.0.0.1:{self.server.port}")
        done = subprocess.run(
            ["bash", "-c", line], cwd=self.folder, env=self.environment(), capture_output=True
        )
        self.assertEqual(done.returncode, 0, (line, done.stdout, done.stderr))
        return done.stdout.decode()

    def environment(self) -> Dict[str, str]:
        """What a person's shell has."""
        return {
            **os.environ,
            "PATH": f"{program().parent}:{os.environ['PATH']}",
            "SCOREKEEPER_STATE": str(self.server.state),
        }

    def answerer(self) -> str:
        """Who answers a request to the endpoint."""
        status, body = self.score("rates", [1, 2, 6], "score")
        self.assertEqual(status, 200, body)
        return body.decode()

    def test_its_commands_work_in_the_order_in_which_they_stand(self) -> None:
        in_place, blue_green, back, patch, quota, backup = (
            block.splitlines() for block in snippets("sh", "OPERATIONS.md")
        )

        self.assertIn("rates", self.shell(in_place[0]))
        for line in in_place[1:]:
            self.shell(line)
        self.assertEqual(self.answerer(), "[blue]")
        self.assertEqual(self.deployment("rates")["revision"], 2)

        create, named, mirror, look, compare, share, switch = blue_green
        self.shell(create)
        self.assertEqual(self.shell(named), "[green]")
        self.shell(mirror)
        self.assertEqual(self.answerer(), "[blue]")
        self.assertIn("green", self.shell(look))
        self.assertIn("copies of 10% of the requests", self.shell(compare))
        self.shell(share)
        self.shell(switch)
        self.assertEqual(self.answerer(), "[green]")

        self.shell(back[0])
        self.assertEqual(self.answerer(), "[blue]")
        self.shell(back[1])
        self.assertEqual(self.answerer(), "[blue]")
        self.assertIn("it is a program, and has no packages", self.shell(patch[0]))
        self.assertIn("nothing to patch", self.shell(patch[1]))
        self.assertIn("if node-1 is lost: rates/blue", self.shell(quota[0]))
        self.shell(backup[0])
        self.assertTrue((self.folder / "monday" / "ledger.sqlite").exists())

    def test_it_names_only_metrics_and_subcommands_that_there_are(self) -> None:
        text = (ROOT / "OPERATIONS.md").read_text(encoding="utf-8")
        sources = "".join(
            file.read_text(encoding="utf-8")
            for file in (ROOT / "Sources" / "ControlPlane").glob("Metrics*.swift")
        )
        metrics = set(re.findall(r"`(scorekeeper_[a-z_]+)", text))
        help_text = self.shell("scorekeeper --help")
        commands: List[str] = re.findall(r"scorekeeper ([a-z]+(?:-[a-z]+)*)[ `]", text)

        self.assertGreater(len(metrics), 5)
        self.assertEqual([name for name in sorted(metrics) if f'"{name}"' not in sources], [])
        self.assertGreater(len(set(commands)), 8)
        unknown = [name for name in commands if not re.search(rf"^  {name} ", help_text, re.M)]
        self.assertEqual(unknown, [])


if __name__ == "__main__":
    unittest.main()
