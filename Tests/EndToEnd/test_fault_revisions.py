# Scorekeeper: a model-serving supervisor.
# SPDX-License-Identifier: Apache-2.0

"""Rows 11, 13 and 18 of the fault table: what becomes of a revision that is rolled in under load.

Five instances of a scorer in C. While one revision takes the other's place never fewer than five
serve and never more than six are held; one that does not get ready leaves nothing behind.
"""

from __future__ import annotations

import os
import signal
import threading
import time
import unittest
from collections import Counter
from typing import Any, Dict, List

from control import ControlSocket
from faulty import Faulty
from harness import OpenLoop, ServerFailed

# What others do meanwhile would show in what is judged here.
RUNS_ALONE = True

WANTED = 5
PAUSE_SECONDS = 0.01
SURGE = 1


class Watch(threading.Thread):
    """Looks at a deployment again and again, as fast as the server tells."""

    def __init__(self, control: ControlSocket, endpoint: str) -> None:
        super().__init__()
        self.control = control
        self.endpoint = endpoint
        self.over = threading.Event()
        self.serving: List[int] = []
        self.held: List[int] = []
        self.start()

    def run(self) -> None:
        """Until it is told to end."""
        while not self.over.wait(PAUSE_SECONDS):
            for one in self.control.ask("GET", "/status")[1]["endpoints"]:
                if one["name"] == self.endpoint:
                    instances = one["deployments"][0]["instances"]
                    states = [instance["state"] for instance in instances]
                    self.serving.append(states.count("serving"))
                    # One that is not started again holds no place.
                    self.held.append(len(states) - states.count("failed"))

    def end(self) -> None:
        """No more looks."""
        self.over.set()
        self.join()
        self.control.close()


class Revisions(Faulty):
    """Five instances and their load."""

    def change(self, name: str, *arguments: str) -> str:
        """Deploys the scorer with other arguments; what the command says."""
        counted = ["--name", name, "--instances", str(WANTED)]
        return self.server.run("deploy", "--scorer", str(self.scorer), *counted, "--", *arguments)

    def begin(self, name: str) -> None:
        """The first revision serves under load and is watched."""
        self.deploy_faulty(name, WANTED, "--say", "old")
        self.answered: "Counter[bytes]" = Counter()

        def note(_: int, content: bytes) -> bool:
            self.answered[content] += 1
            return content in (b"old", b"new")

        url = f"http://127.0.0.1:{self.server.port}/endpoints/{name}/score"
        self.load = OpenLoop(url, lambda _: b"{}", note, 200)
        self.addCleanup(self.load.stop)
        self.watch = Watch(ControlSocket(self.server.state / "control.sock"), name)
        self.addCleanup(self.watch.end)
        self.wait_for("the load", lambda: len(self.load.calls) >= 100)

    def lives(self, name: str) -> Dict[str, Any]:
        """Process and life of each instance that has a process."""
        return {
            one["id"]: (one["pid"], one["incarnation"])
            for one in self.instances(name)
            if one.get("pid")
        }

    def test_fault_11_a_revision_that_never_gets_ready_is_given_up_and_leaves_nothing(self) -> None:
        self.begin("unready")
        before = self.lives("unready")

        with self.assertRaises(ServerFailed) as failed:
            self.change("unready", "--exit-at-start")
        self.wait_for("the surge's end", lambda: len(self.lives("unready")) == WANTED)
        calls = self.load.stop()
        self.watch.end()

        self.assertEqual([call for call in calls if call.status != 200 or call.problem], [])
        self.assertEqual(self.lives("unready"), before)
        self.assertEqual([one["state"] for one in self.instances("unready")[WANTED:]], ["failed"])
        self.assertGreaterEqual(min(self.watch.serving), WANTED)
        self.assertLessEqual(max(self.watch.held), WANTED + SURGE)
        self.assertIn("never got ready", str(failed.exception))
        self.assertIn("these are its last words", self.server.run("logs", "unready"))
        self.assertEqual(set(self.answered), {b"old"})
        self.tell(11, requests=len(calls), requests_lost=0, looks=len(self.watch.held))

    def test_fault_13_a_revision_takes_the_others_place_under_load_and_nobody_notices(self) -> None:
        self.begin("rolled")
        before = self.lives("rolled")
        began = time.monotonic()

        self.change("rolled", "--say", "new")
        self.wait_for(
            "the new one alone",
            lambda: len(self.instances("rolled")) == WANTED
            and not set(self.lives("rolled").values()) & set(before.values()),
        )
        seconds = time.monotonic() - began
        self.wait_for("answers of the new", lambda: self.answered[b"new"] >= 200)
        calls = self.load.stop()
        self.watch.end()

        self.assertEqual([call for call in calls if call.status != 200 or call.problem], [])
        self.assertGreaterEqual(min(self.watch.serving), WANTED)
        self.assertEqual(max(self.watch.held), WANTED + SURGE)
        waits = sorted(call.ended - call.due for call in calls)
        self.tell(
            13,
            ms_of_the_rollout=seconds * 1e3,
            requests=len(calls),
            requests_lost=0,
            looks=len(self.watch.held),
            ms_median=waits[len(waits) // 2] * 1e3,
            ms_longest=waits[-1] * 1e3,
        )

    def test_fault_18_what_loads_for_long_is_let_be_where_a_server_of_requests_would_be_ended(
        self,
    ) -> None:
        self.deploy_faulty("hung", 1)
        hung = self.only_instance("hung")
        arguments = ["--scorer", str(self.scorer), "--name", "loading", "--no-wait"]
        self.server.run("deploy", *arguments, "--", "--load-until-told")
        self.addCleanup(self.server.run, "delete", "loading")
        loading = self.wait_for(
            "one that loads",
            lambda: [
                one
                for one in (self.server.deployment("loading") or {"instances": []})["instances"]
                if one["state"] == "starting" and one.get("pid")
            ],
        )[0]

        # Both do nothing from here on; only of one is anything expected.
        os.kill(loading["pid"], signal.SIGSTOP)
        os.kill(hung["pid"], signal.SIGSTOP)
        held = self.ask("hung", "fine")
        self.wait_until_replaced("hung", [hung])
        now = self.only_instance("loading")
        os.kill(loading["pid"], signal.SIGCONT)
        os.kill(loading["pid"], signal.SIGUSR1)
        self.server.wait_until_serving("loading")

        self.assertEqual(held.result(), (200, b"fine"))
        for one in (now, self.only_instance("loading")):
            self.assertEqual((one["pid"], one["restarts"]), (loading["pid"], 0))
        self.assertEqual(self.score("loading", b"fine", "score"), (200, b"fine"))


if __name__ == "__main__":
    unittest.main()
