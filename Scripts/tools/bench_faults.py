# Scorekeeper: a model-serving supervisor.
# SPDX-License-Identifier: Apache-2.0

"""Kills each kind of process under open-loop load and tells how long the gap was."""

from __future__ import annotations

import argparse
import os
import shutil
import signal
import tempfile
import threading
import time
from pathlib import Path
from typing import Any, Callable, Dict, List, NamedTuple, Optional

import table
from open_loop import Call, OpenLoop
from server import Server, ServerFailed, built_program, free_port

ROOT = Path(__file__).resolve().parent.parent.parent
SAMPLE = ROOT / "Samples" / "mlflow-iris"
ENDPOINT = "iris"
RIGHT = b'{"predictions": ["setosa", "versicolor", "virginica"]}'
SETTLE_SECONDS = 3.0
RETURN_SECONDS = 2.0


class Kill(NamedTuple):
    """What one kill -9 did to the callers."""

    requests: int
    failed: List[Call]
    gap_milliseconds: float
    longest_milliseconds: float
    back_milliseconds: float


def main() -> None:
    """Kills in turn, then prints one table."""
    parser = argparse.ArgumentParser(prog="Scripts/bench faults")
    parser.add_argument("--per-second", type=float, default=40.0)
    parser.add_argument("--times", type=int, default=3, help="kills of each kind")
    parser.add_argument("--only", choices=sorted(VICTIMS), help="one kind")
    arguments = parser.parse_args()
    machine = table.machine()
    rows = []
    with tempfile.TemporaryDirectory(prefix="scorekeeper-bench-") as name:
        folder = Path(name)
        shutil.copytree(SAMPLE, folder / "models" / ENDPOINT)
        server = Server(built_program(ROOT), folder, free_port())
        try:
            server.wait_until_serving(ENDPOINT, tell=lambda text: print(f"  {text}", flush=True))
            for victim in [arguments.only] if arguments.only else VICTIMS:
                kills = [
                    _kill(server, victim, arguments.per_second) for _ in range(arguments.times)
                ]
                rows += [_row(victim, number, kill) for number, kill in enumerate(kills, 1)]
        finally:
            server.stop()
    table.show(
        f"kill -9 under {arguments.per_second:g} requests/s on 16 connections ({machine})",
        ("killed", "requests", "failed", "gap ms", "longest ms", "back after ms"),
        rows,
    )
    print(
        "\ngap: the longest time without a right answer, from the kill on; longest: of any request,"
        "\nfrom when it was due; back: until status shows a new process that serves."
    )


def _kill(server: Server, victim: str, per_second: float) -> Kill:
    find = VICTIMS[victim]
    server.wait_until_serving(ENDPOINT)
    old = find(server.status())
    if old is None:
        raise ServerFailed(f"status shows no pid for the {victim}")
    url = f"http://127.0.0.1:{server.port}/endpoints/{ENDPOINT}/invocations"
    body = (SAMPLE / "request.json").read_bytes()
    load = OpenLoop(url, lambda number: body, lambda number, answer: answer == RIGHT, per_second)
    try:
        _pass(SETTLE_SECONDS)
        killed = time.monotonic()
        os.kill(old, signal.SIGKILL)
        if victim == "supervisor":
            server.process.wait()
            _pass(RETURN_SECONDS)
            server.start()
        back = _wait_for_another(server, find, old)
        _pass(SETTLE_SECONDS)
    finally:
        calls = load.stop()
    print(f"  {victim}: pid {old} killed", flush=True)
    return Kill(
        len(calls),
        [call for call in calls if call.status != 200 or call.problem],
        _gap(calls, killed) * 1e3,
        max(call.ended - call.due for call in calls) * 1e3,
        (back - killed) * 1e3,
    )


def _gap(calls: List[Call], killed: float) -> float:
    ends = sorted(call.ended for call in calls if call.status == 200 and call.ended >= killed)
    if not ends:
        return float("inf")
    return max(later - sooner for sooner, later in zip([killed, *ends], ends))


def _wait_for_another(
    server: Server, find: Callable[[Dict[str, Any]], Optional[int]], old: int
) -> float:
    end = time.monotonic() + 60
    while time.monotonic() < end:
        try:
            status = server.status()
        except ServerFailed:
            _pass(0.02)
            continue
        new = find(status)
        serves = [one["serving"] for each in status["endpoints"] for one in each["deployments"]]
        if new not in (None, old) and serves and min(serves) >= 1:
            return time.monotonic()
        _pass(0.02)
    raise ServerFailed(f"nothing stands where pid {old} was after 60 s:\n{server.last_lines()}")


def _scorer(status: Dict[str, Any]) -> Optional[int]:
    for endpoint in status["endpoints"]:
        for deployment in endpoint["deployments"]:
            for instance in deployment["instances"]:
                if instance["state"] == "serving":
                    pid: Optional[int] = instance.get("pid")
                    return pid
    return None


VICTIMS: Dict[str, Callable[[Dict[str, Any]], Optional[int]]] = {
    "scorer": _scorer,
    "supervisor": lambda status: status["server"]["pid"],
    "node": lambda status: status["nodes"][0].get("pid"),
    "gateway": lambda status: status["gateway"].get("pid"),
}


def _row(victim: str, number: int, kill: Kill) -> List[str]:
    reasons = sorted({f"{call.status} {call.problem}".strip() for call in kill.failed})
    failed = str(len(kill.failed)) + (f" ({'; '.join(reasons)[:60]})" if reasons else "")
    times = (kill.gap_milliseconds, kill.longest_milliseconds, kill.back_milliseconds)
    return [f"{victim} {number}", str(kill.requests), failed, *[f"{one:.0f}" for one in times]]


def _pass(seconds: float) -> None:
    threading.Event().wait(seconds)


if __name__ == "__main__":
    main()
