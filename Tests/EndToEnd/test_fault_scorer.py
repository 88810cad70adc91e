# Scorekeeper: a model-serving supervisor.
# SPDX-License-Identifier: Apache-2.0

"""Rows 1 to 4 and 15 to 16 of the fault table, with a scorer in C: it dies, hangs or lies.

Nothing of a program of one's own is scored twice, so what it had in hand is answered with 502 at
once; what it had not begun goes on. Nobody waits for ever, and nobody gets another's bytes.
"""

from __future__ import annotations

import os
import signal
import time
import unittest
from typing import List

from faulty import Faulty, signal_in
from harness import OpenLoop

# What others do meanwhile would show in what is judged here.
RUNS_ALONE = True

BEHIND = [f"behind {number}" for number in range(8)]


def numbered(index: int) -> bytes:
    """A body that no other request has."""
    return b"number %d" % index


def is_its_own(index: int, content: bytes) -> bool:
    """Whether the answer is to that body."""
    return content == numbered(index)


class DyingScorers(Faulty):
    """One that dies takes with it what it had begun, and nothing else."""

    def test_fault_1_a_scorer_killed_while_it_scores_loses_nobodys_request(self) -> None:
        self.deploy_faulty("killed", 1)
        before = self.only_instance("killed")
        held = self.ask("killed", "hold 1")
        self.wait_until_begun("killed", "hold 1")
        behind = self.ask_many("killed", BEHIND)
        self.wait_until_bound("killed", 1 + len(BEHIND))
        clocks = [self.when_done(one) for one in behind.values()]
        told = self.when_done(held)

        killed = time.monotonic()
        self.kill(before["pid"])

        self.assert_lost_with(self.run_of(before), held)
        self.assert_answered_by_itself(behind)
        recovered = min(clock() for clock in clocks)
        self.tell(
            1,
            ms_until_told=(told() - killed) * 1e3,
            ms_until_scored_again=(recovered - killed) * 1e3,
            requests_lost=0,
        )

    def dies(self, word: str, number: int) -> None:
        """A scorer that ends itself by a signal in the middle of a request."""
        name = f"{word}s"
        self.deploy_faulty(name, 1)
        before = self.only_instance(name)
        began = time.monotonic()
        fatal = self.ask(name, f"{word} 1")
        told = self.when_done(fatal)

        self.assert_lost_with(self.run_of(before), fatal)
        behind = self.ask_many(name, BEHIND)
        self.assert_answered_by_itself(behind)
        self.wait_until_replaced(name, [before])
        self.tell(
            2,
            signal=number,
            ms_until_told=(told() - began) * 1e3,
            ms_until_served_again=(time.monotonic() - began) * 1e3,
        )

        self.assertTrue(signal_in(self.problem_of(name), number), self.problem_of(name))
        self.assertIn(f"{word} 1 begun", self.server.run("logs", name))

    def test_fault_2_a_segmentation_fault_in_native_code_is_told_by_its_signal(self) -> None:
        self.dies("segfault", signal.SIGSEGV)

    def test_fault_2_an_abort_in_native_code_is_told_by_its_signal(self) -> None:
        self.dies("abort", signal.SIGABRT)

    def test_fault_3_all_scorers_killed_at_once_lose_only_what_they_had_begun(self) -> None:
        # More than the lanes that a request may outlive.
        self.deploy_faulty("all-killed", 6)
        before = self.instances("all-killed")
        held = self.ask_many("all-killed", [f"hold {number}" for number in range(6)])
        for text in held:
            self.wait_until_begun("all-killed", text)
        behind = self.ask_many("all-killed", [f"behind {number}" for number in range(24)])
        self.wait_until_bound("all-killed", len(held) + len(behind))

        killed = time.monotonic()
        for one in before:
            self.kill(one["pid"])

        for answer in held.values():
            self.assertEqual(answer.result()[0], 502)
        self.assert_answered_by_itself(behind)
        self.tell(3, ms_until_all_were_answered=(time.monotonic() - killed) * 1e3, requests_lost=0)
        self.wait_until_replaced("all-killed", before)

    def test_fault_4_a_stopped_scorer_is_replaced_and_its_peer_goes_on(self) -> None:
        self.deploy_faulty("stopped", 2)
        before = self.instances("stopped")
        url = f"http://127.0.0.1:{self.server.port}/endpoints/stopped/score"

        stopped = time.monotonic()
        os.kill(before[0]["pid"], signal.SIGSTOP)
        load = OpenLoop(url, numbered, is_its_own, 100)
        self.addCleanup(load.stop)
        self.wait_until_replaced("stopped", before[:1])
        replaced = time.monotonic()
        calls = load.stop()

        self.assertEqual([call for call in calls if call.status != 200 or call.problem], [])
        self.assertEqual(self.instances("stopped")[1]["pid"], before[1]["pid"])
        self.assertFalse(self.is_alive(before[0]["pid"]))
        waits = sorted(call.ended - call.due for call in calls)
        self.tell(
            4,
            ms_until_replaced=(replaced - stopped) * 1e3,
            requests=len(calls),
            ms_median=waits[len(waits) // 2] * 1e3,
            ms_longest=waits[-1] * 1e3,
            requests_lost=0,
        )


class LyingScorers(Faulty):
    """One that breaks the lane's rules is ended, and nobody hears what it said."""

    def lies(self, row: int, word: str, told: List[str]) -> None:
        """Two instances under load; one lies about the request with that word."""
        name = f"{word}-lie"
        self.deploy_faulty(name, 2)
        before = {one["id"]: one for one in self.instances(name)}
        url = f"http://127.0.0.1:{self.server.port}/endpoints/{name}/score"
        load = OpenLoop(url, numbered, is_its_own, 100)
        self.addCleanup(load.stop)
        self.wait_for("the load", lambda: len(load.calls) >= 20)

        began = time.monotonic()
        status, body = self.ask(name, f"{word} 1").result()
        liar = self.wait_for(
            "the liar's end",
            lambda: [
                one
                for one in self.instances(name)
                if one["incarnation"] > before[one["id"]]["incarnation"]
                and one["state"] == "serving"
            ],
        )[0]
        seconds = time.monotonic() - began
        count = len(load.calls)
        self.wait_for("some more load", lambda: len(load.calls) >= count + 20)
        calls = load.stop()

        self.assertEqual(len([1 for one in calls if one.problem == "a wrong answer"]), 0)
        self.assertEqual([call for call in calls if call.status != 200], [])
        if status == 200:
            self.assertEqual(body, f"{word} 1".encode())
        else:
            # By name, or as one under which scorers ended that all denied having begun it.
            self.assertEqual(status, 502, body)
            self.assertIn(f"{name}/default".encode(), body)
        story = self.server.run("explain", liar["id"])
        self.assertTrue(any(words in story for words in told), story)
        self.tell(row, ms_until_replaced=seconds * 1e3, requests=len(calls), requests_lost=0)

    def test_fault_15_a_scorer_that_scribbles_harms_no_request_but_its_own(self) -> None:
        self.lies(15, "scribble", ["the scorer "])

    def test_fault_16_an_answer_with_a_wrong_ticket_reaches_nobody(self) -> None:
        self.lies(16, "other", ["answered another request than the slot held"])

    def test_fault_16_an_answer_in_a_wrong_slot_reaches_nobody(self) -> None:
        self.lies(16, "elsewhere", ["answered where no request was", "answered another request"])

    def test_fault_16_a_second_answer_reaches_nobody(self) -> None:
        self.lies(16, "twice", ["answered where no request was", "answered another request"])

    def test_fault_16_a_late_answer_reaches_nobody(self) -> None:
        self.lies(16, "late", ["answered where no request was", "answered another request"])


if __name__ == "__main__":
    unittest.main()
