# Scorekeeper: a model-serving supervisor.
# SPDX-License-Identifier: Apache-2.0

"""Rows 9 and 10 of the fault table: scorers that never start, and scorers that never stay.

Starts wait longer each time, so that neither costs much; what was never ready is given up after
five starts, and what serves beside it goes on. Nothing that serves is ended because its peer does
not.
"""

from __future__ import annotations

import time
import unittest
from typing import Any, Dict, List, Tuple

from faulty import Faulty
from harness import Call, OpenLoop, ServerFailed
from processes import cpu_seconds, tree


def numbered(index: int) -> bytes:
    """A body that no other request has."""
    return b"number %d" % index


def is_its_own(index: int, content: bytes) -> bool:
    """Whether the answer is to that body."""
    return content == numbered(index)


def share(times: List[Tuple[float, float]]) -> float:
    """Percent of a core that was used between two looks at the clock and at the processes."""
    (began, before), (ended, after) = times
    return 100 * (after - before) / (ended - began)


class Starts(Faulty):
    """Instances that come and go."""

    def load(self, name: str) -> OpenLoop:
        """A hundred requests a second."""
        url = f"http://127.0.0.1:{self.server.port}/endpoints/{name}/score"
        load = OpenLoop(url, numbered, is_its_own, 100)
        self.addCleanup(load.stop)
        return load

    def test_fault_9_a_scorer_that_exits_at_its_start_is_given_up_and_the_old_one_serves(
        self,
    ) -> None:
        self.deploy_faulty("looping", 1)
        before = self.only_instance("looping")
        load = self.load("looping")
        processes = tree(self.server.process.pid)
        times = [(time.monotonic(), cpu_seconds(processes))]
        self.wait_for("the load by itself", lambda: len(load.calls) >= 100)
        times.append((time.monotonic(), cpu_seconds(processes)))

        with self.assertRaises(ServerFailed) as failed:
            arguments = ("--scorer", str(self.scorer), "--name", "looping", "--", "--exit-at-start")
            self.server.run("deploy", *arguments)
        times.append((time.monotonic(), cpu_seconds(processes)))

        calls = load.stop()
        said = str(failed.exception)
        self.assertIn("5 starts in a row never got ready", said)
        self.assertIn("r1 goes on serving", said)
        self.assertIn("these are its last words", self.server.run("logs", "looping"))
        self.assertEqual([call for call in calls if call.status != 200 or call.problem], [])
        after = self.instances("looping")[0]
        self.assertEqual((after["pid"], after["state"]), (before["pid"], "serving"))
        self.tell(
            9,
            ms_until_given_up=(times[2][0] - times[1][0]) * 1e3,
            percent_of_a_core_beside_the_load=share(times[1:]) - share(times[:2]),
            requests=len(calls),
            requests_lost=0,
        )

    def flaps(self, name: str, *arguments: str) -> Tuple[List[Call], Dict[str, Any]]:
        """Two instances, the second of which ends again and again; the load, and the second."""
        selected = ["--scorer", str(self.scorer), "--name", name, "--instances", "2", "--no-wait"]
        self.server.run("deploy", *selected, "--", *arguments)
        self.addCleanup(self.server.run, "delete", name)
        first = self.wait_for(
            "the steady one",
            lambda: [
                one
                for one in (self.server.deployment(name) or {"instances": []})["instances"]
                if one["id"].endswith("/1") and one["state"] == "serving"
            ],
        )[0]
        load, began = self.load(name), time.monotonic()
        self.wait_for("five deaths", lambda: self.instances(name)[1]["restarts"] >= 5)
        seconds = time.monotonic() - began
        calls = load.stop()
        steady, flapping = self.instances(name)
        self.assertEqual((steady["pid"], steady["incarnation"]), (first["pid"], 1))
        self.tell(
            10,
            deaths=flapping["restarts"],
            in_ms=seconds * 1e3,
            requests=len(calls),
            failed=len([call for call in calls if call.status != 200]),
        )
        return calls, flapping

    def test_fault_10_one_that_leaves_as_soon_as_it_is_ready_loses_no_request(self) -> None:
        calls, flapping = self.flaps("leaving", "--leave-when-ready", "2")

        self.assertEqual([call for call in calls if call.status != 200 or call.problem], [])
        self.assertIn("started again in", self.server.run("explain", flapping["id"]))

    def test_fault_10_one_that_dies_at_each_request_loses_one_for_each_death(self) -> None:
        calls, flapping = self.flaps("dying", "--die-taking", "2")

        failed = [call for call in calls if call.status != 200 or call.problem]
        self.assertEqual([call for call in failed if call.status != 502], [])
        self.assertLessEqual(len(failed), flapping["restarts"] + 1)


if __name__ == "__main__":
    unittest.main()
