# Scorekeeper: a model-serving supervisor.
# SPDX-License-Identifier: Apache-2.0

"""What befalls a whole deployment under open-loop load: upgrades, bad revisions, lost nodes.

Five instances of a scorer in C on three nodes. Each answers the name of its revision, and none of
its requests is scored again by itself: what a dead one had begun is answered with 502.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import threading
import time
from pathlib import Path
from typing import Any, Callable, Dict, List, NamedTuple, Set

from open_loop import Call, OpenLoop
from server import Server, ServerFailed, free_port

SOURCE = Path(__file__).resolve().parent.parent.parent / "Tests" / "EndToEnd" / "scorers"
INSTANCES = 5
SETTLE_SECONDS = 2.0
PATIENCE_SECONDS = 90.0
HEADER = ("what happens", "requests", "failed", "gap ms", "longest ms", "ended after ms")


class Told(NamedTuple):
    """How one event went, for a row of the table."""

    calls: List[Call]
    began: float
    ended: float


class Deployment:
    """One endpoint of `INSTANCES` scorers on a server with three nodes."""

    def __init__(self, server: Server, scorer: Path, name: str) -> None:
        self.server = server
        self.scorer = scorer
        self.name = name

    def change(self, program: str, *words: str) -> None:
        """Deploys a revision and does not wait for it."""
        counted = ["--name", self.name, "--instances", str(INSTANCES), "--no-wait"]
        self.server.run("deploy", "--scorer", program, *counted, "--", *words)

    def instances(self) -> List[Dict[str, Any]]:
        """Those that have a process."""
        found = self.server.deployment(self.name) or {"instances": []}
        return [one for one in found["instances"] if one.get("pid")]

    def pids(self) -> Set[int]:
        """Their processes."""
        return {int(one["pid"]) for one in self.instances()}

    def is_whole_without(self, old: Set[int]) -> bool:
        """Whether all serve again, and none of the processes in `old`."""
        serving = [one for one in self.instances() if one["state"] == "serving"]
        return len(serving) == INSTANCES and not old & self.pids()

    def rollout_state(self) -> str:
        """The state of its rollout."""
        said = self.server.run("rollout", "status", self.name, "--output", "json")
        return str(json.loads(said)["state"])

    def await_that(self, what: str, look: Callable[[], bool]) -> None:
        """Looks until something is so."""
        end = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < end:
            try:
                if look():
                    return
            except ServerFailed:
                # The server is away for a moment in some of these.
                pass
            threading.Event().wait(0.02)
        raise ServerFailed(f"{what} did not come:\n{self.server.last_lines()}")

    def upgrade(self) -> None:
        """A revision that is well takes the other's place."""
        old = self.pids()
        self.change(str(self.scorer), "two")
        self.await_that("the new revision", lambda: self.is_whole_without(old))

    def upgrade_while_the_supervisor_dies(self) -> None:
        """The supervisor is killed in the middle of an upgrade, and started again."""
        old = self.pids()
        self.change(str(self.scorer), "two", "100")
        self.await_that("a first new one", lambda: bool(self.pids() - old))
        self.server.process.kill()
        self.server.process.wait()
        self.server.start()
        self.await_that("the new revision", lambda: self.is_whole_without(old))

    def upgrade_to_one_never_ready(self) -> None:
        """A revision whose scorers end before they are ready is given up."""
        old = self.pids()
        self.change("/bin/false")
        self.await_that("the halt", lambda: self.rollout_state() == "halted")
        self.await_that("the old alone", lambda: self.pids() == old)

    def upgrade_to_one_that_fails(self) -> None:
        """A revision that fails each third request is rolled back by itself."""
        self.change(str(self.scorer), "bad", "2500", "3")
        self.await_that("the halt", lambda: self.rollout_state() == "halted")
        self.await_that("the old alone", lambda: self.is_whole_without(set()))

    def lose_a_node(self) -> None:
        """A node is killed, and its scorers with it."""
        lost = {int(one["pid"]) for one in self.instances() if one["node"] == "node-3"}
        nodes = self.server.status()["nodes"]
        os.kill(next(int(one["pid"]) for one in nodes if one["name"] == "node-3"), signal.SIGKILL)
        self.await_that("their successors", lambda: self.is_whole_without(lost))

    def drain_a_node(self) -> None:
        """A node gives its instances to others, one by one, through the surge."""
        self.server.run("node", "drain", "node-2")
        self.server.run("node", "undrain", "node-2")

    def hand_over(self) -> None:
        """The server's process becomes its executable anew."""
        self.server.run("handover")
        self.await_that("the server", lambda: len(self.pids()) == INSTANCES)


EVENTS: Dict[str, Callable[[Deployment], None]] = {
    "upgrade": Deployment.upgrade,
    "upgrade, supervisor killed in it": Deployment.upgrade_while_the_supervisor_dies,
    "upgrade to one never ready": Deployment.upgrade_to_one_never_ready,
    "upgrade to one that fails": Deployment.upgrade_to_one_that_fails,
    "node of three killed": Deployment.lose_a_node,
    "node drained": Deployment.drain_a_node,
    "server handed over": Deployment.hand_over,
}


def measure(program: Path, folder: Path, per_second: float, times: int) -> List[List[str]]:
    """Lets each event happen so often; a row for each."""
    scorer = folder / "versioned"
    support = program.parent / "support"
    words = ["cc", "-std=gnu11", "-O2", f"-I{support}", str(SOURCE / "versioned.c")]
    subprocess.run([*words, str(support / "libscorer.a"), "-o", str(scorer)], check=True)
    server = Server(program, folder / "nodes", free_port(), ["--nodes", "3"])
    rows = []
    try:
        server.wait_until_up()
        for event, happen in EVENTS.items():
            for number in range(1, times + 1):
                name = "-".join(event.replace(",", "").split()[-2:]) + f"-{number}"
                told = _happen(Deployment(server, scorer, name), happen, per_second)
                rows.append(_row(f"{event} {number}", told))
                print(f"  {event} {number}", flush=True)
    finally:
        server.stop()
    return rows


def _happen(
    deployment: Deployment, happen: Callable[[Deployment], None], per_second: float
) -> Told:
    deployment.change(str(deployment.scorer), "one")
    deployment.server.wait_until_serving(deployment.name, INSTANCES)
    load = OpenLoop(
        deployment.server.url(deployment.name),
        lambda number: b"{}",
        lambda number, answer: answer in (b"one", b"two", b"bad"),
        per_second,
    )
    try:
        threading.Event().wait(SETTLE_SECONDS)
        began = time.monotonic()
        happen(deployment)
        ended = time.monotonic()
        threading.Event().wait(SETTLE_SECONDS)
    finally:
        calls = load.stop()
    deployment.server.run("delete", deployment.name)
    return Told(calls, began, ended)


def _row(name: str, told: Told) -> List[str]:
    failed = [call for call in told.calls if call.status != 200 or call.problem]
    reasons = sorted({f"{call.status}" for call in failed})
    counted = str(len(failed)) + (f" ({', '.join(reasons)})" if reasons else "")
    well = sorted(call.ended for call in told.calls if call not in failed)
    after = [told.began, *[end for end in well if end >= told.began]]
    gap = max((later - sooner for sooner, later in zip(after, after[1:])), default=float("inf"))
    longest = max(call.ended - call.due for call in told.calls)
    times = (gap, longest, told.ended - told.began)
    return [name, str(len(told.calls)), counted, *[f"{one * 1e3:.0f}" for one in times]]
