# Scorekeeper: a model-serving supervisor.
# SPDX-License-Identifier: Apache-2.0

"""Probes of documents, answered by the work loops of real scorers; and row 18: a slow loader.

A drowsy scorer's loop moves for a moment every two and a half seconds: its probe of one second
fails, yet it never counts as hung.
"""

from __future__ import annotations

import os
import signal
import time
import unittest
from pathlib import Path
from typing import Any, Dict, List, Set

from faulty import Faulty

READINESS = (
    "readiness_probe: { initial_delay: 1, period: 1, timeout: 1, success_threshold: 3,"
    " failure_threshold: 1 }\n"
)
LIVENESS = "liveness_probe: { initial_delay: 1, period: 1, timeout: 1, failure_threshold: 1 }\n"
ANSWERS = 40


class Probes(Faulty):
    """Deployments from documents with short periods."""

    def declare(self, name: str, instances: int, lines: str, scorer: str = "") -> None:
        """Deploys from a document with those lines, and does not wait."""
        file = Path(self._folder.name) / f"{name}.yml"
        file.write_text(
            f"endpoint_name: {name}\ninstance_count: {instances}\n{lines}"
            f"properties: {{ scorekeeper.scorer: '{self.scorer} {scorer}' }}\n"
        )
        self.server.run("deploy", "-f", str(file), "--no-wait")
        self.addCleanup(self.server.run, "delete", name)

    def serve(self, name: str, instances: int, lines: str) -> None:
        """The same, until it serves."""
        self.declare(name, instances, lines)
        self.server.wait_until_serving(name, instances)

    def say(self, name: str, text: str) -> str:
        """The answer to a text, which must be a good one."""
        status, body = self.score(name, text.encode(), "score")
        self.assertEqual(status, 200, body)
        return body.decode()

    def drowse(self, name: str) -> Dict[str, Any]:
        """Has one instance's work loop stand still again and again; which one."""
        run = self.say(name, "drowse")
        return next(one for one in self.instances(name) if self.run_of(one) == run)

    def wake(self, instance: Dict[str, Any]) -> None:
        """Its work loop moves again."""
        os.kill(instance["pid"], signal.SIGUSR1)

    def wait_for_serving(self, name: str, count: int) -> None:
        """Until so many of its instances are well."""
        self.wait_for(
            f"{count} that are well", lambda: self.deployment(name)["serving"] == count
        )

    def answering(self, name: str) -> Set[str]:
        """Who answers a number of requests, one after the other."""
        return {self.say(name, "run") for _ in range(ANSWERS)}

    def lives(self, name: str) -> List[Any]:
        """Process and life of each instance."""
        return [(one["pid"], one["incarnation"]) for one in self.instances(name)]

    def test_what_is_not_ready_gets_no_requests_until_its_work_loop_answers_again(self) -> None:
        self.serve("unready", 2, READINESS)
        before = self.lives("unready")

        drowsy = self.drowse("unready")
        self.wait_for_serving("unready", 1)
        meanwhile = self.answering("unready")
        why = self.server.run("explain", drowsy["id"])
        self.wake(drowsy)
        self.wait_for_serving("unready", 2)
        # Two at once, so that each of both must take one.
        self.wait_for(
            "its first answer",
            lambda: self.run_of(drowsy)
            in {
                one.result()[1].decode()
                for one in [self.ask("unready", "run") for _ in range(ANSWERS)]
            },
        )

        self.assertEqual(len(meanwhile), 1)
        self.assertNotIn(self.run_of(drowsy), meanwhile)
        self.assertIn("left its readiness probe unanswered 1 time in a row", why)
        self.assertIn("answers its readiness probe again", self.problem(drowsy))
        self.assertEqual(self.lives("unready"), before)

    def problem(self, instance: Dict[str, Any]) -> str:
        """What the journal says of it."""
        return self.server.run("explain", instance["id"])

    def test_the_last_that_could_answer_is_left_its_requests(self) -> None:
        self.serve("all-unready", 2, READINESS)
        before = self.lives("all-unready")

        first = self.drowse("all-unready")
        self.wait_for_serving("all-unready", 1)
        second = self.drowse("all-unready")
        self.wait_for_serving("all-unready", 0)
        answer = self.say("all-unready", "run")
        for one in (first, second):
            self.wake(one)
        self.wait_for_serving("all-unready", 2)

        self.assertNotEqual(first["id"], second["id"])
        self.assertIn(answer, [self.run_of(first), self.run_of(second)])
        self.assertEqual(self.lives("all-unready"), before)

    def test_what_fails_its_liveness_probe_is_replaced_and_the_reason_told(self) -> None:
        self.serve("stuck", 2, LIVENESS)
        before = self.instances("stuck")

        drowsy = self.drowse("stuck")
        self.wait_until_replaced("stuck", [drowsy])

        after = {one["id"]: one["pid"] for one in self.instances("stuck")}
        kept = next(one for one in before if one["id"] != drowsy["id"])
        self.assertEqual(after[kept["id"]], kept["pid"])
        self.assertFalse(self.is_alive(drowsy["pid"]))
        said = self.problem(drowsy)
        self.assertIn("left its liveness probe unanswered 1 time in a row", said)
        self.assertEqual(len(self.answering("stuck")), 2)

    def test_fault_18_a_slow_loader_has_a_budget_of_its_own_that_no_probe_shortens(self) -> None:
        startup = "startup_probe: { initial_delay: 1, period: 10, failure_threshold: 90 }\n"
        began = time.monotonic()
        self.declare("slow", 1, LIVENESS + READINESS + startup, "--load-until-told")
        loading = self.wait_for("its process", lambda: self.starting("slow"))

        # Beyond any patience of its other probes.
        self.wait_for("a long start", lambda: time.monotonic() - began > 6)
        still = self.only_instance("slow")
        self.wake(still)
        self.server.wait_until_serving("slow")

        self.assertEqual((still["pid"], still["state"]), (loading["pid"], "starting"))
        self.assertEqual(self.lives("slow"), [(loading["pid"], 1)])
        self.assertEqual(self.say("slow", "fine"), "fine")

    def test_fault_18_one_that_exceeds_its_budget_is_ended_and_told_how_long_that_was(self) -> None:
        startup = "startup_probe: { initial_delay: 1, period: 1, failure_threshold: 2 }\n"
        self.declare("too-slow", 1, startup, "--load-until-told")

        self.wait_for(
            "its second start", lambda: self.only_instance("too-slow")["incarnation"] >= 2
        )

        self.assertIn("was not ready within 3000 ms", self.problem_of("too-slow"))

    def starting(self, name: str) -> Any:
        """Its instance once that has a process."""
        found = (self.server.deployment(name) or {"instances": []})["instances"]
        return found[0] if found and found[0].get("pid") else None


if __name__ == "__main__":
    unittest.main()
