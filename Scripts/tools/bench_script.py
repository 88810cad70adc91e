# Scorekeeper: a model-serving supervisor.
# SPDX-License-Identifier: Apache-2.0

"""Scorekeeper against Azure's scoring server: the same score.py, one instance, one worker."""

from __future__ import annotations

import argparse
import shutil
import subprocess
import tempfile
from contextlib import ExitStack
from pathlib import Path
from typing import List, NamedTuple

import peers
import processes
import table
from rounds import Figures, Side, alternate
from server import Server, built_program, free_port

ROOT = Path(__file__).resolve().parent.parent.parent
SAMPLE = ROOT / "Samples" / "score-py"
CONNECTIONS = (1, 8, 64)
OURS, THEIRS = "scorekeeper", "azmlinfsrv"
TRIVIAL = """\
def init():
    pass


def run(data):
    return {"length": len(data)}
"""


class Benched(NamedTuple):
    """One script: its endpoint, its deployment's file, and where its parts lie."""

    endpoint: str
    document: Path
    code: Path
    model: Path


def main() -> None:
    """Measures, then prints a table a script."""
    parser = argparse.ArgumentParser(prog="Scripts/bench script")
    parser.add_argument("--interpreter", required=True, type=Path, help="has azmlinfsrv beside it")
    parser.add_argument("--program", type=Path, help="the executable; else the release build's")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=4.0, help="of each round")
    arguments = parser.parse_args()
    machine = table.machine()
    with tempfile.TemporaryDirectory(prefix="scorekeeper-bench-") as name, ExitStack() as stack:
        folder = Path(name)
        body = folder / "body.json"
        shutil.copy(SAMPLE / "request.json", body)
        server = Server(arguments.program or built_program(ROOT), folder, free_port())
        stack.callback(server.stop)
        server.wait_until_up()
        scripts = [
            _trivial(folder),
            Benched("flowers", SAMPLE / "deployment.yml", SAMPLE / "code", SAMPLE),
        ]
        for script in scripts:
            server.run("deploy", "-f", str(script.document))
            server.wait_until_serving(script.endpoint)
        for script in scripts:
            _compare(script, server, folder, body, arguments, machine)
    _show_alone(arguments.interpreter)


def _trivial(folder: Path) -> Benched:
    """A script that does next to nothing, in an environment without a package."""
    deployed = folder / "trivial"
    (deployed / "code").mkdir(parents=True)
    (deployed / "code" / "score.py").write_text(TRIVIAL)
    text = (SAMPLE / "deployment.yml").read_text().replace(": flowers", ": trivial")
    text = text.replace("model:\n  path: ./model/\n", "")
    (deployed / "deployment.yml").write_text(text)
    shutil.copytree(SAMPLE / "environment", deployed / "environment")
    return Benched("trivial", deployed / "deployment.yml", deployed / "code", deployed)


def _compare(
    script: Benched,
    server: Server,
    folder: Path,
    body: Path,
    arguments: argparse.Namespace,
    machine: str,
) -> None:
    log = folder / f"{script.endpoint}.log"
    peer = peers.azure(arguments.interpreter, script.code, script.model, free_port(), log, {})
    try:
        url = f"http://127.0.0.1:{server.port}/endpoints/{script.endpoint}/score"
        peers.first_answer(url, body.read_bytes(), server.process)
        peers.first_answer(peer.url, body.read_bytes(), peer.process)
        sides = (
            Side(OURS, url, server.process.pid),
            Side(THEIRS, peer.url, peer.process.pid),
        )
        figures = alternate(sides, body, CONNECTIONS, arguments.rounds, arguments.seconds)
        memory = processes.memory_mebibytes(processes.tree(peer.process.pid))
    finally:
        peer.stop()
    _show(script.endpoint, figures, machine)
    deployment = server.deployment(script.endpoint) or {"instances": []}
    for instance in deployment["instances"]:
        ours = sum(processes.memory_mebibytes(processes.tree(instance["pid"])).values())
        print(f"memory, PSS: scorer {ours:.0f} MiB, {THEIRS} {sum(memory.values()):.0f} MiB")


def _show(name: str, figures: Figures, machine: str) -> None:
    rows: List[List[str]] = []
    for count, sides in figures.items():
        for what, words, more_is_better in (
            ("requests_per_second", "requests/s", True),
            ("p50_milliseconds", "p50 ms", False),
            ("cpu_milliseconds", "CPU ms/request", False),
        ):
            theirs, ours = (float(getattr(sides[side], what)) for side in (THEIRS, OURS))
            over, under = (ours, theirs) if more_is_better else (theirs, ours)
            ratio = f"{over / under:.1f}" if under else "-"
            rows.append([f"{words}, {count}", f"{theirs:.3f}", f"{ours:.3f}", ratio])
        rows.append([f"failed, {count}", str(sides[THEIRS].failed), str(sides[OURS].failed), ""])
    title = f"{name}: score.py against {THEIRS} ({machine}); above 1: ours is better"
    table.show(title, ("at connections", THEIRS, OURS, "ratio"), rows)


def _show_alone(interpreter: Path) -> None:
    """What the runtime's own Python costs, without lane and gateway."""
    program = ROOT / "Scripts" / "tools" / "script_cost.py"
    done = subprocess.run([interpreter, program], check=True, stdout=subprocess.PIPE, text=True)
    print(done.stdout)


if __name__ == "__main__":
    main()
