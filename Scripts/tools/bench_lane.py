# Scorekeeper: a model-serving supervisor.
# SPDX-License-Identifier: Apache-2.0

"""The lane alone between two processes, beside a bare ping-pong over futexes."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path
from statistics import median
from typing import List, NamedTuple, Sequence

ROOT = Path(__file__).resolve().parent.parent.parent
STRESS = ROOT / "Tests" / "LaneStress"
ABI = ROOT / "Sources" / "CScorerABI"
_LINE = re.compile(
    r": (?P<rate>\d+) requests/s, p50 (?P<p50>[\d.]+) us, p99 (?P<p99>[\d.]+) us,"
    r" gateway (?P<gateway>[\d.]+) us of CPU a request, scorer (?P<scorer>[\d.]+)"
)


class Passage(NamedTuple):
    """Requests through a lane: times in microseconds, CPU a request."""

    requests_per_second: float
    p50: float
    p99: float
    gateway_cpu: float
    scorer_cpu: float


class Bench:
    """The measuring programs, compiled into a folder."""

    def __init__(self, folder: Path, support: Path) -> None:
        self.scorer = folder / "brief"
        self._lane = folder / "lane_bench"
        self._futex = folder / "futex_bench"
        flags = ["-std=gnu11", "-O2", "-I", str(ABI / "include"), "-I", str(ABI)]
        lane = [str(path) for path in sorted(ABI.glob("lane*.c"))]
        self._compile(self._lane, [*flags, str(STRESS / "lane_bench.c"), *lane])
        self._compile(self._futex, [*flags, str(STRESS / "futex_bench.c")])
        library = [f"-I{support}", str(STRESS / "brief.c"), str(support / "libscorer.a")]
        self._compile(self.scorer, ["-std=gnu11", "-O2", *library])

    def futex_p50(self, rounds: int = 100_000) -> float:
        """One ping-pong over two futexes, in microseconds."""
        said = _output([str(self._futex), str(rounds)])
        found = re.search(r"p50 ([\d.]+) us", said)
        if found is None:
            raise ValueError(f"futex_bench said '{said}'")
        return float(found.group(1))

    def passage(
        self, requests: int, in_flight: int, size: int, calls: int, command: Sequence[str]
    ) -> Passage:
        """So many requests of a size, so many of them in the lane at once."""
        numbers = [str(number) for number in (requests, in_flight, size, calls)]
        said = _output([str(self._lane), *numbers, *command])
        found = _LINE.search(said)
        if found is None:
            raise ValueError(f"lane_bench said '{said}'")
        return Passage(*(float(found.group(name)) for name in _LINE.groupindex))

    @staticmethod
    def _compile(output: Path, arguments: List[str]) -> None:
        subprocess.run(["cc", "-o", str(output), *arguments], check=True)


def middle(passages: Sequence[Passage]) -> Passage:
    """The median of each figure."""
    return Passage(*(median(column) for column in zip(*passages)))


def _output(command: List[str]) -> str:
    return subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout.decode("utf-8")
