# Scorekeeper: a model-serving supervisor.
# SPDX-License-Identifier: Apache-2.0

"""What isolation promises: tried by a scorer that means harm, told by status, without litter."""

from __future__ import annotations

import json
import os
import subprocess
import time
import unittest
from pathlib import Path
from typing import Any, Dict, List, NamedTuple, Tuple

import command
import models
from harness import Call, EndToEnd, OpenLoop, program

import churn  # isort: skip  (the harness has put the tools on the path)

LEVELS = ["process", "confined", "sandbox", "limited"]
TICKS = os.sysconf("SC_CLK_TCK")


def cpu_seconds(pid: int) -> float:
    """What the process itself has used so far."""
    with open(f"/proc/{pid}/stat", encoding="utf-8", errors="replace") as file:
        fields = file.read().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


class Look(NamedTuple):
    """The clock, and what a process has used by then."""

    time: float
    cpu: float


def look(pid: int) -> Look:
    """Looks now."""
    return Look(time.monotonic(), cpu_seconds(pid))


def share_of_core(began: Look, ended: Look) -> float:
    """What was used between two looks."""
    return (ended.cpu - began.cpu) / (ended.time - began.time)


def p99_milliseconds(calls: List[Call]) -> float:
    """The time that one of a hundred calls took longer than."""
    times = sorted(call.ended - call.due for call in calls)
    return times[len(times) * 99 // 100] * 1e3


def numbered(index: int) -> bytes:
    """A body that no other request has."""
    return b"request %d" % index


def is_reversed(index: int, content: bytes) -> bool:
    """Whether the answer is the victim's to that body."""
    return content == numbered(index)[::-1]


class EscapeTest(unittest.TestCase):
    """The command itself, at every level at once: each has a server of its own."""

    def escape(self, level: str) -> Tuple[bytes, bytes, int]:
        """What the attempts at one level print, and what the command leaves with."""
        done = subprocess.run(
            [str(program()), "escape-test", "--level", level, "--output", "json"],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=command.variables(),
        )
        return done.stdout, done.stderr, done.returncode

    def test_nothing_gets_out_that_its_level_forbids(self) -> None:
        # One after another: at the levels that bound no cores, swarms would starve the other tests.
        for level in LEVELS:
            with self.subTest(level):
                out, err, code = self.escape(level)
                self.assertTrue(out, err.decode("utf-8", "replace"))
                course: Dict[str, Any] = json.loads(out)["levels"][0]
                if not course["isOffered"]:
                    print(f"    {level}: {course['reasons']}", flush=True)
                    continue
                bad = [
                    one
                    for one in course["outcomes"]
                    if one["verdict"] in ("gotOut", "unclear")
                ]
                self.assertEqual((bad, course["noticed"], code), ([], [], 0))
                self.assertGreater(course["victimAnswered"], 0)
                verdicts = {one["attempt"]: one["verdict"] for one in course["outcomes"]}
                # Where we are root, each scorer has a uid of its own, at every level.
                self.assertEqual(verdicts["become_root"], "held")
                held = sum(one["verdict"] == "held" for one in course["outcomes"])
                print(f"    {level}: {held} of {len(course['outcomes'])} held", flush=True)


class Isolation(EndToEnd):
    """An ordinary server with scorers of a person's own."""

    def deploy_scorer(self, name: str, role: str) -> command.Done:
        """Deploys the escape scorer in one of its roles."""
        scorer = program().parent / "support" / "escape-scorer"
        arguments = ["deploy", "--state", self.server.state, "--scorer", scorer, "--name", name]
        done = command.run(*arguments, "--", role)
        self.assertEqual(done.code, command.DONE, done.err)
        return done

    def test_every_way_of_deploying_tells_that_there_is_no_network(self) -> None:
        egress = "egress_public_network_access"

        self.assertIn(egress, self.deploy_scorer("told", "victim").err)
        model = models.write(Path(self._folder.name) / "plain", models.COUNTING)
        done = command.run("deploy", model, "--name", "plain", "--no-wait", state=self.server.state)
        self.assertIn(egress, done.err)
        models.write(self.server.models / "dropped", models.COUNTING)
        self.wait_for(
            "the notice of a dropped model",
            lambda: any(egress in one for one in self.server.status()["server"]["notices"]),
        )

    def test_verbose_status_says_what_a_scorer_can_and_cannot_do(self) -> None:
        self.deploy_scorer("shown", "victim")

        told = command.run("status", "shown", "--verbose", state=self.server.state)
        enclosure = self.only_instance("shown")["enclosure"]

        self.assertEqual(told.code, command.DONE, told.err)
        self.assertIn(f"at isolation '{enclosure['level']}', its scorers:", told.out)
        for subject in ("network", "files", "tmp", "processes", "memory", "cores", "calls", "user"):
            self.assertRegex(told.out, rf"(?m)^  {subject} +\S")
        pid = self.only_instance("shown")["pid"]
        self.assertEqual(os.stat(f"/proc/{pid}").st_uid, enclosure["user"])
        bare = command.run("status", "--verbose", state=self.server.state)
        self.assertEqual(bare.code, command.NO_COMMAND)

    def test_row_17_a_wake_storm_costs_little_and_disturbs_nobody(self) -> None:
        self.deploy_scorer("storm", "attacker")
        self.deploy_scorer("calm", "victim")
        gateway = int(self.server.status()["gateway"]["pid"])
        url = f"http://127.0.0.1:{self.server.port}/endpoints/calm/score"
        load = OpenLoop(url, numbered, is_reversed, 100)
        self.addCleanup(load.stop)
        looks = [look(gateway)]
        self.wait_for("two seconds of the load by itself", lambda: len(load.calls) >= 200)
        looks.append(look(gateway))

        status, content = self.score("storm", b"wake_storm\n", route="score")

        looks.append(look(gateway))
        calls = load.stop()
        self.assertEqual(status, 200)
        self.assertEqual([call for call in calls if call.status != 200 or call.problem], [])
        quiet, storm = (
            [call for call in calls if began.time <= call.due < ended.time]
            for began, ended in zip(looks, looks[1:])
        )
        self.assertGreater(len(storm), 100)
        share = share_of_core(looks[1], looks[2]) - share_of_core(looks[0], looks[1])
        print(
            f"    row 17: {content.decode().splitlines()[2]}: {share:.1%} of a core in the gateway"
            f" beside a neighbour's load; p99 of the neighbour {p99_milliseconds(quiet):.1f} ms"
            f" before, {p99_milliseconds(storm):.1f} ms then",
            flush=True,
        )


class Churn(EndToEnd):
    """Scorers that are killed and killed again."""

    def test_row_36_kills_and_restarts_leave_nothing_behind(self) -> None:
        churn.kill_round(self.server, "warm-up")
        self.settle()
        before, groups = churn.all_holdings(self.server), churn.groups(self.server)
        sizes = churn.memory(self.server)

        killed = sum(churn.kill_round(self.server, f"churn-{number}") for number in range(2))

        self.wait_for(
            f"what there was before, {before} and {groups} cgroups",
            lambda: (churn.all_holdings(self.server), churn.groups(self.server))
            == (before, groups),
        )
        grown = {name: size - sizes[name] for name, size in churn.memory(self.server).items()}
        # Each kill leaves a few lines in the journal and in memory that is bounded; no mapping.
        self.assertLess(max(grown.values()), 24, grown)
        words = ", ".join(f"{name} {size:+.1f} MiB" for name, size in grown.items())
        print(f"    row 36: {killed} kills; {words}", flush=True)

    def settle(self) -> None:
        """Until nothing of what was killed is still being taken down."""
        last: List[Any] = []

        def look() -> bool:
            last.append((churn.all_holdings(self.server), churn.groups(self.server)))
            return len(last) > 20 and all(one == last[-1] for one in last[-20:])

        self.wait_for("quiet", look)


if __name__ == "__main__":
    unittest.main()
