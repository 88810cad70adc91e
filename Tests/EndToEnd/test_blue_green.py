# Scorekeeper: a model-serving supervisor.
# SPDX-License-Identifier: Apache-2.0

"""`Samples/blue-green/story.sh`: told end to end, and stopped where green is no twin of blue."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path
from typing import Any, Tuple

import command
import models
from harness import ROOT, EndToEnd, program

PATIENCE_SECONDS = 400.0
REQUESTS = 20


class BlueGreen(EndToEnd):
    """The story on a server of the test's own."""

    def tell(self, folder: Path) -> Tuple[int, str]:
        """Runs a folder's story to its end; its exit status and all that it wrote."""
        done = subprocess.run(
            [str(folder / "story.sh")],
            env=command.variables(
                SCOREKEEPER=str(program()),
                SCOREKEEPER_STATE=str(self.server.state),
                REQUESTS=str(REQUESTS),
            ),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=PATIENCE_SECONDS,
        )
        return done.returncode, done.stdout.decode("utf-8", "replace")

    def done(self, *arguments: str) -> Any:
        """What a subcommand that must work prints, as JSON."""
        done = command.run(*arguments, "--output", "json", state=self.server.state)
        self.assertEqual(done.code, 0, done.err)
        return done.content

    def forget(self) -> None:
        """Lets the story's endpoint go."""
        command.run("online-endpoint", "delete", "-n", "flowers", "-y", state=self.server.state)

    def test_green_takes_over_from_blue_and_gives_back(self) -> None:
        self.addCleanup(self.forget)

        code, text = self.tell(ROOT / "Samples" / "blue-green")
        again, refused = self.tell(ROOT / "Samples" / "blue-green")

        self.assertEqual(code, 0, text)
        self.assertIn(f"{REQUESTS // 2} answers compared: {REQUESTS // 2} equal, 0 different", text)
        self.assertIn(f"green answered {REQUESTS} of {REQUESTS}", text)
        self.assertIn("== The end", text)
        shown = self.done("online-endpoint", "show", "-n", "flowers")
        self.assertEqual((shown["traffic"], shown["mirror_traffic"]), ({"blue": 100}, {}))
        self.assertEqual(shown["deployments"], ["blue", "green"])
        self.assertEqual(again, 1, refused)
        self.assertIn("there is an endpoint 'flowers'", refused)

    def test_it_ends_before_a_green_that_answers_otherwise_gets_traffic(self) -> None:
        self.addCleanup(self.forget)
        samples = Path(self._folder.name) / "samples"
        for name in ("blue-green", "mlflow-iris"):
            shutil.copytree(ROOT / "Samples" / name, samples / name)
        models.write(samples / "other", models.answering("tulip"))
        document = samples / "blue-green" / "green-deployment.yml"
        document.write_text(document.read_text().replace("../mlflow-iris", "../other"))

        code, text = self.tell(samples / "blue-green")

        self.assertEqual(code, 1, text)
        self.assertIn(f"story: how many answers differ: {REQUESTS // 2}, and not 0", text)
        self.assertNotIn("go to green", text)
        shown = self.done("online-endpoint", "show", "-n", "flowers")
        self.assertEqual(shown["traffic"], {"blue": 100})
