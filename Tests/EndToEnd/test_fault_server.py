# Scorekeeper: a model-serving supervisor.
# SPDX-License-Identifier: Apache-2.0

"""Rows 20 to 23 of the fault table: the server itself is killed, replaced, told to leave.

Not one of them ends a request that was taken; what was declared is what is served afterwards.
"""

from __future__ import annotations

import http.client
import os
import random
import shutil
import signal
import threading
import time
import unittest
import urllib.error
import urllib.request
from pathlib import Path
from typing import List, Tuple

import command
from control import ControlSocket
from declared import Declared
from harness import OpenLoop, program
from processes import tree

# What others do meanwhile would show in what is judged here.
RUNS_ALONE = True

KILLS = 6


def numbered(index: int) -> bytes:
    """A body that no other request has."""
    return b"number %d" % index


def is_its_own(index: int, content: bytes) -> bool:
    """Whether the answer is to that body."""
    return content == numbered(index)


class Supervisors(Declared):
    """The supervisor goes and comes; gateway, nodes and scorers stay."""

    arguments = ["--nodes", "3"]

    def load(self, name: str) -> OpenLoop:
        """A hundred requests a second, under way."""
        url = f"http://127.0.0.1:{self.server.port}/endpoints/{name}/score"
        load = OpenLoop(url, numbered, is_its_own, 100)
        self.addCleanup(load.stop)
        self.wait_for("the load", lambda: len(load.calls) >= 20)
        return load

    def test_a_second_server_on_the_folder_is_refused_and_takes_nothing_from_the_first(
        self,
    ) -> None:
        before = self.server.status()["gateway"]
        listen = f"127.0.0.1:{self.server.port}"

        second = command.run("serve", "--listen", listen, state=self.server.state)

        self.assertNotEqual(second.code, 0)
        self.assertIn("already", second.err)
        self.assertEqual(self.server.status()["gateway"], before)

    def lives(self, name: str) -> List[Tuple[str, int, int]]:
        """Each instance, its process and its life."""
        return [
            (one["id"], one.get("pid") or 0, one["incarnation"]) for one in self.instances(name)
        ]

    def end_supervisor(self) -> None:
        """kill -9, with nobody told."""
        self.server.process.kill()
        self.server.process.wait()

    def start_supervisor(self) -> None:
        """Another, which finds what there is."""
        self.server.start()
        self.server.wait_until_up()

    def finish(self, load: OpenLoop) -> int:
        """How many requests there were; each must have been answered with its own bytes."""
        count = len(load.calls)
        self.wait_for("more load", lambda: len(load.calls) >= count + 20)
        calls = load.stop()
        self.assertEqual([call for call in calls if call.status != 200 or call.problem], [])
        return len(calls)

    def test_fault_20_a_killed_supervisor_comes_back_to_what_was_declared_and_doubles_nothing(
        self,
    ) -> None:
        self.deploy_faulty("staying", 5)
        before = self.lives("staying")
        load = self.load("staying")
        self.end_supervisor()
        # One dies while nobody is there to see it.
        self.kill(before[0][1])
        count = len(load.calls)
        self.wait_for("more load", lambda: len(load.calls) >= count + 50)

        began = time.monotonic()
        self.start_supervisor()
        self.server.wait_until_serving("staying", 5)
        seconds = time.monotonic() - began

        self.assertEqual(self.lives("staying")[1:], before[1:])
        self.assertGreater(self.lives("staying")[0][2], before[0][2])
        nodes = [node["pid"] for node in self.server.status()["nodes"]]
        scorers = [pid for node in nodes for pid in tree(node) if self.is_scorer(pid)]
        self.assertEqual(len(scorers), 5)
        calls = load.stop()
        lost = [call for call in calls if call.status != 200 or call.problem]
        self.assertLessEqual(len(lost), 1)
        self.tell(20, ms_until_all_served=seconds * 1e3, requests=len(calls), lost=len(lost))

    def is_scorer(self, pid: int) -> bool:
        """Whether the process is a scorer and not what watches over one."""
        try:
            words = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
            return Path(f"/proc/{pid}/exe").resolve().name == self.scorer.name or words[0].endswith(
                self.scorer.name.encode()
            )
        except OSError:
            return False

    def test_fault_21_another_copy_of_the_program_takes_over_and_loses_no_request(self) -> None:
        self.deploy_faulty("taken-over", 2)
        before = self.lives("taken-over")
        copy = Path(self._folder.name) / "newer"
        copy.mkdir()
        shutil.copy2(program(), copy)
        shutil.copytree(program().parent / "support", copy / "support")
        load = self.load("taken-over")

        self.end_supervisor()
        self.server.program = copy / program().name
        self.start_supervisor()
        self.server.wait_until_serving("taken-over", 2)
        self.kill(before[0][1])
        self.wait_for("a new life", lambda: self.lives("taken-over")[0][2] > before[0][2])
        self.server.wait_until_serving("taken-over", 2)

        self.assertEqual(self.lives("taken-over")[1:], before[1:])
        calls = load.stop()
        lost = [call for call in calls if call.status != 200 or call.problem]
        # What the scorer that we killed had in hand.
        self.assertLessEqual(len(lost), 1)
        self.tell(21, requests=len(calls), lost_with_the_killed=len(lost))

    def test_fault_23_killed_while_it_writes_it_finds_the_old_or_the_new_and_nothing_between(
        self,
    ) -> None:
        self.create("written")
        for name in ("blue", "green"):
            self.add("written", name, f"{self.tell_scorer} {name}")
        self.share("written", "blue=100")
        dice = random.Random(23)
        share, changes, cut = 100, 0, 0

        for _ in range(KILLS):
            killer = threading.Timer(dice.uniform(0.05, 0.4), self.server.process.kill)
            killer.start()
            wanted = share
            while self.is_taken("written", wanted):
                share, wanted = wanted, (wanted + 7) % 101
                changes += 1
            killer.join()
            self.server.process.wait()
            self.start_supervisor()

            blue, green = (self.named("written", name)["percent"] for name in ("blue", "green"))
            self.assertEqual(blue + green, 100)
            # What was promised last, or what was being written when the kill came.
            self.assertIn(blue, (share, wanted))
            cut += blue == wanted
            share = blue
            self.assertEqual(self.reply("written").status, 200)
        self.assertGreater(changes, KILLS)
        self.tell(23, kills=KILLS, changes=changes, written_and_not_told=cut)

    def is_taken(self, endpoint: str, blue: int) -> bool:
        """Whether the server says that these shares are written down; not, once it is gone."""
        control = ControlSocket(self.server.state / "control.sock")
        traffic = {"blue": blue, "green": 100 - blue}
        asked = {"mode": "update", "name": endpoint, "overrides": [], "traffic": traffic}
        try:
            status, content = control.ask("PUT", "/online-endpoints", asked)
        except (OSError, http.client.HTTPException):
            return False
        finally:
            control.close()
        self.assertEqual(status, 200, content)
        return True


class Leaving(Declared):
    """A server that is told to leave while somebody waits for an answer."""

    def test_fault_22_what_was_taken_is_answered_and_nothing_new_is_before_it_leaves_well(
        self,
    ) -> None:
        self.deploy_faulty("long", 1)
        scorer = self.only_instance("long")["pid"]
        held = self.ask("long", "wait for it")
        self.wait_until_begun("long", "wait for it")

        self.server.process.send_signal(signal.SIGTERM)
        refused = self.wait_for("a refusal", self.refusal)
        self.assertFalse(held.done())
        self.assertIsNone(self.server.process.poll())
        os.kill(scorer, signal.SIGUSR1)

        self.assertEqual(held.result(), (200, b"wait for it"))
        self.assertEqual(self.server.process.wait(60), 0, self.server.last_lines())
        self.assertFalse(self.is_alive(scorer))
        # A reset: it was still in the kernel's queue when the socket stopped to listen. What must
        # not be is a connection that was accepted and closed without a word.
        self.assertIn(refused, ("503", "ConnectionRefusedError", "ConnectionResetError"))
        # For what the test's end asks of it.
        self.server.start()
        self.server.wait_until_up()
        self.server.wait_until_serving("long")

    def refusal(self) -> str:
        """How a new request is turned away; empty while it is taken."""
        url = f"http://127.0.0.1:{self.server.port}/endpoints/long/ping"
        try:
            with urllib.request.urlopen(url, timeout=10):
                return ""
        except urllib.error.HTTPError as error:
            return str(error.code)
        except urllib.error.URLError as error:
            return type(error.reason).__name__
        except ConnectionError as error:
            return type(error).__name__


if __name__ == "__main__":
    unittest.main()
