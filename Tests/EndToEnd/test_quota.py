# Scorekeeper: a model-serving supervisor.
# SPDX-License-Identifier: Apache-2.0

"""Cores that are declared, reserved by instance types, and refused where there are none left."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any, Dict, List, Optional

import command
import own_scorer
from commanded import Commanded
from harness import EndToEnd

DOCUMENT = """\
endpoint_name: {endpoint}
name: blue
instance_count: {instances}
{type}
properties:
  scorekeeper.scorer: {scorer}
"""

TYPES = """\
half: { cores: 0.5, memory: 256MiB }
whole: { cores: 4, memory: 256MiB, exempt_from_reserve: true }
"""


class DeclaringServer(Commanded):
    """A server that says how many cores it has, and types of its own."""

    capacity = "cores=64"

    @classmethod
    def prepare(cls, folder: Path) -> Path:
        types = folder / "types.yml"
        types.write_text(TYPES)
        cls.arguments = [*cls.arguments, "--capacity", cls.capacity, "--instance-types", str(types)]
        cls.tell = own_scorer.build(folder / "tell")
        return super().prepare(folder)

    def ask_for(self, endpoint: str, instances: int, type: Optional[str]) -> command.Done:
        """A deployment of so many instances of a type."""
        file = Path(self._folder.name) / f"{endpoint}.yml"
        line = f"instance_type: {type}" if type else "tags: {}"
        file.write_text(
            DOCUMENT.format(endpoint=endpoint, instances=instances, type=line, scorer=self.tell)
        )
        return self.run_command("deploy", "-f", file, "--no-wait")

    def quota(self) -> Dict[str, Any]:
        """What `quota` tells programs."""
        done = self.run_command("quota", "--output", "json")
        self.assertEqual(done.code, command.DONE, done.err)
        content: Dict[str, Any] = done.content
        return content

    def figures(self, name: str) -> List[int]:
        """A figure of each node."""
        return [node[f"{name}Millicores"] for node in self.quota()["nodes"]]

    def clear(self, *endpoints: str) -> None:
        """Deletes, and waits until nothing is held."""
        for endpoint in endpoints:
            self.run_command("delete", endpoint)
        self.wait_for("an empty machine", lambda: not any(self.figures("reserved")))

    def endpoints(self) -> List[str]:
        """The endpoints there are."""
        return [endpoint["name"] for endpoint in self.server.status()["endpoints"]]


class OneNode(DeclaringServer):
    """A machine of one node that says that it has 64 cores."""

    def test_row_44_what_has_no_reserve_is_refused_before_anything_starts(self) -> None:
        # Asked at once: the node need not have joined for its cores to be known.
        first = self.ask_for("first", 5, "Standard_DS3_v2")
        refused = self.ask_for("second", 10, "standard_ds3_v2")
        there = self.endpoints()
        taken = self.ask_for("second", 8, "Standard_DS3_v2")

        self.assertEqual(first.code, command.DONE, first.err)
        self.assertEqual(refused.code, command.NO_ROOM, refused.err)
        self.assertIn(
            "OutOfQuota: needs 12 x 4 = 48 cores, 40 of 64 are free; "
            "largest that fits: 8 instances",
            refused.err,
        )
        self.assertIn("--capacity cores=72", refused.err)
        self.assertEqual(there, ["first"])
        self.assertEqual(taken.code, command.DONE, taken.err)
        self.server.wait_until_serving("first", 5)
        self.server.wait_until_serving("second", 8)
        self.assertEqual(self.figures("used"), [52_000])
        self.assertEqual(self.figures("pooled"), [12_000])
        self.assertEqual(self.figures("free"), [0])
        one_more = self.ask_for("third", 1, "half")
        self.assertIn("needs 2 x 0.5 = 1 core, 0 of 64 are free", one_more.err)
        self.assertEqual(self.ask_for("sharing", 2, None).code, command.DONE)
        self.server.wait_until_serving("sharing", 2)
        self.assertEqual(self.quota()["nodes"][0]["sharing"], 2)
        table = self.run_command("quota").out
        self.assertRegex(table, r"second/blue +Standard_DS3_v2 +8 +10 x 4 = 40 cores")
        self.assertRegex(table, r"sharing/blue +shared +2 +nothing: it shares")
        self.clear("first", "second", "sharing")

    def test_a_type_that_is_exempt_keeps_nothing_for_upgrades(self) -> None:
        self.assertEqual(self.ask_for("exempt", 16, "whole").code, command.DONE)

        self.assertEqual(self.figures("reserved"), [64_000])
        self.clear("exempt")

    def test_a_type_of_ones_own_bounds_its_instances_and_changing_it_is_a_revision(self) -> None:
        self.ask_for("bounded", 1, "HALF")
        first = self.server.wait_until_serving("bounded")
        self.assertEqual(self.figures("reserved"), [1_000])
        self.ask_for("bounded", 1, None)

        second = self.wait_for(
            "the second revision",
            lambda: self.changed("bounded", first["revision"]),
        )

        instance = first["instances"][0]
        if instance["isolation"] == "limited":
            self.assertEqual(instance["enclosure"]["millicores"], 500)
            self.assertEqual(instance["enclosure"]["memoryBytes"], 256 << 20)
            # A weight, never a quota.
            self.assertNotIn("millicores", second["instances"][0]["enclosure"])
        self.clear("bounded")

    def changed(self, endpoint: str, revision: Any) -> Optional[Dict[str, Any]]:
        """The endpoint's deployment once another revision serves alone."""
        deployment = self.deployment(endpoint)
        serves = deployment["state"] == "serving" and deployment["revision"] != revision
        alone = len(deployment["instances"]) == 1
        return deployment if serves and alone else None

    def test_a_type_that_nobody_knows_is_refused_at_its_place(self) -> None:
        done = self.ask_for("unknown", 1, "Standard_DS3v2")

        self.assertEqual(done.code, command.BAD_INPUT)
        self.assertIn("unknown.yml:4:16: there is no instance type 'Standard_DS3v2'", done.err)
        self.assertIn("did you mean 'Standard_DS3_v2'?", done.err)
        self.assertNotIn("unknown", self.endpoints())

    def test_a_type_with_gpus_is_told_to_have_none_here(self) -> None:
        done = self.ask_for("gpus", 1, "Standard_NC24ads_A100_v4")

        self.assertEqual(done.code, command.DONE, done.err)
        self.assertIn("has 1 GPU, and scorers are given none", done.out + done.err)
        self.assertEqual(self.figures("reserved"), [24_000])
        self.clear("gpus")

    def test_more_than_there_is_is_told(self) -> None:
        words = r"overcommitted: 64 cores are declared and [0-9.]+ are there"

        self.assertRegex(self.run_command("quota").out, words)
        self.assertRegex(self.run_command("status").out, words)


class ThreeNodes(DeclaringServer):
    """A machine of three nodes, of which one is lost, and which is declared smaller later."""

    arguments = ["--nodes", "3"]
    capacity = "cores=24"

    def test_quota_is_told_by_node_and_follows_what_is_declared_later(self) -> None:
        self.assertEqual(self.ask_for("spread", 5, "Standard_DS2_v2").code, command.DONE)
        self.server.wait_until_serving("spread", 5)
        quota = self.quota()

        self.assertEqual([node["millicores"] for node in quota["nodes"]], [8_000] * 3)
        self.assertEqual(sum(node["usedMillicores"] for node in quota["nodes"]), 10_000)
        self.assertEqual(sum(node["pooledMillicores"] for node in quota["nodes"]), 2_000)
        self.assertEqual([node["loss"] for node in quota["nodes"]], [[], [], []])
        refused = self.ask_for("vast", 1, "Standard_D16_v5")
        self.assertRegex(refused.err, r"12 of 24 are free \(node-1 \d, node-2 \d, node-3 \d\)")
        self.assertIn("largest that fits: none", refused.err)

        # The nodes live on; what they give out is the new supervisor's to say.
        self.server.process.kill()
        self.server.process.wait()
        self.server.more_arguments[self.server.more_arguments.index("cores=24")] = "cores=6"
        self.server.start()
        self.server.wait_until_up()
        self.wait_for("the nodes", lambda: all(n["isJoined"] for n in self.quota()["nodes"]))

        self.assertEqual(self.figures("used"), [4_000, 4_000, 2_000])
        self.assertLess(min(self.figures("free")), 0)
        self.assertEqual(self.deployment("spread")["serving"], 5)


class WrongDeclarations(EndToEnd):
    """What a server refuses before it starts."""

    @classmethod
    def setUpClass(cls) -> None:
        """Needs no server."""

    def serve(self, *arguments: "str | Path") -> command.Done:
        """A server that cannot start."""
        with tempfile.TemporaryDirectory(prefix="scorekeeper-test-") as state:
            return command.run("serve", "--listen", "127.0.0.1:0", *arguments, state=Path(state))

    def test_a_capacity_that_cannot_be_read_is_refused(self) -> None:
        for text in ("64", "cores=0", "cores=2,gpus=1", "memory=much"):
            done = self.serve("--capacity", text)
            self.assertEqual(done.code, command.BAD_INPUT, done.err)
            self.assertIn("write '--capacity cores=64'", done.err)

    def test_types_that_cannot_be_read_are_all_told_with_their_places(self) -> None:
        with tempfile.TemporaryDirectory(prefix="scorekeeper-test-") as folder:
            file = Path(folder) / "types.yml"
            file.write_text("one: { cores: none, memory: 1GiB }\ntwo: { core: 1, memory: 1GiB }\n")
            wrong = self.serve("--instance-types", file)
            missing = self.serve("--instance-types", Path(folder) / "other.yml")

        self.assertEqual(wrong.code, command.BAD_INPUT, wrong.err)
        self.assertIn("types.yml:1:15: 'cores' is 'none'", wrong.err)
        self.assertIn("types.yml:2:8: the type 'two' has no key 'core'", wrong.err)
        self.assertEqual(missing.code, command.NOT_FOUND, missing.err)
