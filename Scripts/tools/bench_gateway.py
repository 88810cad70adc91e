# Scorekeeper: a model-serving supervisor.
# SPDX-License-Identifier: Apache-2.0

"""The gateway and a lane to an echo scorer in C, against nginx that returns 200 by itself."""

from __future__ import annotations

import argparse
import json
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import List

import peers
import processes
import table
from rounds import Figures, Side, alternate
from server import Server, built_program, free_port

ROOT = Path(__file__).resolve().parent.parent.parent
CONNECTIONS = (1, 8, 64)
BODY = json.dumps({"input_data": [[5.1, 3.5, 1.4, 0.2]], "padding": "x" * 44})
OURS, THEIRS = "scorekeeper", "nginx"
IDLE_SECONDS = 10.0


def main() -> None:
    """Measures, then prints one table and what an idle server costs."""
    parser = argparse.ArgumentParser(prog="Scripts/bench gateway")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=5.0, help="of each round")
    arguments = parser.parse_args()
    machine = table.machine()
    program = built_program(ROOT)
    with tempfile.TemporaryDirectory(prefix="scorekeeper-bench-") as name:
        folder = Path(name)
        body = folder / "body.json"
        body.write_text(BODY)
        server = Server(program, folder, free_port())
        peer = peers.nginx(folder, free_port(), BODY)
        try:
            server.wait_until_up()
            server.run("deploy", "--scorer", str(echo(program, folder)), "--name", "echo")
            server.wait_until_serving("echo")
            ours = f"http://127.0.0.1:{server.port}/endpoints/echo/score"
            peers.first_answer(ours, BODY.encode(), server.process)
            peers.first_answer(peer.url, BODY.encode(), peer.process)
            wakes = processes.wakes_per_second(processes.tree(server.process.pid), IDLE_SECONDS)
            sides = (
                Side(OURS, ours, server.process.pid),
                Side(THEIRS, peer.url, peer.process.pid),
            )
            figures = alternate(sides, body, CONNECTIONS, arguments.rounds, arguments.seconds)
            memory = processes.memory_mebibytes(processes.tree(server.process.pid))
        finally:
            server.stop()
            peer.stop()
    _show(figures, machine)
    print(f"\nmemory of supervisor, gateway, node and echo: {sum(memory.values()):.1f} MiB (PSS)")
    print(f"idle: {wakes:.1f} wakes a second, all processes together")


def echo(program: Path, folder: Path) -> Path:
    """Compiles Samples/byoc-c against what was built."""
    sample = folder / "byoc-c"
    shutil.copytree(ROOT / "Samples" / "byoc-c", sample)
    support = program.resolve().parent / "support"
    subprocess.run(["make", "-s", "-C", str(sample), f"SUPPORT={support}"], check=True)
    return sample / "echo"


def _show(figures: Figures, machine: str) -> None:
    rows: List[List[str]] = []
    for count, sides in figures.items():
        ours, theirs = sides[OURS], sides[THEIRS]
        rows.append(
            [
                str(count),
                f"{ours.requests_per_second:.0f}",
                f"{theirs.requests_per_second:.0f}",
                f"{ours.requests_per_second / theirs.requests_per_second:.2f}",
                f"{ours.p50_milliseconds:.3f} / {theirs.p50_milliseconds:.3f}",
                f"{ours.p99_milliseconds:.2f} / {theirs.p99_milliseconds:.2f}",
                f"{ours.cpu_milliseconds * 1e3:.1f} / {theirs.cpu_milliseconds * 1e3:.1f}",
                f"{ours.failed} / {theirs.failed}",
            ]
        )
    table.show(
        f"Gateway, lane and C echo against nginx return 200, {len(BODY)} bytes ({machine})",
        ("conns", "ours /s", "nginx /s", "ratio", "p50 ms", "p99 ms", "CPU us/request", "failed"),
        rows,
    )


if __name__ == "__main__":
    main()
