# Scorekeeper: a model-serving supervisor.
# SPDX-License-Identifier: Apache-2.0

"""What a scorer tells of itself: when it changes, not too often, never too long."""

from __future__ import annotations

import json
import unittest
from typing import Any, List, Optional, Tuple

import runtime_path  # noqa: F401
from scorekeeper_scorer.exchange import Answer, Request
from scorekeeper_scorer.facts import LONGEST, Facts
from scorekeeper_scorer.serve_model import ServedModel


class Listener:
    """A lane that can be told things."""

    def __init__(self) -> None:
        self.told: List[Any] = []

    def tell(self, written: bytes) -> None:
        """Remembers what it is told."""
        assert len(written) <= LONGEST
        self.told.append(json.loads(written))


class Clock:
    """A clock that stands until it is moved."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


class TheFacts(unittest.TestCase):
    def setUp(self) -> None:
        self.clock, self.listener = Clock(), Listener()
        self.facts = Facts(self.clock)

    def test_they_are_told_at_once_and_then_once_a_second_when_they_change(self) -> None:
        for count in (1, 2, 3):
            self.facts.update(ways={"fast": count})
            self.facts.flush(self.listener)
        self.assertEqual(self.listener.told, [{"ways": {"fast": 1}}])
        self.clock.now += 1
        self.facts.flush(self.listener)
        self.clock.now += 1
        self.facts.flush(self.listener)
        self.assertEqual(self.listener.told, [{"ways": {"fast": 1}}, {"ways": {"fast": 3}}])

    def test_an_update_leaves_the_other_facts(self) -> None:
        self.facts.update(a=1, b=2)
        self.facts.update(b=3)
        self.facts.flush(self.listener)
        self.assertEqual(self.listener.told, [{"a": 1, "b": 3}])

    def test_long_texts_are_cut(self) -> None:
        self.facts.update(merging={"why": "\u00e9" * 9_000, "rows": 8}, ways={"fast": 1})
        self.facts.flush(self.listener)
        told = self.listener.told[0]
        self.assertEqual((told["merging"]["rows"], told["ways"]), (8, {"fast": 1}))
        self.assertTrue(told["merging"]["why"].endswith("\u00e9\u2026"))


class Lane(Listener):
    """A lane that brings requests in the groups that it is given."""

    def __init__(self, groups: List[List[bytes]]) -> None:
        super().__init__()
        self.groups = groups
        self.limits: List[int] = []
        self.shared: List[int] = []
        self.answers: List[Tuple[int, bytes]] = []

    def take(self, limit: int) -> Optional[List[Tuple[int, int, bytes, memoryview, int]]]:
        """The next group, then the order to leave."""
        self.limits.append(limit)
        if not self.groups:
            return None
        bodies = self.groups.pop(0)
        return [(10 + n, 1, b"POST /\n", memoryview(body), 0) for n, body in enumerate(bodies)]

    def shares(self, most: int) -> None:
        """Remembers how many requests may share a call."""
        self.shared.append(most)

    def answer(self, ticket: int, status: int, head: bytes, body: bytes) -> None:
        """Remembers the answer."""
        self.answers.append((ticket, body))


class Backwards:
    """Ways that answer the last request first."""

    takes = 3
    steps = 0

    def answer_all(self, requests: List[Request]) -> Any:
        """Each request's own body."""
        for position in reversed(range(len(requests))):
            yield position, Answer(200, requests[position].body)

    def between_requests(self) -> None:
        """Counts; from the third on it takes one at a time."""
        self.steps += 1
        if self.steps == 3:
            self.takes = 1

    def facts(self) -> Any:
        """A fact."""
        return {"ways": {"fast": self.steps}}


class TheLoop(unittest.TestCase):
    def test_each_ticket_gets_the_answer_to_its_own_request(self) -> None:
        lane, ways = Lane([[b"a"], [b"b", b"c", b"d"]]), Backwards()

        ServedModel(ways, Facts()).answer_until_drained(lane)

        self.assertEqual(lane.answers, [(10, b"a"), (12, b"d"), (11, b"c"), (10, b"b")])
        self.assertEqual((lane.limits, ways.steps), ([3, 3, 3], 2))
        self.assertEqual(lane.told, [{"ways": {"fast": 0}}])

    def test_the_gateway_is_told_when_another_number_of_requests_may_share_a_call(self) -> None:
        lane = Lane([[b"a"], [b"b"], [b"c"], [b"d"]])

        ServedModel(Backwards(), Facts()).answer_until_drained(lane)

        self.assertEqual(lane.limits, [3, 3, 3, 1, 1])
        self.assertEqual(lane.shared, [3, 1])


if __name__ == "__main__":
    unittest.main()
