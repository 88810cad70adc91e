# Scorekeeper: a model-serving supervisor.
# SPDX-License-Identifier: Apache-2.0

"""A server that is not root's; where the tests are root's, it becomes somebody else's."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
import unittest
from pathlib import Path

import models
from harness import Server, free_port, program, shared_environments

NOBODY = 65534


class OrdinaryUser(unittest.TestCase):
    server: Server
    folder: Path

    @classmethod
    def setUpClass(cls) -> None:
        folder = tempfile.TemporaryDirectory(prefix="scorekeeper-test-")
        cls.addClassCleanup(folder.cleanup)
        cls.folder = Path(folder.name)
        environments = cls.folder / "state" / "environments"
        environments.mkdir(parents=True)
        for built in shared_environments().iterdir():
            if (built / "environment.json").exists():
                (environments / built.name).symlink_to(built)
        executable = program()
        if os.geteuid() == 0:
            executable = cls.become_somebody(executable)
        cls.server = Server(executable, cls.folder, free_port())
        cls.addClassCleanup(cls.server.stop)
        cls.server.wait_until_up()

    @classmethod
    def become_somebody(cls, executable: Path) -> Path:
        """A program that gives root up and is our own after that, in a place all can read."""
        copy = cls.folder / "program"
        copy.mkdir()
        shutil.copy(executable, copy / "scorekeeper")
        shutil.copytree(executable.parent / "support", copy / "support")
        words = f"setpriv --reuid {NOBODY} --regid {NOBODY} --clear-groups"
        script = copy / "as-somebody"
        home = f"env HOME={cls.folder}"
        script.write_text(f'#!/bin/sh\nexec {words} {home} {copy}/scorekeeper "$@"\n')
        script.chmod(0o755)
        subprocess.run(["chown", "-R", "-h", f"{NOBODY}:{NOBODY}", str(cls.folder)], check=True)
        built = list((cls.folder / "state" / "environments").iterdir())
        seen = ["setpriv", "--reuid", str(NOBODY), "--clear-groups", "ls", *map(str, built)]
        if subprocess.run(seen, capture_output=True).returncode != 0:
            raise unittest.SkipTest("an ordinary user cannot reach the environments of the tests")
        return script

    def test_it_forks_its_scorers_from_a_warmed_parent(self) -> None:
        model = models.write(self.folder / "model", models.answering("forked"))
        if os.geteuid() == 0:
            subprocess.run(["chown", "-R", f"{NOBODY}:{NOBODY}", str(model)], check=True)
        self.server.run("deploy", str(model), "--name", "forked")

        instance = self.server.wait_until_serving("forked")["instances"][0]

        self.assertTrue(instance["warm"], self.server.last_lines())


if __name__ == "__main__":
    unittest.main()
