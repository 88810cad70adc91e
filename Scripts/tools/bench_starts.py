# Scorekeeper: a model-serving supervisor.
# SPDX-License-Identifier: Apache-2.0

"""Cold starts to the first answer, and what a second instance costs."""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from pathlib import Path
from statistics import median
from typing import Dict, List, Tuple

import peers
import processes
import table
from server import Server, built_program, free_port

OURS, THEIRS, BARE = "scorekeeper", "mlflow models serve", "load_model in bare Python"
_LOAD = "import sys, mlflow.pyfunc; mlflow.pyfunc.load_model(sys.argv[1])"


def show(root: Path, folder: Path, interpreter: Path, count: int, machine: str) -> None:
    """Starts each side so often in turn, then prints two tables."""
    sample = root / "Samples" / "mlflow-iris"
    body = (sample / "request.json").read_bytes()
    place = folder / "starts"
    program = built_program(root)
    first = Server(program, place, free_port())
    first.wait_until_up()
    one, second = _memory_of_instances(first, sample)
    shutil.copytree(sample, place / "models" / "iris")
    first.wait_until_serving("iris")
    first.stop()
    seen: Dict[str, List[float]] = {OURS: [], THEIRS: [], BARE: []}
    for _ in range(count):
        ours = Server(program, place, free_port())
        url = f"http://127.0.0.1:{ours.port}/endpoints/iris/invocations"
        seen[OURS].append(peers.first_answer(url, body, ours.process))
        ours.stop()
        theirs = peers.mlflow(interpreter, sample, free_port(), folder / "starts.log")
        seen[THEIRS].append(peers.first_answer(theirs.url, body, theirs.process))
        theirs.stop()
        seen[BARE].append(_bare_load(interpreter, sample, folder))
    middle = {name: median(values) for name, values in seen.items()}
    rows = [[name, f"{value:.2f}", f"{value / middle[BARE]:.2f}"] for name, value in middle.items()]
    table.show(
        f"Cold start to the first answer, environment built ({machine})",
        ("", "seconds", "of load_model"),
        rows,
    )
    print(
        f"\nmemory, PSS of all processes: the first instance {one:.0f} MiB, its warmed parent"
        f" included, a second {second:.0f} MiB more: {100 * second / one:.0f} %"
    )


def _bare_load(interpreter: Path, sample: Path, folder: Path) -> float:
    variables = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    variables["MLFLOW_DISABLE_TELEMETRY"] = "true"
    began = time.monotonic()
    subprocess.run(
        [str(interpreter), "-W", "ignore", "-c", _LOAD, str(sample)],
        check=True,
        env=variables,
        cwd=folder,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    return time.monotonic() - began


def _memory_of_instances(server: Server, sample: Path) -> Tuple[float, float]:
    """What the first instance of a model costs, and a second one beside it."""
    totals = [_memory(server)]
    for instances in (1, 2):
        server.run("deploy", str(sample), "--name", "pair", "--instances", str(instances))
        server.wait_until_serving("pair", instances=instances)
        totals.append(_memory(server))
    server.run("delete", "pair")
    return totals[1] - totals[0], totals[2] - totals[1]


def _memory(server: Server) -> float:
    return sum(processes.memory_mebibytes(processes.tree(server.process.pid)).values())
