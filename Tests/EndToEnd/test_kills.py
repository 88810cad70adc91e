# Scorekeeper: a model-serving supervisor.
# SPDX-License-Identifier: Apache-2.0

"""No kill -9 of any process loses a request that was accepted.

One instance of a model that holds each request for 300 ms, default settings, an open loop over 16
connections; each request asks for a number of its own and must be answered with that number.
"""

from __future__ import annotations

import json
import time
import unittest
from typing import Any, Callable, Dict, List

import models
from harness import Call, EndToEnd, OpenLoop

# What others do meanwhile would show in what is judged here.
RUNS_ALONE = True

PER_SECOND = 5.0
"""One instance answers 3.3 such requests a second: some always wait, and one is always taken."""


def number_body(index: int) -> bytes:
    """A body that no other request has."""
    return json.dumps({"inputs": [[index]]}).encode()


def is_its_number(index: int, content: bytes) -> bool:
    """Whether the answer is to that body."""
    return bool(json.loads(content) == {"predictions": [[index]]})


class Kills(EndToEnd):
    """kill -9 under load."""

    arguments = ["--nodes", "2"]
    endpoint = "holding"

    @classmethod
    def setUpClass(cls) -> None:
        super().setUpClass()
        models.write(cls.server.models / cls.endpoint, models.HOLDING)
        cls.server.wait_until_serving(cls.endpoint)

    def setUp(self) -> None:
        self.server.wait_until_serving(self.endpoint)
        self.before = self.only_instance(self.endpoint)
        self.redispatched_before = self.redispatched()
        url = f"http://127.0.0.1:{self.server.port}/endpoints/{self.endpoint}/invocations"
        self.load = OpenLoop(url, number_body, is_its_number, PER_SECOND)
        self.addCleanup(self.load.stop)

    def redispatched(self) -> int:
        """Requests that were scored again so far."""
        return int(self.deployment(self.endpoint)["requests"]["redispatched"])

    def wait_for_calls(self, count: int) -> None:
        """Until so many requests have been answered."""
        self.wait_for(f"call {count}", lambda: len(self.load.calls) >= count)

    def wait_for_new_run(self) -> Dict[str, Any]:
        """Until the instance serves in a new process."""

        def look() -> Any:
            instances = (self.server.deployment(self.endpoint) or {}).get("instances", [])
            return next(
                (
                    one
                    for one in instances
                    if one["state"] == "serving" and one["pid"] != self.before["pid"]
                ),
                None,
            )

        found: Dict[str, Any] = self.wait_for("a new run", look)
        return found

    def finish(self) -> List[Call]:
        """Lets some more requests through, then stops the load."""
        self.wait_for_calls(len(self.load.calls) + 6)
        return self.load.stop()

    def assert_none_failed(self, calls: List[Call]) -> None:
        """Every request was answered with its own number."""
        failed = [call for call in calls if call.status != 200 or call.problem]
        self.assertEqual(failed, [])

    def tell(self, victim: str, killed: float, back: Callable[[], Any]) -> None:
        """Waits for the return and tells how long it took; nothing is asserted of it."""
        back()
        print(f"    {victim}: back after {(time.monotonic() - killed) * 1000:.0f} ms", flush=True)

    def test_fault_1_a_killed_scorer_loses_no_request_and_scores_what_it_held_again(self) -> None:
        self.wait_for_calls(3)
        killed = time.monotonic()
        self.kill(self.before["pid"])

        self.tell("scorer", killed, self.wait_for_new_run)
        calls = self.finish()

        self.assert_none_failed(calls)
        self.assertGreaterEqual(self.redispatched(), self.redispatched_before + 1)
        after = self.only_instance(self.endpoint)
        self.assertGreater(after["incarnation"], self.before["incarnation"])

    def test_fault_20_a_killed_supervisor_is_missed_by_nobody_and_doubles_nothing(self) -> None:
        self.wait_for_calls(3)
        self.kill(self.server.process.pid)
        self.server.process.wait()
        self.wait_for_calls(len(self.load.calls) + 6)

        killed = time.monotonic()
        self.server.start()
        self.tell("supervisor", killed, lambda: self.server.wait_until_serving(self.endpoint))
        calls = self.finish()

        self.assert_none_failed(calls)
        after = self.only_instance(self.endpoint)
        self.assertEqual(after["pid"], self.before["pid"])
        self.assertEqual(after["incarnation"], self.before["incarnation"])
        self.wait_for(
            "what it serves in",
            lambda: self.deployment(self.endpoint)["environment"]["state"] == "built",
        )

    def test_fault_34_a_killed_node_loses_no_request_and_its_instance_comes_back(self) -> None:
        self.wait_for_calls(3)
        nodes = {one["name"]: one for one in self.server.status()["nodes"]}
        node = nodes[self.before["node"]]
        killed = time.monotonic()
        self.kill(node["pid"])

        self.tell("node", killed, self.wait_for_new_run)
        calls = self.finish()

        self.assert_none_failed(calls)
        self.assertFalse(self.is_alive(self.before["pid"]))

    def test_a_killed_gateway_loses_only_what_was_on_the_wire(self) -> None:
        self.wait_for_calls(3)
        gateway = self.server.status()["gateway"]["pid"]
        killed = time.monotonic()
        self.kill(gateway)

        self.tell(
            "gateway",
            killed,
            lambda: self.wait_for(
                "a new gateway",
                lambda: self.server.status()["gateway"].get("pid", gateway) != gateway,
            ),
        )
        calls = self.finish()

        failed = [call for call in calls if call.status != 200 or call.problem]
        refused = [call for call in failed if call.problem == "ConnectionRefusedError"]
        self.assertEqual(refused, [])
        # What was on the wire was due before the kill, or was sent before its client could know.
        late = [call for call in failed if call.due > killed + 0.1]
        self.assertEqual(late, [])
        after = self.only_instance(self.endpoint)
        self.assertEqual(after["pid"], self.before["pid"])


if __name__ == "__main__":
    unittest.main()
