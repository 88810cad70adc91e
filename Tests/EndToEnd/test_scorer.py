# Scorekeeper: a model-serving supervisor.
# SPDX-License-Identifier: Apache-2.0

"""A program of a person's own behind an endpoint."""

from __future__ import annotations

import shutil
import subprocess
import unittest
from pathlib import Path

from harness import EndToEnd, ROOT, program


class OwnScorer(EndToEnd):
    """The echo scorer in C, deployed and killed."""

    def test_the_echo_sample_is_deployed_answers_and_comes_back(self) -> None:
        folder = Path(self._folder.name) / "byoc-c"
        shutil.copytree(ROOT / "Samples" / "byoc-c", folder)
        support = program().parent / "support"
        subprocess.run(["make", "-s", "-C", str(folder), f"SUPPORT={support}"], check=True)

        self.server.run("deploy", "--scorer", str(folder / "echo"), "--name", "echo")

        body = b"\x00not json\xff" * 20_000
        self.assertEqual(self.score("echo", body, route="score"), (200, body))
        before = self.only_instance("echo")
        self.kill(before["pid"])
        self.wait_for(
            "a new run",
            lambda: self.only_instance("echo")["incarnation"] > before["incarnation"]
            and self.only_instance("echo")["state"] == "serving",
        )
        self.assertEqual(self.score("echo", b"again", route="score"), (200, b"again"))

        self.server.run("delete", "echo")
        self.wait_for("its end", lambda: self.server.deployment("echo") is None)


if __name__ == "__main__":
    unittest.main()
