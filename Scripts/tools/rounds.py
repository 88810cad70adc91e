# Scorekeeper: a model-serving supervisor.
# SPDX-License-Identifier: Apache-2.0

"""Alternating rounds of load on two sides, so that a busy machine is unfair to both alike."""

from __future__ import annotations

from pathlib import Path
from statistics import median
from typing import Dict, List, NamedTuple, Sequence

import load
import processes


class Side(NamedTuple):
    """One server under load."""

    name: str
    url: str
    pid: int
    # A process whose CPU is told apart, if there is one.
    beside: int = 0


class Round(NamedTuple):
    """One side's figures at one number of connections."""

    requests_per_second: float
    p50_milliseconds: float
    p99_milliseconds: float
    cpu_milliseconds: float
    failed: int
    beside_milliseconds: float = 0.0


Figures = Dict[int, Dict[str, Round]]


def alternate(
    sides: Sequence[Side],
    body: Path,
    connections: Sequence[int],
    rounds: int,
    seconds: float,
) -> Figures:
    """Medians of the rounds by number of connections and side; the first side changes each round.

    Shape: requests that failed are summed, never averaged away.
    """
    figures: Figures = {}
    for count in connections:
        seen: Dict[str, List[Round]] = {side.name: [] for side in sides}
        for number in range(rounds):
            for side in sides if number % 2 == 0 else list(sides)[::-1]:
                seen[side.name].append(_one(side, body, count, seconds))
                last = seen[side.name][-1]
                print(
                    f"  {count:3d} connections, round {number + 1}, {side.name}:"
                    f" {last.requests_per_second:.0f}/s",
                    flush=True,
                )
        figures[count] = {name: _middle(rows) for name, rows in seen.items()}
    return figures


def _one(side: Side, body: Path, connections: int, seconds: float) -> Round:
    tree = processes.tree(side.pid)
    beside = [side.beside] if side.beside else []
    before, before_beside = processes.cpu_seconds(tree), processes.cpu_seconds(beside)
    seen = load.post(side.url, body, connections, seconds)
    spent = processes.cpu_seconds(tree) - before
    spent_beside = processes.cpu_seconds(beside) - before_beside
    return Round(
        seen.requests_per_second,
        seen.p50_milliseconds,
        seen.p99_milliseconds,
        spent * 1_000 / max(1, seen.requests),
        seen.failed,
        spent_beside * 1_000 / max(1, seen.requests),
    )


def _middle(rows: List[Round]) -> Round:
    return Round(
        median(row.requests_per_second for row in rows),
        median(row.p50_milliseconds for row in rows),
        median(row.p99_milliseconds for row in rows),
        median(row.cpu_milliseconds for row in rows),
        sum(row.failed for row in rows),
        median(row.beside_milliseconds for row in rows),
    )
