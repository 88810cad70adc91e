# Scorekeeper: a model-serving supervisor.
# SPDX-License-Identifier: Apache-2.0

"""Scorekeeper against `mlflow models serve`: same models, same bodies, one instance, one worker."""

from __future__ import annotations

import argparse
import shutil
import tempfile
from contextlib import ExitStack
from pathlib import Path
from typing import List

import bench_models
import bench_starts
import peers
import processes
import table
from bench_models import BenchedModel
from rounds import Figures, Side, alternate
from server import Server, built_program, free_port

ROOT = Path(__file__).resolve().parent.parent.parent
CONNECTIONS = (1, 8, 64)
ALONE, MERGED, THEIRS = "merging off", "merging auto", "mlflow"


def main() -> None:
    """Measures, then prints a table a model."""
    parser = argparse.ArgumentParser(prog="Scripts/bench mlflow")
    parser.add_argument("--interpreter", required=True, type=Path, help="of MLflow's environment")
    parser.add_argument("--models", default=",".join(bench_models.NAMES), help="which, with commas")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=4.0, help="of each round")
    parser.add_argument("--starts", type=int, default=3, help="cold starts of each side; 0: none")
    arguments = parser.parse_args()
    machine = table.machine()
    with tempfile.TemporaryDirectory(prefix="scorekeeper-bench-") as name, ExitStack() as stack:
        folder = Path(name)
        names = arguments.models.split(",")
        models = [bench_models.prepare(one, arguments.interpreter, folder) for one in names]
        for model in models:
            _drop(model, folder / "models")
        server = Server(built_program(ROOT), folder, free_port())
        stack.callback(server.stop)
        for model in models:
            for endpoint in (model.name, f"{model.name}-alone"):
                server.wait_until_serving(endpoint, tell=_tell)
        for model in models:
            _compare(model, server, folder, arguments, machine)
        server.stop()
        if arguments.starts:
            bench_starts.show(ROOT, folder, arguments.interpreter, arguments.starts, machine)


def _tell(text: str) -> None:
    print(f"  {text}", flush=True)


def _drop(model: BenchedModel, models: Path) -> None:
    """The model twice: as it would be served, and with merging off."""
    shutil.copytree(model.directory, models / model.name)
    shutil.copytree(model.directory, models / f"{model.name}-alone")
    settings = "properties:\n  scorekeeper.merge: off\n"
    (models / f"{model.name}-alone.yml").write_text(settings)


def _compare(
    model: BenchedModel,
    server: Server,
    folder: Path,
    arguments: argparse.Namespace,
    machine: str,
) -> None:
    peer = peers.mlflow(
        arguments.interpreter, model.directory, free_port(), folder / f"{model.name}.log"
    )
    try:
        at = f"http://127.0.0.1:{server.port}/endpoints"
        merged = f"{at}/{model.name}/invocations"
        alone = f"{at}/{model.name}-alone/invocations"
        body = model.body.read_bytes()
        for url, process in ((merged, server.process), (alone, server.process)):
            peers.first_answer(url, body, process)
        peers.first_answer(peer.url, body, peer.process)
        sides = (
            Side(ALONE, alone, server.process.pid),
            Side(THEIRS, peer.url, peer.process.pid),
            Side(MERGED, merged, server.process.pid),
        )
        figures = alternate(sides, model.body, CONNECTIONS, arguments.rounds, arguments.seconds)
        memory = processes.memory_mebibytes(processes.tree(peer.process.pid))
    finally:
        peer.stop()
    _show(model, figures, machine)
    _show_facts(model, server, sum(memory.values()))
    if model.name == bench_models.IMAGE:
        seconds, length = bench_models.bare_image_seconds(arguments.interpreter, folder)
        cost = figures[8][ALONE].cpu_milliseconds
        print(
            f"body of {length:.0f} bytes; the bare model: {seconds * 1_000:.2f} ms of CPU a call;"
            f" served: {cost / (seconds * 1_000):.2f} times that"
        )


def _show(model: BenchedModel, figures: Figures, machine: str) -> None:
    rows: List[List[str]] = []
    for count, sides in figures.items():
        theirs = sides[THEIRS]
        for what, more_is_better in (
            ("requests_per_second", True),
            ("p50_milliseconds", False),
            ("cpu_milliseconds", False),
        ):
            figure = float(getattr(theirs, what))
            row = [f"{_WORDS[what]}, {count}", f"{figure:.2f}"]
            for side in (ALONE, MERGED):
                ours = float(getattr(sides[side], what))
                over, under = (ours, figure) if more_is_better else (figure, ours)
                row += [f"{ours:.2f}", f"{over / under:.1f}" if under else "-"]
            rows.append(row)
        failed = [str(sides[side].failed) for side in (THEIRS, ALONE, MERGED)]
        rows.append([f"failed, {count}", failed[0], failed[1], "", failed[2], ""])
    title = f"{model.name} against mlflow models serve ({machine}); above 1: ours is better"
    table.show(title, ("at connections", THEIRS, ALONE, "ratio", MERGED, "ratio"), rows)


_WORDS = {
    "requests_per_second": "requests/s",
    "p50_milliseconds": "p50 ms",
    "cpu_milliseconds": "CPU ms/request",
}


def _show_facts(model: BenchedModel, server: Server, peer_mebibytes: float) -> None:
    deployment = server.deployment(model.name) or {"instances": []}
    for instance in deployment["instances"]:
        facts = instance.get("facts") or {}
        merging, ways = facts.get("merging") or {}, facts.get("ways") or {}
        memory = sum(processes.memory_mebibytes(processes.tree(instance["pid"])).values())
        print(f"merging: {merging.get('verdict')}: {merging.get('why')}; requests: {ways}")
        print(f"memory, PSS: scorer {memory:.0f} MiB, mlflow's tree {peer_mebibytes:.0f} MiB")


if __name__ == "__main__":
    main()
