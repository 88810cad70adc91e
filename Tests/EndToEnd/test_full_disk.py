# Scorekeeper: a model-serving supervisor.
# SPDX-License-Identifier: Apache-2.0

"""On a full disk nothing new is promised, and what was promised is kept."""

from __future__ import annotations

import errno
import json
import os
import shutil
import unittest
from pathlib import Path
from typing import Any

import command
import models
import small_disk
from control import ControlSocket
from harness import EndToEnd

ONE = {"inputs": [[1]]}
FINE = {"predictions": "fine"}
FULL = "the disk is full|No space left on device"


@unittest.skipUnless(os.geteuid() == 0, "a disk of its own needs root, to mount a tmpfs")
class FullDisk(EndToEnd):
    """The state folder is a small disk, which each test fills."""

    @classmethod
    def prepare(cls, folder: Path) -> Path:
        state = folder / "state"
        small_disk.mount(state, 16)
        cls.addClassCleanup(small_disk.unmount, state)
        return super().prepare(folder)

    @classmethod
    def setUpClass(cls) -> None:
        super().setUpClass()
        cls.deploy("kept", models.answering("fine"))
        cls.kept = Path(cls._folder.name) / "deployed" / "kept"

    def setUp(self) -> None:
        self.ballast = self.server.state / "ballast"
        self.control = ControlSocket(self.server.state / "control.sock")
        self.addCleanup(self.control.close)
        self.addCleanup(self.empty)

    def fill(self) -> None:
        """Leaves not one free block."""
        with open(self.ballast, "wb", buffering=0) as file:
            for size in (1 << 20, 1 << 12, 1):
                try:
                    while True:
                        file.write(b"\0" * size)
                except OSError as error:
                    self.assertEqual(error.errno, errno.ENOSPC)
        self.assertEqual(shutil.disk_usage(self.server.state).free, 0)

    def empty(self) -> None:
        """Gives the disk back."""
        self.ballast.unlink(missing_ok=True)

    def assert_score(self) -> None:
        """The endpoint that was there before answers."""
        status, body = self.score("kept", ONE)
        self.assertEqual((status, json.loads(body)), (200, FINE))

    def wait_for_new_run(self, before: "dict[str, Any]") -> None:
        """Until the instance serves in a later run."""
        self.wait_for(
            "a new run",
            lambda: self.only_instance("kept")["state"] == "serving"
            and self.only_instance("kept")["incarnation"] > before["incarnation"],
        )

    def test_24_fault_24_a_requested_change_is_refused_with_507_and_changes_nothing(self) -> None:
        other = models.write(Path(self._folder.name) / "other", models.answering("other"))
        before = self.server.status()["endpoints"]
        self.fill()

        for request in (
            {"model": str(other), "name": "other"},
            # Its copy is there already: only the promise cannot be written down.
            {"model": str(self.kept), "name": "again"},
            {"model": str(self.kept), "name": "kept", "instances": 2},
        ):
            status, content = self.control.ask("POST", "/endpoints", request)
            self.assertEqual(status, 507, content)
            self.assertRegex(content["error"]["message"], FULL)
        deployed = command.run("deploy", other, "--name", "other", state=self.server.state)
        self.assertEqual((deployed.code, deployed.out), (command.NO_ROOM, ""))
        self.assertRegex(deployed.err, FULL)
        deleted = command.run("delete", "kept", state=self.server.state)
        self.assertEqual(deleted.code, command.NO_ROOM, deleted)
        self.assertRegex(deleted.err, FULL)

        def places(endpoints: Any) -> Any:
            return [
                (one["name"], place["revision"], [run["pid"] for run in place["instances"]])
                for one in endpoints
                for place in one["deployments"]
            ]

        self.assertEqual(places(self.server.status()["endpoints"]), places(before))
        self.assert_score()

        self.empty()
        deployed = command.run("deploy", other, "--name", "other", state=self.server.state)
        self.assertEqual(deployed.code, command.DONE, deployed)
        deleted = command.run("delete", "other", state=self.server.state)
        self.assertEqual(deleted.code, command.DONE, deleted)

    def test_24_fault_24_recovery_goes_on_and_is_in_the_journal_once_there_is_room(self) -> None:
        before = self.only_instance("kept")
        self.fill()

        self.kill(before["pid"])

        self.assert_score()
        self.wait_for_new_run(before)
        notices = self.server.status()["server"]["notices"]
        self.assertTrue(any("journal is kept in memory" in one for one in notices), notices)
        lost = f"kept/default/1#{before['incarnation']}"
        told = self.server.run("explain", "kept/default/1")
        self.assertIn(lost, told)

        self.empty()
        self.kill(self.only_instance("kept")["pid"])
        self.wait_for(
            "the end of the notice",
            lambda: not any(
                "journal" in one for one in self.server.status()["server"]["notices"]
            ),
        )
        self.assert_score()
        self.assertIn(lost, self.server.run("explain", "kept/default/1"))

    def test_24_fault_24_a_supervisor_that_starts_on_a_full_disk_serves_on(self) -> None:
        before = self.only_instance("kept")
        self.fill()
        self.kill(self.server.process.pid)
        self.server.process.wait()
        self.assert_score()

        self.server.start()
        self.server.wait_until_up()
        self.server.wait_until_serving("kept")

        self.assertEqual(self.only_instance("kept")["pid"], before["pid"])
        self.assert_score()


if __name__ == "__main__":
    unittest.main()
