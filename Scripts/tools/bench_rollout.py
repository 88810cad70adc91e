# Scorekeeper: a model-serving supervisor.
# SPDX-License-Identifier: Apache-2.0

"""Rolls upgrades through a deployment under a steady open-loop load of half its capacity.

The gate is that no request failed and none was left unsent; the figures are the p99 of all
requests with an upgrade in their midst, and of those alone that were due while it rolled, beside
the p99 of the same load before. Times count from when a request was due, so a generator that falls
behind shows it. `--back-to-back` rolls one upgrade after another through all of them.
"""

from __future__ import annotations

import argparse
import shutil
import tempfile
import threading
import time
from pathlib import Path
from typing import Callable, List, NamedTuple, Sequence, Tuple

import table
from bench_faults import NATIVE, PYTHON, SAMPLE, Load, build_scorer
from open_loop import Call, OpenLoop
from server import Server, built_program, free_port

ROOT = Path(__file__).resolve().parent.parent.parent
SETTLE_SECONDS = 2.0
CAPACITY_SECONDS = 4.0
# More than any server here answers: every connection is busy all the time.
UNBOUNDED = 1e6


class Subject(NamedTuple):
    """What is upgraded: how it is asked, by how many instances, and how a new revision comes."""

    name: str
    load: Load
    instances: int
    deploy: Callable[[Server, int], None]


class Outcome(NamedTuple):
    """One subject's figures; `spans`: from when to when each upgrade rolled."""

    capacity: float
    quiet: List[Call]
    calls: List[Call]
    unsent: int
    spans: List[Tuple[float, float]]

    def rolling(self) -> List[Call]:
        """Those that were due while an upgrade rolled."""
        return [
            call for call in self.calls if any(begin <= call.due < end for begin, end in self.spans)
        ]


def main() -> None:
    """Upgrades each subject under load, then prints one table."""
    parser = argparse.ArgumentParser(prog="Scripts/bench rollout")
    parser.add_argument("--requests", type=int, default=100_000, help="of each subject")
    parser.add_argument(
        "--back-to-back", action="store_true", help="one upgrade after another, through all of them"
    )
    parser.add_argument("--only", choices=["sklearn", "native"], help="this subject alone")
    arguments = parser.parse_args()
    machine = table.machine()
    rows = []
    with tempfile.TemporaryDirectory(prefix="scorekeeper-bench-") as name:
        folder = Path(name)
        server = Server(built_program(ROOT), folder, free_port())
        try:
            server.wait_until_up()
            for subject in _subjects(folder, server):
                if arguments.only in (None, subject.name):
                    outcome = _upgrade(
                        server, subject, arguments.requests, arguments.back_to_back
                    )
                    rows.append(_row(subject, outcome))
        finally:
            server.stop()
    table.show(
        f"upgrades at half of capacity, open loop, 16 connections ({machine})",
        ("subject", "of 2xx/s", "requests", "upgrades", "failed", "unsent", "quiet p99 ms",
         "p99 ms", "ratio", "rolling s", "p99 then", "ratio", "longest ms"),
        rows,
    )  # fmt: skip
    print(
        "\nTimes count from when a request was due. Each upgrade replaces every instance. p99 ms is"
        "\nof all requests, 'p99 then' of those that were due while an upgrade rolled: from the"
        "\nstart of the command that asks for it to its end."
    )


def _subjects(folder: Path, server: Server) -> Sequence[Subject]:
    model = folder / "upgraded" / "iris"
    shutil.copytree(SAMPLE, model)
    scorer = build_scorer(folder, server.program.parent / "support")

    def deploy_model(server: Server, number: int) -> None:
        settings = f"instance_count: 5\nenvironment_variables: {{STEP: '{number}'}}\n"
        model.with_name("iris.yml").write_text(settings)
        server.run("deploy", str(model), "--name", "sklearn")

    def deploy_scorer(server: Server, number: int) -> None:
        what = ["deploy", "--scorer", str(scorer), "--name", "native", "--instances", "10"]
        server.run(*what, "--", f"step-{number}")

    return [
        Subject("sklearn", PYTHON, 5, deploy_model),
        Subject("native", NATIVE, 10, deploy_scorer),
    ]


def _upgrade(server: Server, subject: Subject, requests: int, back_to_back: bool) -> Outcome:
    subject.deploy(server, 1)
    url = f"http://127.0.0.1:{server.port}/endpoints/{subject.name}/{subject.load.route}"
    body, is_right = subject.load.body, subject.load.is_right

    began = time.monotonic()
    flood = OpenLoop(url, body, is_right, UNBOUNDED)
    _pass(CAPACITY_SECONDS)
    answered = len(flood.stop())
    capacity = answered / (time.monotonic() - began)
    rate = capacity / 2

    calm = OpenLoop(url, body, is_right, rate)
    _pass(max(SETTLE_SECONDS, min(20.0, requests / rate / 5)))
    quiet = calm.stop()

    began = time.monotonic()
    load = OpenLoop(url, body, is_right, rate)
    spans: List[Tuple[float, float]] = []
    try:
        _pass(SETTLE_SECONDS if back_to_back else max(SETTLE_SECONDS, requests / rate / 3))
        while not spans or (back_to_back and (time.monotonic() - began) * rate < requests):
            asked = time.monotonic()
            subject.deploy(server, len(spans) + 2)
            spans.append((asked, time.monotonic()))
        _pass(max(SETTLE_SECONDS, began + requests / rate - time.monotonic()))
        due = int((time.monotonic() - began) * rate)
    finally:
        calls = load.stop()
    server.run("delete", subject.name)
    print(f"  {subject.name}: {len(spans)} upgrades under {rate:.0f} requests/s", flush=True)
    # The last few may have become due while it was stopped.
    unsent = max(0, due - len(calls))
    return Outcome(capacity, quiet, calls, unsent, spans)


def _row(subject: Subject, outcome: Outcome) -> List[str]:
    failed = [call for call in outcome.calls if call.status != 200 or call.problem]
    reasons = sorted({f"{call.status} {call.problem}".strip() for call in failed})
    quiet, whole, rolling = _p99(outcome.quiet), _p99(outcome.calls), _p99(outcome.rolling())
    longest = max(call.ended - call.due for call in outcome.calls) * 1e3
    return [
        f"{subject.name}, {subject.instances} instances",
        f"{outcome.capacity:.0f}",
        str(len(outcome.calls)),
        str(len(outcome.spans)),
        str(len(failed)) + (f" ({'; '.join(reasons)[:60]})" if reasons else ""),
        str(outcome.unsent),
        f"{quiet:.1f}",
        f"{whole:.1f}",
        f"{whole / quiet:.2f}",
        f"{sum(end - begin for begin, end in outcome.spans):.1f}",
        f"{rolling:.1f}",
        f"{rolling / quiet:.2f}",
        f"{longest:.0f}",
    ]


def _p99(calls: List[Call]) -> float:
    times = sorted(call.ended - call.due for call in calls)
    return times[int(len(times) * 0.99)] * 1e3


def _pass(seconds: float) -> None:
    threading.Event().wait(seconds)


if __name__ == "__main__":
    main()
