# Scorekeeper: a model-serving supervisor.
# SPDX-License-Identifier: Apache-2.0

"""Does each fault to each kind of process under open-loop load and tells how long the gap was.

Python scorers serve an MLflow model, of which a request may be scored again; scorers in C are one's
own program, of which it may not: what such a scorer had begun is answered with 502.
"""

from __future__ import annotations

import argparse
import os
import shutil
import signal
import subprocess
import tempfile
import threading
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any, Callable, Dict, List, NamedTuple, Optional

import bench_deployments
import table
from open_loop import Call, OpenLoop
from server import Server, ServerFailed, built_program, free_port

ROOT = Path(__file__).resolve().parent.parent.parent
SAMPLE = ROOT / "Samples" / "mlflow-iris"
SCORERS = ROOT / "Tests" / "EndToEnd" / "scorers"
SETTLE_SECONDS = 3.0
RETURN_SECONDS = 2.0
PATIENCE_SECONDS = 60.0


class Load(NamedTuple):
    """What is asked under a fault, and what is right."""

    kind: str
    route: str
    body: Callable[[int], bytes]
    is_right: Callable[[int, bytes], bool]


PYTHON = Load(
    "python",
    "invocations",
    lambda number: (SAMPLE / "request.json").read_bytes(),
    lambda number, answer: answer == b'{"predictions": ["setosa", "versicolor", "virginica"]}',
)
NATIVE = Load(
    "native",
    "score",
    lambda number: b"number %d" % number,
    lambda number, answer: answer == b"number %d" % number,
)


class Outcome(NamedTuple):
    """What one fault did to the callers."""

    requests: int
    failed: List[Call]
    gap_milliseconds: float
    longest_milliseconds: float
    back_milliseconds: float


class Fault(NamedTuple):
    """What fails: under which load, which process, and how that comes about."""

    load: Load
    find: Callable[[Dict[str, Any], str], Optional[int]]
    inflict: Callable[[Server, str, int], None]


def main() -> None:
    """Inflicts each fault in turn, then prints one table."""
    parser = argparse.ArgumentParser(prog="Scripts/bench faults")
    parser.add_argument("--per-second", type=float, default=40.0)
    parser.add_argument("--times", type=int, default=3, help="how often each")
    parser.add_argument("--only", choices=sorted(FAULTS), action="append", help="this fault")
    arguments = parser.parse_args()
    machine = table.machine()
    rows = []
    with tempfile.TemporaryDirectory(prefix="scorekeeper-bench-") as name:
        folder = Path(name)
        server = Server(built_program(ROOT), folder, free_port())
        try:
            server.wait_until_up()
            scorer = build_scorer(folder, server.program.parent / "support")
            for fault in arguments.only or FAULTS:
                for number in range(1, arguments.times + 1):
                    outcome = _inflict(server, fault, number, scorer, arguments.per_second)
                    rows.append(_row(fault, number, outcome))
        finally:
            server.stop()
        deployments = []
        if not arguments.only:
            deployments = bench_deployments.measure(
                server.program, folder, arguments.per_second, arguments.times
            )
    table.show(
        f"faults under {arguments.per_second:g} requests/s on 16 connections ({machine})",
        ("fault", "requests", "failed", "gap ms", "longest ms", "back after ms"),
        rows,
    )
    print(
        "\nEach on an endpoint of its own, since an instance that dies again within a minute waits"
        "\nlonger each time. gap: the longest time without a right answer, from the fault on;"
        "\nlongest: of any request, from when it was due; back: until status shows a new process"
        "\nthat serves."
    )
    if deployments:
        table.show(
            f"deployments of {bench_deployments.INSTANCES} C scorers on 3 nodes, the same load",
            bench_deployments.HEADER,
            deployments,
        )
        print("\nA revision that fails is seen by those whose requests it failed before the halt.")


def build_scorer(folder: Path, support: Path) -> Path:
    """The scorer in C that the tests use too."""
    scorer = folder / "faulty"
    command = ["cc", "-std=gnu11", "-O2", f"-I{support}", str(SCORERS / "faulty.c")]
    subprocess.run([*command, str(support / "libscorer.a"), "-o", str(scorer)], check=True)
    return scorer


def _inflict(
    server: Server, name: str, number: int, scorer: Path, per_second: float
) -> Outcome:
    fault = FAULTS[name]
    endpoint = f"{name.lower().replace(' ', '-')}-{number}"
    what = [str(SAMPLE)] if fault.load is PYTHON else ["--scorer", str(scorer)]
    server.run("deploy", *what, "--name", endpoint)
    old = fault.find(server.status(), endpoint)
    if old is None:
        raise ServerFailed(f"status shows no pid for: {name}")
    url = f"http://127.0.0.1:{server.port}/endpoints/{endpoint}/{fault.load.route}"
    load = OpenLoop(url, fault.load.body, fault.load.is_right, per_second)
    try:
        _pass(SETTLE_SECONDS)
        began = time.monotonic()
        fault.inflict(server, endpoint, old)
        back = _wait_for_another(server, endpoint, fault.find, old)
        _pass(SETTLE_SECONDS)
    finally:
        calls = load.stop()
    server.run("delete", endpoint)
    print(f"  {name}: pid {old}", flush=True)
    return Outcome(
        len(calls),
        [call for call in calls if call.status != 200 or call.problem],
        _gap(calls, began) * 1e3,
        max(call.ended - call.due for call in calls) * 1e3,
        (back - began) * 1e3,
    )


def _kill(server: Server, endpoint: str, pid: int) -> None:
    os.kill(pid, signal.SIGKILL)


def _stop(server: Server, endpoint: str, pid: int) -> None:
    os.kill(pid, signal.SIGSTOP)


def _kill_supervisor(server: Server, endpoint: str, pid: int) -> None:
    os.kill(pid, signal.SIGKILL)
    server.process.wait()
    _pass(RETURN_SECONDS)
    server.start()


def _crash(server: Server, endpoint: str, pid: int) -> None:
    """A request of its own, beside the load's, ends the scorer by a segmentation fault."""
    url = f"http://127.0.0.1:{server.port}/endpoints/{endpoint}/{NATIVE.route}"
    try:
        urllib.request.urlopen(urllib.request.Request(url, b"segfault", method="POST")).close()
    except urllib.error.HTTPError:
        return
    raise ServerFailed("the scorer outlived its segmentation fault")


def _gap(calls: List[Call], killed: float) -> float:
    ends = sorted(call.ended for call in calls if call.status == 200 and call.ended >= killed)
    if not ends:
        return float("inf")
    return max(later - sooner for sooner, later in zip([killed, *ends], ends))


def _wait_for_another(
    server: Server,
    endpoint: str,
    find: Callable[[Dict[str, Any], str], Optional[int]],
    old: int,
) -> float:
    end = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < end:
        try:
            status = server.status()
        except ServerFailed:
            _pass(0.02)
            continue
        serves = [
            one["serving"]
            for each in status["endpoints"]
            for one in each["deployments"]
            if each["name"] == endpoint
        ]
        if find(status, endpoint) not in (None, old) and serves and min(serves) >= 1:
            return time.monotonic()
        _pass(0.02)
    raise ServerFailed(
        f"nothing stands where pid {old} was after {PATIENCE_SECONDS:.0f} s:\n"
        f"{server.last_lines()}"
    )


def _scorer(status: Dict[str, Any], endpoint: str) -> Optional[int]:
    for each in status["endpoints"]:
        for deployment in each["deployments"]:
            for instance in deployment["instances"]:
                if each["name"] == endpoint and instance["state"] == "serving":
                    pid: Optional[int] = instance.get("pid")
                    return pid
    return None


def _supervisor(status: Dict[str, Any], endpoint: str) -> Optional[int]:
    pid: int = status["server"]["pid"]
    return pid


def _node(status: Dict[str, Any], endpoint: str) -> Optional[int]:
    pid: Optional[int] = status["nodes"][0].get("pid")
    return pid


def _gateway(status: Dict[str, Any], endpoint: str) -> Optional[int]:
    pid: Optional[int] = status["gateway"].get("pid")
    return pid


FAULTS: Dict[str, Fault] = {
    "Python scorer killed": Fault(PYTHON, _scorer, _kill),
    "Python scorer stopped": Fault(PYTHON, _scorer, _stop),
    "C scorer killed": Fault(NATIVE, _scorer, _kill),
    "C scorer stopped": Fault(NATIVE, _scorer, _stop),
    "C scorer crashed": Fault(NATIVE, _scorer, _crash),
    "supervisor killed": Fault(PYTHON, _supervisor, _kill_supervisor),
    "node killed": Fault(PYTHON, _node, _kill),
    "gateway killed": Fault(PYTHON, _gateway, _kill),
}


def _row(fault: str, number: int, outcome: Outcome) -> List[str]:
    reasons = sorted({f"{call.status} {call.problem}".strip() for call in outcome.failed})
    failed = str(len(outcome.failed)) + (f" ({'; '.join(reasons)[:60]})" if reasons else "")
    times = (
        outcome.gap_milliseconds,
        outcome.longest_milliseconds,
        outcome.back_milliseconds,
    )
    return [f"{fault} {number}", str(outcome.requests), failed, *[f"{one:.0f}" for one in times]]


def _pass(seconds: float) -> None:
    threading.Event().wait(seconds)


if __name__ == "__main__":
    main()
