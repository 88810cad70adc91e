# Scorekeeper: a model-serving supervisor.
# SPDX-License-Identifier: Apache-2.0

"""What splitting and mirroring cost: one gateway, four endpoints over the same C echo."""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import tempfile
from pathlib import Path
from statistics import median
from typing import Dict, List

import load
import peers
import table
from bench_gateway import BODY, echo
from server import built_program, free_port
from traffic_gateway import Behind, LoneGateway

ROOT = Path(__file__).resolve().parent.parent.parent
CONNECTIONS = (8, 64)
# By endpoint: what stands behind it. The same number of scorers answers callers everywhere.
PLAIN, SPLIT, MIRROR, COMPARE = "plain", "split", "mirror", "compare"
ENDPOINTS = {
    PLAIN: (Behind("blue", percent=100, scorers=2),),
    SPLIT: (Behind("blue", percent=90, scorers=1), Behind("green", percent=10, scorers=1)),
    MIRROR: (
        Behind("blue", percent=100, scorers=2),
        Behind("shadow", mirror_percent=10, scorers=1),
    ),
    COMPARE: (
        Behind("blue", percent=100, scorers=2),
        Behind("shadow", mirror_percent=10, scorers=1),
    ),
}


def main() -> None:
    """Measures what is decided alone, then the whole gateway; prints a table of each."""
    parser = argparse.ArgumentParser(prog="Scripts/bench traffic")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=3.0, help="of each round")
    arguments = parser.parse_args()
    machine = table.machine()
    program = built_program(ROOT)
    _show_decisions(program.resolve().parent / "DispatchBench", machine)
    with tempfile.TemporaryDirectory(prefix="scorekeeper-bench-") as name:
        folder = Path(name)
        body = folder / "body.json"
        body.write_text(BODY)
        gateway = LoneGateway(program, echo(program, folder), folder, free_port())
        try:
            for endpoint, behind in ENDPOINTS.items():
                gateway.add(endpoint, behind, is_compared=endpoint == COMPARE)
                url = gateway.url(endpoint)
                peers.first_answer(url, BODY.encode(), gateway.process)
            _show(_measure(gateway, body, arguments.rounds, arguments.seconds), machine)
        finally:
            gateway.stop()


class Round:
    """One endpoint's round of load."""

    def __init__(self, gateway: LoneGateway, endpoint: str, seen: load.Load, spent: int) -> None:
        copies = gateway.new_copies(endpoint)
        self.per_second = seen.requests_per_second
        self.p99_milliseconds = seen.p99_milliseconds
        self.microseconds = spent / 1e3 / max(1, seen.requests)
        self.copied = copies / max(1, seen.requests)
        self.failed = seen.failed


Seen = Dict[int, Dict[str, List[Round]]]


def _measure(gateway: LoneGateway, body: Path, rounds: int, seconds: float) -> Seen:
    """Rounds of the endpoints in turn, so that a busy machine is unfair to all alike."""
    seen: Seen = {}
    for connections in CONNECTIONS:
        seen[connections] = {endpoint: [] for endpoint in ENDPOINTS}
        for number in range(rounds):
            for endpoint in list(ENDPOINTS)[:: 1 if number % 2 == 0 else -1]:
                before = gateway.spent_nanoseconds()
                answered = load.post(gateway.url(endpoint), body, connections, seconds)
                spent = gateway.spent_nanoseconds() - before
                seen[connections][endpoint].append(Round(gateway, endpoint, answered, spent))
    return seen


def _show(seen: Seen, machine: str) -> None:
    rows = []
    for connections, endpoints in seen.items():
        plain = [one.microseconds for one in endpoints[PLAIN]]
        for endpoint, rounds in endpoints.items():
            more = [one.microseconds - base for one, base in zip(rounds, plain)]
            copied = median(one.copied for one in rounds)
            rows.append(
                [
                    str(connections),
                    endpoint,
                    f"{median(one.per_second for one in rounds):.0f}",
                    f"{median(one.p99_milliseconds for one in rounds):.2f}",
                    f"{median(one.microseconds for one in rounds):.2f}",
                    f"{median(more):+.2f} ({min(more):+.2f} to {max(more):+.2f})",
                    f"{copied * 100:.1f}",
                    f"{median(more) / copied:.1f}" if copied > 0 else "",
                    str(sum(one.failed for one in rounds)),
                ]
            )
    table.show(
        f"The gateway's CPU for a request, {len(BODY)} bytes; split 90/10, mirror 10% ({machine})",
        ("conns", "endpoint", "/s", "p99 ms", "us", "us more", "copied %", "us a copy", "failed"),
        rows,
    )


def _show_decisions(program: Path, machine: str) -> None:
    said = subprocess.run([str(program)], check=True, stdout=subprocess.PIPE).stdout
    rows = [[row["what"], f"{row['nanoseconds']:.0f}"] for row in json.loads(said)]
    table.show(f"Deciding alone, without a socket ({machine})", ("a request", "ns"), rows)


if __name__ == "__main__":
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    main()
