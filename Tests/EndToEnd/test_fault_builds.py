# Scorekeeper: a model-serving supervisor.
# SPDX-License-Identifier: Apache-2.0

"""Rows 24, 32 and 33 of the fault table, as far as they are about building environments.

A build finds the disk full, is killed with its server, or waits for a registry that says nothing:
nothing half built is taken for ready, and whoever serves already serves on.
"""

from __future__ import annotations

import os
import shutil
import socket
import threading
import unittest
from pathlib import Path
from typing import List

import command
import small_disk
from faulty import Faulty
from processes import tree

DOCUMENT = """\
endpoint_name: {name}
code_configuration: {{ code: ./scripts, scoring_script: score.py }}
environment: {{ conda_file: {name}.yaml }}
"""
CONDA = "dependencies:\n- python=3.11\n- pip:\n  - {requirement}\n"
SCRIPT = "def init():\n    pass\n\n\ndef run(data):\n    return 'built'\n"


class Builds(Faulty):
    """A server whose environments are its own."""

    shares_environments = False

    def declare(self, name: str, requirement: str) -> command.Done:
        """A script whose environment has that requirement; nobody waits for it."""
        folder = Path(self._folder.name) / "documents"
        (folder / "scripts").mkdir(parents=True, exist_ok=True)
        (folder / "scripts" / "score.py").write_text(SCRIPT)
        (folder / f"{name}.yaml").write_text(CONDA.format(requirement=requirement))
        (folder / f"{name}.yml").write_text(DOCUMENT.format(name=name))
        return command.run(
            "deploy", "-f", folder / f"{name}.yml", "--no-wait", state=self.server.state
        )

    def environments(self) -> List[str]:
        """What stands in the folder of built ones, finished or not."""
        folder = self.server.state / "environments"
        return sorted(one.name for one in folder.iterdir()) if folder.is_dir() else []

    def staged(self) -> List[Path]:
        """The folders that are being filled."""
        folder = self.server.state / "environments" / ".staging"
        return list(folder.iterdir()) if folder.is_dir() else []

    def ready(self) -> List[str]:
        """Those that would be taken for built."""
        return [name for name in self.environments() if not name.startswith(".")]


@unittest.skipUnless(os.geteuid() == 0, "a disk of its own needs root, to mount a tmpfs")
class SmallDisk(Builds):
    """The state folder holds a few megabytes, which scikit-learn does not fit in."""

    @classmethod
    def prepare(cls, folder: Path) -> Path:
        small_disk.mount(folder / "state", 16)
        cls.addClassCleanup(small_disk.unmount, folder / "state")
        return super().prepare(folder)

    def test_fault_24_an_environment_that_does_not_fit_is_told_and_never_taken_for_built(
        self,
    ) -> None:
        self.deploy_faulty("beside", 1)

        asked = self.declare("large", "scikit-learn==1.5.2")
        self.assertEqual(asked.code, command.DONE, asked)
        self.addCleanup(self.server.run, "delete", "large")
        self.wait_for("its end", lambda: self.deployment("large")["state"] == "failed")

        self.assertRegex(self.deployment("large")["why"], "disk is full|No space left on device")
        self.assertEqual(self.ready(), [])
        self.assertGreater(shutil.disk_usage(self.server.state).free, 0)
        self.assertEqual(self.score("beside", b"fine", "score"), (200, b"fine"))


class SilentRegistry(Builds):
    """The registry takes connections and never says a word."""

    silent: socket.socket
    asked: threading.Event

    @classmethod
    def prepare(cls, folder: Path) -> Path:
        executable = super().prepare(folder)
        cls.silent = socket.create_server(("127.0.0.1", 0))
        cls.addClassCleanup(cls.silent.close)
        cls.asked = threading.Event()
        threading.Thread(target=cls.listen, daemon=True).start()
        wrapper = folder / "with-registry"
        url = f"http://127.0.0.1:{cls.silent.getsockname()[1]}/simple"
        wrapper.write_text(
            f'#!/bin/sh\nexport UV_DEFAULT_INDEX="{url}" UV_CACHE_DIR="{folder}/cache"\n'
            f'exec "{executable}" "$@"\n'
        )
        wrapper.chmod(0o755)
        return wrapper

    @classmethod
    def listen(cls) -> None:
        """Takes what comes, and keeps it."""
        kept = []
        try:
            while True:
                kept.append(cls.silent.accept())
                cls.asked.set()
        except OSError:
            return

    def builders(self) -> List[int]:
        """Processes of the server that are at building."""
        return [pid for pid in tree(self.server.process.pid) if self.name_of(pid) == "uv"]

    def name_of(self, pid: int) -> str:
        """What the process is called; empty once it has gone."""
        try:
            return Path(f"/proc/{pid}/comm").read_text().strip()
        except OSError:
            return ""

    def begin(self, name: str) -> List[int]:
        """A build that waits for the registry; its processes."""
        self.asked.clear()
        asked = self.declare(name, "never-published==1.0")
        self.addCleanup(command.run, "delete", name, state=self.server.state)
        self.assertEqual(asked.code, command.DONE, asked)
        self.wait_for("a question to the registry", self.asked.is_set)
        found: List[int] = self.wait_for("the builder", self.builders)
        return found

    def test_fault_33_a_build_that_hangs_delays_nobody_and_ends_with_what_wanted_it(self) -> None:
        building = self.begin("hanging")
        self.deploy_faulty("beside", 1)

        self.assertEqual(self.score("beside", b"fine", "score"), (200, b"fine"))
        self.assertEqual(self.deployment("hanging")["environment"]["state"], "building")
        self.server.run("delete", "hanging")

        self.wait_for("the builders' end", lambda: not any(map(self.is_alive, building)))
        self.assertEqual(self.builders(), [])
        self.assertEqual(self.ready(), [])

    def test_fault_32_a_build_that_is_killed_with_its_server_is_begun_anew_by_the_next(
        self,
    ) -> None:
        building = self.begin("killed")
        [staged] = self.staged()
        left = staged / "left-by-the-first"
        left.touch()

        self.server.process.kill()
        self.server.process.wait()
        self.wait_for("the builders' end", lambda: not any(map(self.is_alive, building)))
        self.asked.clear()
        self.server.start()
        self.server.wait_until_up()
        self.wait_for("the question once more", self.asked.is_set)

        self.assertEqual(self.ready(), [])
        self.assertEqual(len(self.staged()), 1)
        self.assertFalse(left.exists())
        self.server.run("delete", "killed")
        self.wait_for("the builders' end", lambda: not self.builders())


if __name__ == "__main__":
    unittest.main()
