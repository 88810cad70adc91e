# Scorekeeper: a model-serving supervisor.
# SPDX-License-Identifier: Apache-2.0

"""Rows 26 to 28 of the fault table: a disk that fails, a clock that is set, no processor time.

What the machine does to the server is done by a library that is loaded before all others (shims),
and by processes that want every core.
"""

from __future__ import annotations

import errno
import os
import select
import signal
import subprocess
import sys
import time
import unittest
from datetime import datetime
from pathlib import Path
from typing import Any, List

import command
from control import ControlSocket
from faulty import Faulty
from harness import OpenLoop

SHIMS = Path(__file__).resolve().parent / "shims"
DAY = 86_400
SPINNERS = 64
# As long as a lane may take nothing, and as long as one request may be late, and more.
LONGER_THAN_HUNG = 5.0


def numbered(index: int) -> bytes:
    """A body that no other request has."""
    return b"number %d" % index


def is_its_own(index: int, content: bytes) -> bool:
    """Whether the answer is to that body."""
    return content == numbered(index)


class Shimmed(Faulty):
    """A server whose calls to the C library go through a shim, which a file switches."""

    shim = ""
    lever: Path

    @classmethod
    def prepare(cls, folder: Path) -> Path:
        executable = super().prepare(folder)
        if not cls.shim:
            return executable
        library, cls.lever = folder / "shim.so", folder / "lever"
        source = str(SHIMS / cls.shim)
        words = ["cc", "-std=gnu11", "-O1", "-Wall", "-Wextra", "-Werror", "-shared", "-fPIC"]
        subprocess.run([*words, source, "-o", str(library), "-ldl"], check=True)
        wrapper = folder / "shimmed"
        wrapper.write_text(
            "#!/bin/sh\n"
            f'export LD_PRELOAD="{library}" SHIM_SWITCH="{cls.lever}" SHIM_FILE=ledger.sqlite\n'
            f'exec "{executable}" "$@"\n'
        )
        wrapper.chmod(0o755)
        return wrapper

    def load(self, name: str) -> OpenLoop:
        """A hundred requests a second, under way."""
        url = f"http://127.0.0.1:{self.server.port}/endpoints/{name}/score"
        load = OpenLoop(url, numbered, is_its_own, 100)
        self.addCleanup(load.stop)
        self.wait_for("the load", lambda: len(load.calls) >= 20)
        return load

    def lives(self, name: str) -> List[Any]:
        """Process and life of each instance."""
        return [(one["pid"], one["incarnation"]) for one in self.instances(name)]

    def finish(self, load: OpenLoop) -> int:
        """How many requests there were; each must have been answered with its own bytes."""
        calls = load.stop()
        self.assertEqual([call for call in calls if call.status != 200 or call.problem], [])
        return len(calls)


class FailingDisk(Shimmed):
    """The ledger cannot be written: first an error of the disk, then a read-only one."""

    shim = "failing_writes.c"

    def fails(self, name: str, number: int) -> None:
        """Serving and recovery go on, what is asked for is refused and changes nothing."""
        self.deploy_faulty(name, 2)
        control = ControlSocket(self.server.state / "control.sock")
        self.addCleanup(control.close)
        self.addCleanup(self.lever.unlink, missing_ok=True)
        load = self.load(name)
        before = self.instances(name)

        self.lever.write_text(str(number))
        asked = {"scorer": {"path": str(self.scorer), "arguments": []}, "name": f"{name}-more"}
        status, content = control.ask("POST", "/endpoints", asked)
        deployed = command.run(
            "deploy", "--scorer", self.scorer, "--name", f"{name}-more", state=self.server.state
        )
        deleted = command.run("delete", name, state=self.server.state)
        self.kill(before[0]["pid"])
        self.wait_until_replaced(name, before[:1])
        notices = self.server.status()["server"]["notices"]
        self.lever.unlink()

        self.assertGreaterEqual(status, 500, content)
        self.assertIn("ledger", content["error"]["message"])
        for done in (deployed, deleted):
            self.assertNotEqual(done.code, command.DONE, done)
            self.assertIn("ledger", done.err)
        self.assertTrue(any("journal" in one for one in notices), notices)
        self.assertIsNone(self.server.deployment(f"{name}-more"))
        self.assertEqual(self.instances(name)[1]["pid"], before[1]["pid"])
        calls = load.stop()
        lost = [call for call in calls if call.status != 200 or call.problem]
        # What the killed one had in hand, and no more.
        self.assertLessEqual(len(lost), 1)
        # Once it can be written again, what is asked for is done.
        self.deploy_faulty(f"{name}-more", 1)
        self.assertEqual(self.score(f"{name}-more", b"fine", "score"), (200, b"fine"))
        self.tell(26, error=number, requests=len(calls), lost_with_the_killed=len(lost))

    def test_fault_26_an_error_of_the_disk_stops_no_serving_and_nothing_is_promised(self) -> None:
        self.fails("ailing", errno.EIO)

    def test_fault_26_a_file_system_that_turns_read_only_does_the_same(self) -> None:
        self.fails("read-only", errno.EROFS)


class SetClock(Shimmed):
    """Somebody sets the wall clock by a day."""

    shim = "jumping_clock.c"

    def assert_set(self) -> None:
        """Gateway, nodes and supervisor look at the clock that is set."""
        status = self.server.status()
        ours = [self.server.process.pid, status["gateway"]["pid"]]
        for pid in ours + [node["pid"] for node in status["nodes"]]:
            self.assertIn("shim.so", Path(f"/proc/{pid}/maps").read_text())

    def test_fault_27_a_clock_that_jumps_a_day_ends_no_request_and_no_process(self) -> None:
        self.addCleanup(self.lever.unlink, missing_ok=True)
        self.deploy_faulty("set", 2)
        before = self.instances("set")
        load = self.load("set")
        self.assert_set()
        held = self.ask("set", "wait for it")
        self.wait_until_begun("set", "wait for it")

        for offset in (DAY, -DAY, 0):
            replacement = self.lever.with_suffix(".new")
            replacement.write_text(str(offset))
            replacement.rename(self.lever)
            count = len(load.calls)
            self.wait_for("more load", lambda: len(load.calls) >= count + 100)
            self.assertFalse(held.done())
            self.assertEqual(
                self.lives("set"), [(one["pid"], one["incarnation"]) for one in before]
            )
        for one in before:
            os.kill(one["pid"], signal.SIGUSR1)

        self.assertEqual(held.result(), (200, b"wait for it"))
        self.tell(27, requests=self.finish(load), requests_lost=0, restarts=0)

    def test_fault_27_a_server_that_starts_a_day_later_or_earlier_finds_all_as_it_was(self) -> None:
        self.addCleanup(self.lever.unlink, missing_ok=True)
        self.deploy_faulty("dated", 1)
        before = self.lives("dated")
        load = self.load("dated")

        for offset in (DAY, -DAY):
            self.lever.write_text(str(offset))
            self.server.process.kill()
            self.server.process.wait()
            self.server.start()
            self.server.wait_until_up()
            self.server.wait_until_serving("dated")

            self.assertEqual(self.lives("dated"), before)
            since = self.server.status()["server"]["since"]
            began = datetime.fromisoformat(since.replace("Z", "+00:00")).timestamp()
            self.assertAlmostEqual(began - time.time(), offset, delta=DAY / 2)
        self.tell(27, requests=self.finish(load), requests_lost=0, restarts=0)


class Starved(Shimmed):
    """The server's own processes get no time, or hardly any."""

    def test_fault_28_nobody_is_blamed_for_what_gateway_node_and_supervisor_did_not_see(
        self,
    ) -> None:
        self.deploy_faulty("unseen", 2)
        self.deploy_late("late")
        before = self.lives("unseen") + self.lives("late")
        status = self.server.status()
        ours = [status["gateway"]["pid"], self.server.process.pid]
        ours += [node["pid"] for node in status["nodes"]]
        load = self.load("unseen")
        held = self.ask("late", "wait for it")
        self.wait_until_begun("late", "wait for it")

        # A machine that stands still: requests lie with scorers that get no time either.
        scorers = [one["pid"] for one in self.instances("unseen")]
        self.signal(signal.SIGSTOP, scorers)
        self.wait_until_bound("unseen", 1)
        self.signal(signal.SIGSTOP, ours)
        # Nothing can come of those that are stopped: this is how long they are.
        select.select([], [], [], LONGER_THAN_HUNG)
        self.signal(signal.SIGCONT, ours)
        late = held.result()
        self.signal(signal.SIGCONT, scorers)
        self.signal(signal.SIGUSR1, [before[-1][0]])
        count = len(load.calls)
        self.wait_for("more load", lambda: len(load.calls) >= count + 100)

        self.assertEqual(late[0], 408, late)
        self.assertEqual(self.score("late", b"fine", "score"), (200, b"fine"))
        requests = self.finish(load)
        self.assertEqual(self.lives("unseen") + self.lives("late"), before)
        self.tell(28, requests=requests, requests_lost=0, restarts=0)

    def deploy_late(self, name: str) -> None:
        """One instance whose requests have less time than we will be stopped."""
        file = Path(self._folder.name) / f"{name}.yml"
        file.write_text(
            f"endpoint_name: {name}\nrequest_settings: {{ request_timeout_ms: 3000 }}\n"
            f"properties: {{ scorekeeper.scorer: {self.scorer} }}\n"
        )
        self.server.run("deploy", "-f", str(file))
        self.addCleanup(self.server.run, "delete", name)
        self.server.wait_until_serving(name)

    def signal(self, number: int, pids: List[int]) -> None:
        """Each of them gets that signal."""
        for pid in pids:
            os.kill(pid, number)

    def test_fault_28_sixty_four_processes_that_want_every_core_cost_no_scorer_its_life(
        self,
    ) -> None:
        self.deploy_faulty("crowded", 2)
        before = self.lives("crowded")
        spinners = [
            subprocess.Popen([sys.executable, "-S", "-c", "while True: pass"])
            for _ in range(SPINNERS)
        ]
        self.addCleanup(self.end, spinners)
        url = f"http://127.0.0.1:{self.server.port}/endpoints/crowded/score"
        load = OpenLoop(url, numbered, is_its_own, 20)
        self.addCleanup(load.stop)

        began = time.monotonic()
        self.wait_for(
            "some load over a while",
            lambda: len(load.calls) >= 60 and time.monotonic() - began > LONGER_THAN_HUNG,
        )
        self.end(spinners)

        requests = self.finish(load)
        self.assertEqual(self.lives("crowded"), before)
        self.tell(28, spinners=SPINNERS, requests=requests, requests_lost=0, restarts=0)

    def end(self, spinners: "List[subprocess.Popen[bytes]]") -> None:
        """Ends those that still run."""
        for one in spinners:
            one.kill()
        for one in spinners:
            one.wait()
        spinners.clear()


if __name__ == "__main__":
    unittest.main()
