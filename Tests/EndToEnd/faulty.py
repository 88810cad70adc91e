# Scorekeeper: a model-serving supervisor.
# SPDX-License-Identifier: Apache-2.0

"""What the tests of the fault table share: a scorer in C that obeys, and how its callers fared.

The table's rows count through all files: a test says `fault_N` in its name, in Swift `row N: `.
"""

from __future__ import annotations

import re
import subprocess
import time
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any, Callable, Dict, List, Tuple

from harness import EndToEnd, program

SOURCES = Path(__file__).resolve().parent / "scorers"
Answer = Tuple[int, bytes]


class Faulty(EndToEnd):
    """A server, and endpoints whose scorer does on command what no scorer should."""

    scorer: Path
    callers: ThreadPoolExecutor

    @classmethod
    def setUpClass(cls) -> None:
        super().setUpClass()
        cls.scorer = Path(cls._folder.name) / "faulty"
        support = program().parent / "support"
        command = ["cc", "-std=gnu11", "-O1", "-Wall", "-Wextra", "-Werror", f"-I{support}"]
        command += [str(SOURCES / "faulty.c"), str(support / "libscorer.a"), "-o", str(cls.scorer)]
        subprocess.run(command, check=True)
        cls.callers = ThreadPoolExecutor(64)
        cls.addClassCleanup(cls.callers.shutdown)

    def deploy_faulty(self, name: str, instances: int, *arguments: str) -> None:
        """An endpoint of that scorer, which serves when this returns and ends with the test."""
        more = ["--", *arguments] if arguments else []
        counted = ["--name", name, "--instances", str(instances)]
        self.server.run("deploy", "--scorer", str(self.scorer), *counted, *more)
        self.addCleanup(self.server.run, "delete", name)
        self.server.wait_until_serving(name, instances)

    def ask(self, endpoint: str, text: str) -> "Future[Answer]":
        """Scores in the background; the answer comes whatever its status."""
        return self.callers.submit(self.score, endpoint, text.encode(), "score")

    def ask_many(self, endpoint: str, texts: List[str]) -> "Dict[str, Future[Answer]]":
        """One request for each text, at once."""
        return {text: self.ask(endpoint, text) for text in texts}

    def wait_until_begun(self, endpoint: str, text: str) -> None:
        """Until a scorer has said in its log that it has this request in hand."""
        self.wait_for(
            f"'{text}' in a scorer's hand",
            lambda: f"{text} begun" in self.server.run("logs", endpoint),
        )

    def wait_until_bound(self, endpoint: str, count: int) -> None:
        """Until so many requests are with the scorers or wait for one."""

        def look() -> bool:
            figures = self.deployment(endpoint)["requests"]
            return bool(figures["bound"] + figures["waiting"] >= count)

        self.wait_for(f"{count} requests under way", look)

    def instances(self, endpoint: str) -> List[Dict[str, Any]]:
        """Its instances, in order of their ordinals."""
        found: List[Dict[str, Any]] = self.deployment(endpoint)["instances"]
        return sorted(found, key=lambda one: int(one["id"].rpartition("/")[2]))

    def wait_until_replaced(self, endpoint: str, before: List[Dict[str, Any]]) -> None:
        """Until each of these instances serves in a later life."""

        def look() -> bool:
            now = {one["id"]: one for one in self.instances(endpoint)}
            return all(
                old["id"] in now
                and now[old["id"]]["state"] == "serving"
                and now[old["id"]]["incarnation"] > old["incarnation"]
                for old in before
            )

        self.wait_for("a new life of each instance", look)

    def assert_answered_by_itself(self, answers: "Dict[str, Future[Answer]]") -> None:
        """Every request was answered, with its own bytes."""
        for text, answer in answers.items():
            self.assertEqual(answer.result(), (200, text.encode()))

    def assert_lost_with(self, run: str, answer: "Future[Answer]") -> None:
        """The request was in that run's hands: its client is told so, and by name."""
        status, body = answer.result()
        self.assertEqual(status, 502, body)
        self.assertIn(run.encode(), body)

    def run_of(self, instance: Dict[str, Any]) -> str:
        """How messages name the life that an instance is in."""
        return f"{instance['id']}#{instance['incarnation']}"

    def problem_of(self, endpoint: str) -> str:
        """What the journal says of the endpoint's first instance, whole."""
        return self.server.run("explain", f"{endpoint}/default/1")

    def tell(self, row: int, **figures: float) -> None:
        """A row's figures, for people; nothing is asserted of a time."""
        words = [f"{name.replace('_', ' ')} {value:.0f}" for name, value in figures.items()]
        print(f"    row {row}: {', '.join(words)}", flush=True)

    def when_done(self, future: "Future[Answer]") -> Callable[[], float]:
        """A clock that stops when the answer comes: monotonic seconds."""
        times: List[float] = []
        future.add_done_callback(lambda _: times.append(time.monotonic()))

        def read() -> float:
            future.result()
            return times[0] if times else time.monotonic()

        return read


def signal_in(text: str, number: int) -> bool:
    """Whether the words name that signal."""
    return re.search(rf"signal {number}\b", text) is not None
