# Scorekeeper: a model-serving supervisor.
# SPDX-License-Identifier: Apache-2.0

"""A scorer of one's own, in C and in Python: what the gateway and the lane add to it.

All of it in one run, so that nginx, the futexes and ours meet the same machine: the gateway's
rounds alternate with nginx's, the lane's with the futexes'. Goals are printed beside the figures;
nothing fails.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from pathlib import Path
from statistics import median
from typing import List, NamedTuple

import bench_lane
import peers
import processes
import table
from rounds import Figures, Side, alternate
from server import Server, built_program, free_port

ROOT = Path(__file__).resolve().parent.parent.parent
CONNECTIONS = (1, 8, 64)
ANSWER_BYTES = 100
BODY = json.dumps({"input_data": [[5.1, 3.5, 1.4, 0.2]], "padding": "x" * 147})
# The scorer where the kernel likes, and on the gateway's core.
OURS, BESIDE, THEIRS = "scorekeeper", "scorekeeper, core: gateway", "nginx"
CORES = {OURS: "any", BESIDE: "gateway"}
DOCUMENT = "properties: {{scorekeeper.scorer: {scorer}, scorekeeper.core: {core}}}\n"
MEBIBYTE = 1 << 20


class Lanes(NamedTuple):
    """What the lane does alone, and what a bare ping-pong takes in microseconds."""

    futex: float
    ping_pong: bench_lane.Passage
    many: bench_lane.Passage
    long: bench_lane.Passage
    longer: bench_lane.Passage
    python: bench_lane.Passage
    python_alone: bench_lane.Passage


def main() -> None:
    """Measures, then prints two tables."""
    parser = argparse.ArgumentParser(prog="Scripts/bench byoc")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=4.0, help="of each round of load")
    arguments = parser.parse_args()
    machine = table.machine()
    program = built_program(ROOT)
    support = program.resolve().parent / "support"
    with tempfile.TemporaryDirectory(prefix="scorekeeper-bench-") as name:
        folder = Path(name)
        bench = bench_lane.Bench(folder, support)
        lanes = _lanes(bench, support, arguments.rounds)
        figures = _gateway(program, folder, bench.scorer, arguments.rounds, arguments.seconds)
        lanes = lanes._replace(futex=median((lanes.futex, bench.futex_p50(), bench.futex_p50())))
    _show_loads(figures, machine)
    _show_goals(figures, lanes)


def _lanes(bench: bench_lane.Bench, support: Path, rounds: int) -> Lanes:
    scorer = [str(bench.scorer)]
    python = [sys.executable, "-B", str(bench_lane.STRESS / "echo.py"), str(support)]
    futexes: List[float] = []
    kinds: List[List[bench_lane.Passage]] = [[], [], [], [], [], []]
    for _ in range(rounds):
        futexes.append(bench.futex_p50())
        kinds[0].append(bench.passage(50_000, 1, 200, 1, scorer))
        kinds[1].append(bench.passage(500_000, 32, 200, 1, scorer))
        kinds[2].append(bench.passage(10_000, 1, MEBIBYTE, 1, scorer))
        kinds[3].append(bench.passage(10_000, 1, 8 * MEBIBYTE, 1, scorer))
        kinds[4].append(bench.passage(300_000, 32, 200, 1, python))
        kinds[5].append(bench.passage(50_000, 1, 200, 1, python))
    return Lanes(median(futexes), *(bench_lane.middle(kind) for kind in kinds))


def _gateway(
    program: Path, folder: Path, scorer: Path, rounds: int, seconds: float
) -> Figures:
    body = folder / "body.json"
    body.write_text(BODY)
    peer = peers.nginx(folder, free_port(), BODY[:ANSWER_BYTES])
    # A server each: a gateway stays on its core for all that it serves.
    servers = [
        Server(program, _folder(folder, core), free_port())
        for core in CORES.values()
    ]
    try:
        peers.first_answer(peer.url, BODY.encode(), peer.process)
        sides = [
            _side(name, server, scorer, CORES[name], folder)
            for name, server in zip(CORES, servers)
        ]
        return alternate(
            [*sides, Side(THEIRS, peer.url, peer.process.pid)], body, CONNECTIONS, rounds, seconds
        )
    finally:
        for server in servers:
            server.stop()
        peer.stop()


def _folder(folder: Path, core: str) -> Path:
    made = folder / core
    made.mkdir()
    return made


def _side(name: str, server: Server, scorer: Path, core: str, folder: Path) -> Side:
    document = folder / f"{core}.yml"
    document.write_text(DOCUMENT.format(scorer=scorer, core=core))
    server.wait_until_up()
    server.run("deploy", "-f", str(document), "--name", "brief")
    server.wait_until_serving("brief")
    url = f"http://127.0.0.1:{server.port}/endpoints/brief/score"
    peers.first_answer(url, BODY.encode(), server.process)
    gateway = int(server.status()["gateway"]["pid"])
    return Side(name, url, gateway, _scorer_process(server.process.pid, scorer))


def _scorer_process(root: int, scorer: Path) -> int:
    """The scorer's process among the server's."""
    for pid in processes.tree(root):
        with open(f"/proc/{pid}/comm", encoding="utf-8") as file:
            if file.read().strip() == scorer.name[:15]:
                return pid
    raise LookupError(f"no process named '{scorer.name}' runs under {root}")


def _show_loads(figures: Figures, machine: str) -> None:
    rows: List[List[str]] = []
    for count, sides in figures.items():
        for name, side in sides.items():
            rows.append(
                [
                    str(count),
                    name,
                    f"{side.requests_per_second:.0f}",
                    f"{side.p50_milliseconds * 1e3:.0f}",
                    f"{side.p99_milliseconds * 1e3:.0f}",
                    f"{side.cpu_milliseconds * 1e3:.1f}",
                    f"{side.beside_milliseconds * 1e3:.1f}" if name != THEIRS else "",
                    str(side.failed),
                ]
            )
    table.show(
        f"Gateway, lane and a C scorer against nginx return 200: {len(BODY)} bytes in,"
        f" {ANSWER_BYTES} out ({machine})",
        ("conns", "server", "requests/s", "p50 us", "p99 us", "CPU us", "scorer's", "failed"),
        rows,
    )


def _show_goals(figures: Figures, lanes: Lanes) -> None:
    rows: List[List[str]] = []

    def add(what: str, ours: float, beside: str, ratio: float, goal: str, holds: bool) -> None:
        shown = f"{ratio:.2f}" if ratio else ""
        rows.append([what, f"{ours:.4g}", beside, shown, goal, "yes" if holds else "no"])

    for count, sides in figures.items():
        theirs = sides[THEIRS]
        for side, core in CORES.items():
            ours, where = sides[side], f"{count} connections, core {core}"
            if count == 1:
                added = (ours.p50_milliseconds - theirs.p50_milliseconds) * 1e3
                ratio = added / lanes.futex
                beside = f"{lanes.futex:.1f} futex"
                add(f"{where}: added p50 us", added, beside, ratio, "at most 1.5", ratio <= 1.5)
            else:
                ratio = ours.requests_per_second / theirs.requests_per_second
                beside = f"{theirs.requests_per_second:.0f} nginx"
                rate = ours.requests_per_second
                add(f"{where}: requests/s", rate, beside, ratio, "at least 0.75", ratio >= 0.75)
            beside = f"{theirs.cpu_milliseconds * 1e3:.1f} nginx"
            for name, cpu in (
                ("gateway", ours.cpu_milliseconds),
                ("with the scorer", ours.cpu_milliseconds + ours.beside_milliseconds),
            ):
                ratio = cpu / theirs.cpu_milliseconds
                what = f"{where}: CPU us a request, {name}"
                add(what, cpu * 1e3, beside, ratio, "at most 1.6", ratio <= 1.6)
    ratio = lanes.ping_pong.p50 / lanes.futex
    beside = f"{lanes.futex:.1f} futex"
    add("lane: ping-pong p50 us", lanes.ping_pong.p50, beside, ratio, "at most 2", ratio <= 2)
    rate = lanes.many.requests_per_second
    add("lane: requests/s, 32 in flight", rate, "", 0, "400000", rate >= 400_000)
    cpu = lanes.long.gateway_cpu + lanes.long.scorer_cpu
    ratio = (lanes.longer.gateway_cpu + lanes.longer.scorer_cpu) / cpu
    what = "lane: CPU us of both ends, 1 MiB handed over"
    add(what, cpu, "8 MiB", ratio, "at most 1.5: no copy", ratio <= 1.5)
    cpu = lanes.python.scorer_cpu
    add("Python extension: CPU us a request, 32 in flight", cpu, "", 0, "at most 2", cpu <= 2)
    cpu = lanes.python_alone.scorer_cpu
    add("Python extension: CPU us a request, 1 in flight", cpu, "", 0, "told only", True)
    table.show("Goals", ("what", "ours", "beside", "ratio", "goal", "holds"), rows)


if __name__ == "__main__":
    main()
