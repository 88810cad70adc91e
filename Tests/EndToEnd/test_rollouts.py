# Scorekeeper: a model-serving supervisor.
# SPDX-License-Identifier: Apache-2.0

"""Rollouts that are commanded, and those that end by themselves, with real scorers under load.

Faults 11 to 13 of the table: a revision that never gets ready or fails is rolled back, and nothing
is cut while one is rolled in, paused, resumed or undone.
"""

from __future__ import annotations

import unittest
from typing import Any

import command
from versioned import INSTANCES, Versioned


# What others do meanwhile would show in what is judged here.
RUNS_ALONE = True


class Rollouts(Versioned):
    """From one version to another and back."""

    def test_fault_13_a_rollout_is_paused_resumed_and_undone_and_nothing_is_cut(self) -> None:
        self.begin("commanded")
        self.change("commanded", "two", "300")
        self.wait_for("a new one", lambda: self.rollout("commanded")["serving"] >= 1)

        self.server.run("rollout", "pause", "commanded/default")
        paused = self.wait_for_state("commanded", "paused")
        # What was under way when it was paused comes to its end.
        self.wait_for(
            "rest",
            lambda: {one["state"] for one in self.deployment("commanded")["instances"]}
            <= {"serving", "waiting"},
        )
        before = self.processes("commanded")
        self.wait_for_calls(300)
        after = self.processes("commanded")
        seen = set(self.answered)
        twice = command.run("rollout", "pause", "commanded", state=self.server.state)

        self.server.run("rollout", "resume", "commanded")
        done = self.wait_for_state("commanded", "completed")
        self.wait_for_only("two")

        self.server.run("rollout", "undo", "commanded")
        self.wait_for(
            "the first version",
            lambda: self.rollout("commanded")["to"] == paused["from"]
            and self.rollout("commanded")["state"] == "completed",
        )
        self.wait_for_only("one")
        failed = self.finish()

        self.assertEqual(failed, [])
        self.assertEqual(before, after)
        self.assertEqual(seen, {"one", "two"})
        self.assertEqual(twice.code, command.NO_ROOM)
        self.assertIn("is paused already", twice.err)
        self.assertEqual((done["serving"], done["oldLeft"]), (INSTANCES, 0))
        self.assertEqual(len(self.deployment("commanded")["instances"]), INSTANCES)

    def test_a_rollout_under_way_is_undone_and_the_old_ones_were_never_started_again(self) -> None:
        self.begin("midway")
        old = set(self.processes("midway"))
        self.change("midway", "two", "1500")
        self.wait_for("a new one", lambda: self.rollout("midway")["serving"] >= 1)

        said = self.server.run("rollout", "undo", "midway")
        self.wait_for("only the old", lambda: len(self.processes("midway")) == INSTANCES)
        self.wait_for_only("one")
        again = command.run("rollout", "undo", "midway", state=self.server.state)

        self.assertEqual(self.finish(), [])
        self.assertIn("was undone", said)
        # One had drained for the first new one, and came back.
        self.assertGreaterEqual(len(old & set(self.processes("midway"))), INSTANCES - 1)
        self.assertEqual(again.code, command.NO_ROOM)
        self.assertIn("nothing before it is kept", again.err)

    def test_fault_12_a_revision_that_fails_is_rolled_back_and_says_why(self) -> None:
        self.begin("failing")
        self.change("failing", "bad", "2500", "3")

        halted = self.wait_for_state("failing", "halted")
        self.wait_for("only the old", lambda: len(self.processes("failing")) == INSTANCES)
        self.wait_for_only("one")
        failed = self.finish()

        self.assertIn("answers of r2 failed within a minute, and 10 percent may", halted["why"])
        self.assertEqual({call.status for call in failed}, {424})
        told = self.wait_for("its last words", lambda: self.rollout("failing")["lastLines"])
        self.assertIn("bad cannot score request", " ".join(told))
        self.assertIn("was given up", self.server.run("rollout", "status", "failing"))
        self.assertEqual(self.deployment("failing")["serving"], INSTANCES)

    def test_fault_12_one_that_fails_once_it_serves_alone_is_rolled_back_as_well(self) -> None:
        self.begin("late")
        self.change("late", "bad", "0", "3")

        def look() -> Any:
            status = self.rollout("late")
            is_back = status["to"] == 1 and status["state"] == "completed"
            return status if is_back else None

        back = self.wait_for("the way back", look)
        self.wait_for_only("one")
        failed = self.finish()

        self.assertIn("10 percent may", back["why"])
        self.assertEqual({call.status for call in failed}, {424})

    def test_fault_12_one_whose_scorers_die_of_each_of_few_requests_is_rolled_back(self) -> None:
        self.begin("deadly")
        self.change("deadly", "two", "0", "-1")

        halted = self.wait_for_state("deadly", "halted")
        self.wait_for("only the old", lambda: len(self.processes("deadly")) == INSTANCES)
        self.wait_for_only("one")
        failed = self.finish()

        self.assertIn("answers of r2 failed within a minute", halted["why"])
        self.assertEqual({call.status for call in failed}, {502})
        self.assertNotIn("two", self.answered)

    def test_fault_11_a_revision_that_never_gets_ready_is_halted_and_nobody_notices(self) -> None:
        self.begin("never")
        before = self.processes("never")
        # Nothing is at the other end of its lane: it leaves before it is ready.
        counted = ["--name", "never", "--instances", str(INSTANCES), "--no-wait"]
        self.server.run("deploy", "--scorer", "/bin/false", *counted)

        halted = self.wait_for_state("never", "halted")
        failed = self.finish()

        self.assertEqual(failed, [])
        self.assertIn("never got ready", halted["why"])
        self.assertEqual(
            [one for one in self.processes("never") if one[0] == before[0][0]], before
        )


if __name__ == "__main__":
    unittest.main()
