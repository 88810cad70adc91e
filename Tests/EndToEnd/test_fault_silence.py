# Scorekeeper: a model-serving supervisor.
# SPDX-License-Identifier: Apache-2.0

"""Row 34 of the fault table, without the node's death: nodes that are stopped, or get no time.

Their scorers go on, for the gateway holds their lanes; what such a node cannot do, another does.
"""

from __future__ import annotations

import os
import select
import signal
import time
import unittest
from pathlib import Path
from typing import Any, Dict, List, Set

import command
from processes import tree
from starved import Starved
from versioned import INSTANCES, Versioned

# What others do meanwhile would show in what is judged here.
RUNS_ALONE = True

BURSTS = 8
# Shorter than the supervisor's patience, and as long again between two.
BURST_SECONDS = 0.8


def name_of(pid: int) -> str:
    """How the kernel calls a process; nothing where it has gone."""
    try:
        return Path(f"/proc/{pid}/comm").read_text().strip()
    except OSError:
        return ""


class Silent(Versioned):
    """Three nodes on one machine."""

    arguments = ["--nodes", "3"]

    def node(self, name: str) -> Dict[str, Any]:
        """A node as status tells it."""
        found: Dict[str, Any] = next(
            one for one in self.server.status()["nodes"] if one["name"] == name
        )
        return found

    def stop_node(self, name: str) -> None:
        """SIGSTOP, until the test is over at the latest."""
        pid = self.node(name)["pid"]
        self.addCleanup(os.kill, pid, signal.SIGCONT)
        os.kill(pid, signal.SIGSTOP)

    def wait_for_silence(self, name: str, is_silent: bool) -> None:
        """Until the supervisor knows of it."""
        self.wait_for(
            f"{name}'s {'silence' if is_silent else 'voice'}",
            lambda: bool(self.node(name).get("isSilent")) == is_silent,
        )

    def held(self, name: str) -> List[Dict[str, Any]]:
        """The instances of an endpoint."""
        found: List[Dict[str, Any]] = self.deployment(name)["instances"]
        return found

    def pids(self, name: str) -> List[int]:
        """The processes that serve."""
        return sorted(one["pid"] for one in self.held(name) if one["state"] == "serving")

    def scorers(self) -> Set[int]:
        """Every process of a scorer below the server."""
        return {pid for pid in tree(self.server.process.pid) if name_of(pid) == self.scorer.name}

    def test_fault_34_a_stopped_node_costs_nobody_its_scorers_and_what_dies_is_replaced(
        self,
    ) -> None:
        self.begin("stopped")
        before = self.pids("stopped")

        self.stop_node("node-2")
        self.wait_for_silence("node-2", True)
        self.wait_for_calls(100)
        meanwhile = self.pids("stopped")
        victim = next(one for one in self.held("stopped") if one["node"] == "node-2")
        killed = time.monotonic()
        self.kill(victim["pid"])
        self.wait_for("its end", lambda: self.pids("stopped") != before)
        self.wait_for(
            "another in its stead", lambda: len(self.pids("stopped")) == INSTANCES
        )
        replaced = time.monotonic() - killed
        held_most = len(self.held("stopped"))
        shown = self.server.run("status")
        os.kill(self.node("node-2")["pid"], signal.SIGCONT)
        self.wait_for_silence("node-2", False)
        self.wait_for("the rest's end", lambda: len(self.held("stopped")) == INSTANCES)
        self.wait_for_calls(100)
        failed = self.finish()

        print(f"fault 34: a stopped node: seconds_until_replaced={replaced:.2f}")
        self.assertEqual(meanwhile, before)
        self.assertLessEqual(held_most, INSTANCES + 1)
        self.assertIn("answers nothing", shown)
        after = self.pids("stopped")
        self.assertEqual(len(set(after)), INSTANCES)
        self.assertEqual(len(set(after) & set(before)), INSTANCES - 1)
        # What the killed one had in hand, and nothing else.
        self.assertLessEqual({call.status for call in failed}, {502})
        self.assertLessEqual(len(failed), 1)
        self.wait_for("no process but theirs", lambda: self.scorers() == set(after))

    def test_fault_34_a_node_that_stands_still_again_and_again_moves_nothing(self) -> None:
        self.begin("slow")
        before = [(one["id"], one["node"], one["pid"]) for one in self.held("slow")]
        pid = self.node("node-1")["pid"]
        self.addCleanup(os.kill, pid, signal.SIGCONT)

        for _ in range(BURSTS):
            os.kill(pid, signal.SIGSTOP)
            # Nothing can come of one that is stopped: this is how long it is.
            select.select([], [], [], BURST_SECONDS)
            os.kill(pid, signal.SIGCONT)
            self.wait_for_calls(40)
        failed = self.finish()

        self.assertEqual(failed, [])
        after = [(one["id"], one["node"], one["pid"]) for one in self.held("slow")]
        self.assertEqual(after, before)
        self.assertFalse(self.node("node-1").get("isSilent"))

    def test_fault_34_a_node_that_gets_next_to_no_time_costs_no_request_and_what_dies_is_replaced(
        self,
    ) -> None:
        starved = Starved.make()
        if starved is None:
            self.skipTest("this machine lets us bound nobody's time: no cgroup can be made")
        self.addCleanup(starved.end)
        self.begin("starved")
        before = self.pids("starved")

        starved.take(self.node("node-1")["pid"])
        self.wait_for_calls(100)
        meanwhile = self.pids("starved")
        victim = next(one for one in self.held("starved") if one["node"] == "node-1")
        killed = time.monotonic()
        self.kill(victim["pid"])
        self.wait_for(
            "another in its stead",
            lambda: victim["pid"] not in self.pids("starved")
            and len(self.pids("starved")) == INSTANCES,
        )
        replaced = time.monotonic() - killed
        throttled = starved.throttled()
        starved.end()
        self.wait_for_silence("node-1", False)
        self.wait_for("the rest's end", lambda: len(self.held("starved")) == INSTANCES)
        self.wait_for_calls(100)
        failed = self.finish()

        print(f"fault 34: a starved node: seconds_until_replaced={replaced:.2f}")
        self.assertGreater(throttled, 0)
        self.assertEqual(meanwhile, before)
        after = self.pids("starved")
        self.assertEqual(len(set(after) & set(before)), INSTANCES - 1)
        # What the killed one had in hand, and nothing else.
        self.assertLessEqual({call.status for call in failed}, {502})
        self.assertLessEqual(len(failed), 1)
        self.wait_for("no process but theirs", lambda: self.scorers() == set(after))

    def test_a_node_that_is_undrained_is_given_its_part_again(self) -> None:
        self.begin("spread")
        self.server.run("node", "drain", "node-3")
        self.addCleanup(command.run, "node", "undrain", "node-3", state=self.server.state)
        without = {one["node"] for one in self.held("spread")}

        self.server.run("node", "undrain", "node-3")
        self.wait_for(
            "its part",
            lambda: len(self.held("spread")) == INSTANCES
            and {one["node"] for one in self.held("spread")} == {"node-1", "node-2", "node-3"},
        )
        failed = self.finish()

        self.assertNotIn("node-3", without)
        self.assertEqual(failed, [])
        self.assertEqual(self.deployment("spread")["serving"], INSTANCES)


if __name__ == "__main__":
    unittest.main()
