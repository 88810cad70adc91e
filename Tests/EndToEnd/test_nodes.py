# Scorekeeper: a model-serving supervisor.
# SPDX-License-Identifier: Apache-2.0

"""Nodes that are drained, lost and found, with real scorers under load."""

from __future__ import annotations

import time
import unittest
from typing import Set

import command
from versioned import INSTANCES, Versioned


class Nodes(Versioned):
    """Three nodes on one machine."""

    arguments = ["--nodes", "3"]

    def nodes_of(self, name: str) -> Set[str]:
        """Where an endpoint's instances have their places."""
        return {one.get("node", "") for one in self.deployment(name)["instances"]}

    def node_pid(self, node: str) -> int:
        """The process of a node."""
        nodes = self.server.status()["nodes"]
        return int(next(one.get("pid") or 0 for one in nodes if one["name"] == node))

    def test_a_node_is_drained_by_way_of_the_surge_and_nothing_is_cut(self) -> None:
        self.begin("moved")
        before = self.nodes_of("moved")

        said = self.server.run("node", "drain", "node-2")
        self.addCleanup(command.run, "node", "undrain", "node-2", state=self.server.state)
        self.wait_for_calls(100)
        after = self.nodes_of("moved")
        again = command.run("node", "drain", "node-2", state=self.server.state)
        unknown = command.run("node", "drain", "node-9", state=self.server.state)
        shown = self.server.run("status")

        self.assertEqual(self.finish(), [])
        self.assertEqual(before, {"node-1", "node-2", "node-3"})
        self.assertEqual(after, {"node-1", "node-3"})
        self.assertEqual(len(self.deployment("moved")["instances"]), INSTANCES)
        self.assertIn("it holds 0 instances", said)
        self.assertIn("drained, 0 instances left", shown)
        self.assertEqual((again.code, unknown.code), (command.NO_ROOM, command.NOT_FOUND))

    def test_fault_34_what_a_lost_node_held_serves_elsewhere_and_the_node_returns(self) -> None:
        self.begin("lost")
        pid = self.node_pid("node-3")

        killed = time.monotonic()
        self.kill(pid)
        self.wait_for("the loss", lambda: "node-3" not in self.nodes_of("lost"))
        self.server.wait_until_serving("lost", INSTANCES)
        replaced = time.monotonic() - killed
        self.wait_for_calls(100)
        self.wait_for("its return", lambda: self.node_pid("node-3") not in (pid, 0))
        failed = self.finish()

        print(f"fault 34: seconds_until_all_served={replaced:.2f}")
        # Nothing of a program of one's own is scored twice: what a dead one had in hand is told.
        self.assertLessEqual({call.status for call in failed}, {502})
        self.assertLessEqual(len(failed), INSTANCES)


if __name__ == "__main__":
    unittest.main()
