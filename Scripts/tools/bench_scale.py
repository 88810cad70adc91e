# Scorekeeper: a model-serving supervisor.
# SPDX-License-Identifier: Apache-2.0

"""What many endpoints cost while nobody asks anything of them.

So many endpoints with two deployments each, of one C scorer each: what supervisor, gateway and node
hold, what a change of traffic costs the supervisor and when requests see it, and how long a server
takes that is started again beside all of them. Changes are asked for over the control socket, by
this program itself; what a command costs that does the same is told beside it.
"""

from __future__ import annotations

import argparse
import http.client
import json
import os
import signal
import socket
import tempfile
import threading
import time
from pathlib import Path
from statistics import median
from typing import Callable, Dict, List

import processes
import table
from bench_faults import build_scorer
from server import Server, ServerFailed, built_program, free_port

ROOT = Path(__file__).resolve().parent.parent.parent
DECISIONS = 200
CHANGES = 20
COMMANDS = 10
PATIENCE_SECONDS = 300.0
SAMPLE_SECONDS = 10.0

ENDPOINT = "name: {name}\nauth_mode: key\ntraffic: {{blue: 100}}\n"
DEPLOYMENT = (
    "name: {deployment}\nendpoint_name: {name}\nproperties: {{scorekeeper.scorer: {scorer}}}\n"
)


def main() -> None:
    """Declares everything, measures, and prints one table."""
    parser = argparse.ArgumentParser(prog="Scripts/bench scale")
    parser.add_argument("--endpoints", type=int, default=200)
    arguments = parser.parse_args()
    machine = table.machine()
    with tempfile.TemporaryDirectory(prefix="scorekeeper-bench-") as name:
        folder = Path(name)
        server = Server(built_program(ROOT), folder, free_port())
        try:
            server.wait_until_up()
            rows = _measure(server, folder, arguments.endpoints)
        finally:
            server.stop()
    table.show(
        f"{arguments.endpoints} endpoints with 2 deployments each, idle ({machine})",
        ("what", "figure"),
        [[what, figure] for what, figure in rows.items()],
    )
    print(
        f"\nMemory is PSS. A decision: {DECISIONS} changes of one endpoint's traffic in a row,"
        "\nasked for over the control socket, each answered before the next; the CPU is all that"
        "\nthe supervisor used meanwhile (control API, decision, ledger, the gateway's orders),"
        "\ndivided by their number. Until requests see it: from before the first byte of such a"
        "\nrequest to the first answer of the other deployment. A command is"
        "\n'online-endpoint update --traffic', from its start to its end."
    )


def _measure(server: Server, folder: Path, endpoints: int) -> Dict[str, str]:
    documents = folder / "documents"
    documents.mkdir()
    scorer = build_scorer(folder, server.program.parent / "support")
    for number in range(1, endpoints + 1):
        name = f"scale-{number}"
        (documents / f"{name}.yml").write_text(ENDPOINT.format(name=name))
        for deployment in ("blue", "green"):
            (documents / f"{name}-{deployment}.yml").write_text(
                DEPLOYMENT.format(name=name, deployment=deployment, scorer=scorer)
            )
    rows: Dict[str, str] = {}
    began = time.monotonic()
    server.run("apply", "-f", str(documents), "--no-wait")
    rows["declared by one 'apply'"] = f"{time.monotonic() - began:.1f} s"
    _wait(lambda: _serving(server) == 2 * endpoints, "all deployments")
    rows["all serve after"] = f"{time.monotonic() - began:.1f} s"

    status = server.status()
    pids = {
        "supervisor": server.process.pid,
        "gateway": status["gateway"]["pid"],
        "node": status["nodes"][0]["pid"],
    }
    threading.Event().wait(SAMPLE_SECONDS)
    before = {who: processes.cpu_seconds([pid]) for who, pid in pids.items()}
    threading.Event().wait(SAMPLE_SECONDS)
    for who, pid in pids.items():
        idle = (processes.cpu_seconds([pid]) - before[who]) / SAMPLE_SECONDS * 100
        memory = processes.memory_mebibytes([pid])[pid]
        rows[f"{who}, idle"] = f"{memory:.0f} MiB, {idle:.1f}% of a core"

    rows.update(_changes(server))
    began = time.monotonic()
    os.kill(server.process.pid, signal.SIGKILL)
    server.process.wait()
    server.start()
    server.wait_until_up()
    _wait(lambda: _serving(server) == 2 * endpoints, "all deployments again")
    rows["supervisor killed, all known again after"] = f"{time.monotonic() - began:.1f} s"
    return rows


def _changes(server: Server) -> Dict[str, str]:
    """What changes of one endpoint's traffic cost, and when requests see them."""
    control = _Control(server.state / "control.sock")
    answered: List[float] = []
    before = processes.cpu_seconds([server.process.pid])
    for number in range(DECISIONS):
        began = time.monotonic()
        control.send_traffic(_other(number))
        control.hear()
        answered.append(time.monotonic() - began)
    cpu = (processes.cpu_seconds([server.process.pid]) - before) / DECISIONS
    seen = [_until_seen(server.port, control, _other(number)) for number in range(CHANGES)]
    took: List[float] = []
    for number in range(COMMANDS):
        began = time.monotonic()
        traffic = f"{_other(number)}=100"
        server.run("online-endpoint", "update", "-n", "scale-1", "--traffic", traffic)
        took.append(time.monotonic() - began)
    return {
        f"a decision, of {DECISIONS} in a row": f"{cpu * 1e3:.2f} ms of the supervisor's CPU",
        "answered and durable after": _spread(answered),
        "until requests see it": _spread(seen),
        "the same by a command": _spread(took),
    }


def _other(number: int) -> str:
    """Who gets the traffic by a change, so that each is one."""
    return "green" if number % 2 == 0 else "blue"


def _spread(seconds: List[float]) -> str:
    return f"{median(seconds) * 1e3:.1f} ms, at most {max(seconds) * 1e3:.1f}"


class _Control(http.client.HTTPConnection):
    """The control API over its socket."""

    def __init__(self, path: Path) -> None:
        super().__init__("localhost", timeout=30)
        self.path = path

    def connect(self) -> None:
        """Called by the first request."""
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.connect(str(self.path))

    def send_traffic(self, winner: str) -> None:
        """Asks for all traffic of the first endpoint to go to one deployment."""
        body = {"mode": "update", "name": "scale-1", "overrides": [], "traffic": {winner: 100}}
        headers = {"content-type": "application/json"}
        self.request("PUT", "/online-endpoints", json.dumps(body), headers)

    def hear(self) -> None:
        """Waits for the answer.

        Errors: `ServerFailed` with what it said.
        """
        answer = self.getresponse()
        said = answer.read().decode("utf-8", "replace")
        if answer.status != 200:
            raise ServerFailed(f"the traffic was not changed: {answer.status} {said}")


def _until_seen(port: int, control: _Control, wanted: str) -> float:
    """Seconds from the request for a change to the first request that it answers otherwise."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    if _who(connection) == wanted:
        raise ServerFailed(f"'{wanted}' answers before it was asked for")
    began = time.monotonic()
    control.send_traffic(wanted)
    while _who(connection) != wanted:
        if time.monotonic() - began > 30:
            raise ServerFailed(f"'{wanted}' did not answer within 30 s")
    seen = time.monotonic() - began
    control.hear()
    connection.close()
    return seen


def _who(connection: http.client.HTTPConnection) -> str:
    """The deployment that answers a request now."""
    connection.request("POST", "/endpoints/scale-1/score", b"x")
    answer = connection.getresponse()
    answer.read()
    return answer.getheader("azureml-model-deployment") or ""


def _serving(server: Server) -> int:
    """How many deployments serve as wanted."""
    return sum(
        deployment["serving"] >= deployment["wanted"]
        for endpoint in server.status()["endpoints"]
        for deployment in endpoint["deployments"]
    )


def _wait(look: Callable[[], bool], what: str) -> None:
    end = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < end:
        if look():
            return
        threading.Event().wait(0.2)
    raise ServerFailed(f"{what} did not come within {PATIENCE_SECONDS:.0f} s")


if __name__ == "__main__":
    main()
