# Scorekeeper: a model-serving supervisor.
# SPDX-License-Identifier: Apache-2.0

"""Rows 14 and 34 of the fault table: what a lost node costs, and what its recovery may take.

Three nodes on one machine, each with as many cores as it is told; every instance takes one core
for itself, and what is reserved beyond them is all that recovery and rollouts may draw on.
"""

from __future__ import annotations

import threading
import time
import unittest
from pathlib import Path
from typing import Any, Dict, List

import command
from control import ControlSocket
from faulty import Faulty
from harness import OpenLoop

# What others do meanwhile would show in what is judged here.
RUNS_ALONE = True

TYPES = "single: { cores: 1, memory: 256MiB }\n"
DOCUMENT = """\
endpoint_name: {name}
instance_type: single
instance_count: 5
properties:
  scorekeeper.scorer: {scorer} --say {word}
  scorekeeper.retry: once
"""
WANTED = 5
PAUSE_SECONDS = 0.01


class Machine(threading.Thread):
    """Looks at nodes and instances again and again, as fast as the server tells."""

    def __init__(self, state: Path, endpoint: str) -> None:
        super().__init__()
        self.control = ControlSocket(state / "control.sock")
        self.endpoint = endpoint
        self.over = threading.Event()
        self.looks: List[Dict[str, Any]] = []
        self.start()

    def run(self) -> None:
        """Until it is told to end."""
        while not self.over.wait(PAUSE_SECONDS):
            nodes = self.control.ask("GET", "/quota")[1]["nodes"]
            status = self.control.ask("GET", "/status")[1]
            instances = [
                one
                for endpoint in status["endpoints"]
                if endpoint["name"] == self.endpoint
                for deployment in endpoint["deployments"]
                for one in deployment["instances"]
            ]
            self.looks.append({"nodes": nodes, "instances": instances})

    def end(self) -> None:
        """No more looks."""
        self.over.set()
        self.join()
        self.control.close()


class Nodes(Faulty):
    """Five instances of a core each."""

    arguments = ["--nodes", "3"]
    capacity = ""

    @classmethod
    def prepare(cls, folder: Path) -> Path:
        types = folder / "types.yml"
        types.write_text(TYPES)
        more = ["--capacity", cls.capacity, "--instance-types", str(types)]
        cls.arguments = ["--nodes", "3", *more]
        return super().prepare(folder)

    def declare(self, name: str, word: str) -> None:
        """Deploys five that say that word, and does not wait."""
        file = Path(self._folder.name) / f"{name}-{word}.yml"
        file.write_text(DOCUMENT.format(name=name, scorer=self.scorer, word=word))
        done = command.run("deploy", "-f", file, "--no-wait", state=self.server.state)
        self.assertEqual(done.code, command.DONE, done)

    def begin(self, name: str) -> OpenLoop:
        """The five serve, under load and looked at."""
        self.declare(name, "old")
        self.server.wait_until_serving(name, WANTED)
        url = f"http://127.0.0.1:{self.server.port}/endpoints/{name}/score"
        load = OpenLoop(url, lambda _: b"{}", lambda _, said: said in (b"old", b"new"), 100)
        self.addCleanup(load.stop)
        self.machine = Machine(self.server.state, name)
        self.addCleanup(self.machine.end)
        self.wait_for("the load", lambda: len(load.calls) >= 20)
        return load

    def kill_node_of(self, instance: Dict[str, Any]) -> str:
        """kill -9 of the node that holds the instance; the node's name."""
        self.kill_node(instance["node"])
        return str(instance["node"])

    def kill_node(self, name: str) -> None:
        """kill -9 of that node."""
        nodes = self.server.status()["nodes"]
        self.kill(next(one["pid"] for one in nodes if one["name"] == name))

    def assert_never_overcommitted(self) -> None:
        """At no look was more given out than there was, by any node."""
        self.assertGreater(len(self.machine.looks), 0)
        for look in self.machine.looks:
            for node in look["nodes"]:
                self.assertLessEqual(node["usedMillicores"], node["millicores"], look)
                self.assertGreaterEqual(node["freeMillicores"], 0, look)

    def returned(self) -> bool:
        """Whether all nodes are there."""
        content = command.run("quota", "--output", "json", state=self.server.state).content
        return all(node["isJoined"] for node in content["nodes"])


class Roomy(Nodes):
    """Each node has room for what another's loss leaves without a place."""

    capacity = "cores=9"

    def test_fault_34_what_a_lost_node_held_serves_elsewhere_on_the_reserve(self) -> None:
        load = self.begin("moved")
        before = self.instances("moved")

        killed = time.monotonic()
        node = self.kill_node_of(before[0])
        lost = [one for one in before if one["node"] == node]
        self.wait_until_replaced("moved", lost)
        seconds = time.monotonic() - killed
        # The more often it dies, the longer it stays away.
        for _ in range(3):
            self.wait_for("the node's return", self.returned)
            self.kill_node(node)
        self.wait_for("the node's return", self.returned)
        calls = load.stop()
        self.machine.end()

        self.assertEqual([call for call in calls if call.status != 200 or call.problem], [])
        for one in lost:
            self.assertFalse(self.is_alive(one["pid"]))
        kept = {one["id"]: one["pid"] for one in before if one not in lost}
        after = {one["id"]: one["pid"] for one in self.instances("moved")}
        self.assertEqual({name: after[name] for name in kept}, kept)
        away = [
            look
            for look in self.machine.looks
            if any(not one["isJoined"] for one in look["nodes"])
        ]
        self.assertNotEqual(away, [], "nobody was told that the node was away")
        self.assert_never_overcommitted()
        self.tell(
            34,
            instances_lost=len(lost),
            ms_until_replaced=seconds * 1e3,
            looks_without_the_node=len(away),
            requests=len(calls),
            requests_lost=0,
        )


class Tight(Nodes):
    """All there is, is reserved: five serve on six cores, two of them on each node."""

    capacity = "cores=6"

    def test_fault_14_an_upgrade_waits_while_recovery_has_the_reserve(self) -> None:
        load = self.begin("upgraded")
        before = self.instances("upgraded")
        full = {
            name: [one for one in before if one["node"] == name]
            for name in {one["node"] for one in before}
        }
        held = max(full.values(), key=len)
        self.assertEqual(len(held), 2)

        # One of the two finds the last core elsewhere; the other waits, and the upgrade with it.
        self.kill_node_of(held[0])
        self.declare("upgraded", "new")
        said: List[bytes] = []

        def is_new() -> bool:
            said.append(self.score("upgraded", b"{}", "score")[1])
            return len(self.instances("upgraded")) == WANTED and said[-20:] == [b"new"] * 20

        self.wait_for("the new revision alone", is_new)
        self.wait_for("the node's return", self.returned)
        calls = load.stop()
        self.machine.end()

        self.assertEqual([call for call in calls if call.status != 200 or call.problem], [])
        self.assert_never_overcommitted()
        held_most = max(len(look["instances"]) for look in self.machine.looks)
        # The last of them is the surge; a process of each would be a seventh core.
        self.assertLessEqual(held_most, WANTED + 1)
        waiting = [
            look
            for look in self.machine.looks
            if any(one["state"] == "waiting" for one in look["instances"])
        ]
        self.assertNotEqual(waiting, [], "nothing waited, though not everything had a place")
        serving = [
            sum(one["state"] == "serving" for one in look["instances"])
            for look in self.machine.looks
        ]
        self.assertGreaterEqual(min(serving), WANTED - len(held))
        self.assertEqual(self.deployment("upgraded")["serving"], WANTED)
        self.tell(
            14,
            looks=len(self.machine.looks),
            looks_at_one_that_waited=len(waiting),
            fewest_serving=min(serving),
            requests=len(calls),
            requests_lost=0,
        )


if __name__ == "__main__":
    unittest.main()
