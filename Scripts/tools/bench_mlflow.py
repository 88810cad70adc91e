# Scorekeeper: a model-serving supervisor.
# SPDX-License-Identifier: Apache-2.0

"""Scorekeeper against `mlflow models serve`: same model, same body, one instance, one worker."""

from __future__ import annotations

import argparse
import shutil
import tempfile
from contextlib import ExitStack
from pathlib import Path
from statistics import median
from typing import Dict, List, Tuple

import peers
import processes
import table
from rounds import Figures, Side, alternate
from server import Server, built_program, free_port

ROOT = Path(__file__).resolve().parent.parent.parent
SAMPLE = ROOT / "Samples" / "mlflow-iris"
BODY = SAMPLE / "request.json"
CONNECTIONS = (1, 8, 64)
OURS, THEIRS = "scorekeeper", "mlflow"


def main() -> None:
    """Measures, then prints one table."""
    parser = argparse.ArgumentParser(prog="Scripts/bench mlflow")
    parser.add_argument("--interpreter", required=True, type=Path, help="of MLflow's environment")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=6.0, help="of each round")
    parser.add_argument("--starts", type=int, default=3, help="cold starts of each side")
    arguments = parser.parse_args()
    machine = table.machine()
    with tempfile.TemporaryDirectory(prefix="scorekeeper-bench-") as name, ExitStack() as stack:
        folder = Path(name)
        shutil.copytree(SAMPLE, folder / "models" / "iris")
        _build_environment(folder)
        ours, theirs, starts = _start_both(folder, arguments, stack)
        sides = (
            Side(OURS, _invocations(ours), ours.process.pid),
            Side(THEIRS, theirs.url, theirs.process.pid),
        )
        figures = alternate(sides, BODY, CONNECTIONS, arguments.rounds, arguments.seconds)
        memory = {side.name: _memory(side.pid) for side in sides}
    _show(figures, memory, {name: median(seen) for name, seen in starts.items()}, machine)


def _build_environment(folder: Path) -> None:
    """MLflow's environment stands already: ours is built before anybody's start is timed."""
    server = Server(built_program(ROOT), folder, free_port())
    try:
        server.wait_until_serving("iris", tell=lambda text: print(f"  {text}", flush=True))
    finally:
        server.stop()


def _start_both(
    folder: Path, arguments: argparse.Namespace, stack: ExitStack
) -> Tuple[Server, peers.Peer, Dict[str, List[float]]]:
    """Starts each side so many times in turn, timed to the first answer; the last two stay."""
    body = BODY.read_bytes()
    starts: Dict[str, List[float]] = {OURS: [], THEIRS: []}
    while True:
        ours = Server(built_program(ROOT), folder, free_port())
        stack.callback(ours.stop)
        starts[OURS].append(peers.first_answer(_invocations(ours), body, ours.process))
        is_last = len(starts[OURS]) == arguments.starts
        if not is_last:
            ours.stop()
        theirs = peers.mlflow(arguments.interpreter, SAMPLE, free_port(), folder / "mlflow.log")
        stack.callback(theirs.stop)
        starts[THEIRS].append(peers.first_answer(theirs.url, body, theirs.process))
        if is_last:
            return ours, theirs, starts
        theirs.stop()


def _invocations(server: Server) -> str:
    return f"http://127.0.0.1:{server.port}/endpoints/iris/invocations"


def _memory(pid: int) -> float:
    return sum(processes.memory_mebibytes(processes.tree(pid)).values())


def _show(
    figures: Figures, memory: Dict[str, float], starts: Dict[str, float], machine: str
) -> None:
    rows = []
    for count, sides in figures.items():
        ours, theirs = sides[OURS], sides[THEIRS]
        at = f"{count} connection" + ("s" if count > 1 else "")
        rows += [
            _row(f"requests/s, {at}", ours.requests_per_second, theirs.requests_per_second, True),
            _row(f"p50 ms, {at}", ours.p50_milliseconds, theirs.p50_milliseconds, False),
            _row(f"CPU ms/request, {at}", ours.cpu_milliseconds, theirs.cpu_milliseconds, False),
            [f"failed, {at}", str(ours.failed), str(theirs.failed), ""],
        ]
    rows.append(_row("memory MiB (PSS, whole tree)", memory[OURS], memory[THEIRS], False))
    rows.append(_row("cold start to first answer, s", starts[OURS], starts[THEIRS], False))
    title = f"Scorekeeper against mlflow models serve ({machine}); a ratio above 1: ours is better"
    table.show(title, ("", OURS, THEIRS, "ratio"), rows)


def _row(name: str, ours: float, theirs: float, more_is_better: bool) -> List[str]:
    over, under = (ours, theirs) if more_is_better else (theirs, ours)
    return [name, f"{ours:.2f}", f"{theirs:.2f}", f"{over / under:.2f}" if under else "-"]


if __name__ == "__main__":
    main()
