# Scorekeeper: a model-serving supervisor.
# SPDX-License-Identifier: Apache-2.0

"""A mirror cannot delay, fail or fill anything of the live path, whatever its scorer does.

Live is a scorer that answers its name; the mirror's does what a body says. One request follows the
other: had one waited for a copy that hangs, those after it would not have been answered.
"""

from __future__ import annotations

import os
import signal
import time
import unittest
from typing import Any, Dict, List

from declared import Declared

LIVE = "[live]"
SOON = "request_settings: { request_timeout_ms: 2000 }\n"


class Mirrors(Declared):
    """Half of what `blue` answers is copied to `green`."""

    def mirrored(self, endpoint: str) -> None:
        """An endpoint with such a mirror."""
        self.create(endpoint)
        self.add(endpoint, "blue", f"{self.tell_scorer} live")
        self.add(endpoint, "green", str(self.scorer), SOON)
        self.share(endpoint, "blue=100", "green=50")
        self.live = self.named(endpoint, "blue")["instances"]

    def ask_live(self, endpoint: str, count: int, text: str) -> None:
        """So many requests, each of which must be answered by the live one; tells their times."""
        waits: List[float] = []
        for _ in range(count):
            began = time.monotonic()
            answer = self.reply(endpoint, text)
            waits.append(1e3 * (time.monotonic() - began))
            self.assertEqual((answer.status, answer.text), (200, LIVE))
        waits.sort()
        print(
            f"    {endpoint} '{text}': ms median {waits[count // 2]:.1f}, "
            f"longest {waits[-1]:.1f}",
            flush=True,
        )

    def copies(self, endpoint: str) -> Dict[str, Any]:
        """What is counted of the copies."""
        counted: Dict[str, Any] = self.named(endpoint, "green")["requests"]["mirrored"]
        return counted

    def wait_for_copies(self, endpoint: str, count: int) -> Dict[str, Any]:
        """What is counted once so many copies are over."""

        def look() -> Any:
            counted = self.copies(endpoint)
            answered = sum(counted["answers"].values()) + counted["unanswered"]
            return counted if answered >= count else None

        found: Dict[str, Any] = self.wait_for(f"{count} copies", look)
        return found

    def assert_live_untouched(self, endpoint: str, count: int) -> None:
        """All that was answered is 200, by the process that there was."""
        blue = self.named(endpoint, "blue")
        self.assertEqual(blue["requests"]["answers"], {"200": count})
        self.assertEqual(
            [(one["pid"], one["incarnation"]) for one in blue["instances"]],
            [(one["pid"], one["incarnation"]) for one in self.live],
        )

    def test_copies_that_are_answered_with_500_are_counted_and_seen_by_nobody(self) -> None:
        self.mirrored("failing")

        self.ask_live("failing", 100, "status 500")

        counted = self.wait_for_copies("failing", 50)
        self.assertEqual((counted["copied"], counted["answers"]), (50, {"500": 50}))
        self.assert_live_untouched("failing", 100)
        shown = self.server.run("status", "failing")
        self.assertIn("50 made, 50 answered 500, 0 unanswered", shown)

    def test_copies_that_hang_delay_nobody_and_fill_no_more_than_their_own_places(self) -> None:
        self.mirrored("hanging")

        self.ask_live("hanging", 300, "hold")

        counted = self.copies("hanging")
        shed = sum(counted["shed"].values())
        self.assertEqual(counted["answers"].get("200", 0), 0, counted)
        self.assertGreater(shed, 0, counted)
        self.assertEqual(counted["copied"] + shed, 150, counted)
        self.assert_live_untouched("hanging", 300)

    def test_a_mirror_that_is_stopped_delays_nobody_and_is_replaced(self) -> None:
        self.mirrored("stopped")
        green = self.named("stopped", "green")["instances"][0]

        os.kill(green["pid"], signal.SIGSTOP)
        self.ask_live("stopped", 300, "fine")

        self.assert_live_untouched("stopped", 300)
        self.wait_for(
            "a new life of the mirror",
            lambda: self.named("stopped", "green")["instances"][0]["incarnation"]
            > green["incarnation"],
        )
        self.ask_live("stopped", 20, "fine")
        self.assert_live_untouched("stopped", 320)

    def test_copies_that_kill_their_scorer_cost_no_live_request_anything(self) -> None:
        self.mirrored("killing")

        self.ask_live("killing", 40, "abort")

        self.wait_for_copies("killing", 1)
        self.assert_live_untouched("killing", 40)


class Splits(Declared):
    """Percentages that are exact, whatever goes round them."""

    def test_a_split_is_exact_in_every_window_while_others_name_their_deployment(self) -> None:
        self.create("windows")
        for name in ("blue", "green"):
            self.add("windows", name, f"{self.tell_scorer} {name}")
        self.share("windows", "blue=70 green=30")
        # The command may be over a moment before the gateway knows.
        self.wait_for("the split", lambda: self.reply("windows").status == 200)

        split: List[str] = []
        named: List[str] = []
        for number in range(250):
            split.append(self.reply("windows").text)
            if number % 3 == 0:
                named.append(self.reply("windows", deployment="green").text)

        for start in range(len(split) - 99):
            window = split[start : start + 100]
            self.assertEqual((window.count("[blue]"), window.count("[green]")), (70, 30), start)
        self.assertEqual(set(named), {"[green]"})
        self.assertEqual(self.reply("windows", deployment="grey").status, 404)


if __name__ == "__main__":
    unittest.main()
