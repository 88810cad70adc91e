# Scorekeeper: a model-serving supervisor.
# SPDX-License-Identifier: Apache-2.0

"""What many endpoints cost while nobody asks anything of them.

So many endpoints with two deployments each, of one C scorer each: what supervisor, gateway and node
hold, what a change of traffic costs the supervisor and when requests see it, and how long a server
takes that is started again beside all of them.
"""

from __future__ import annotations

import argparse
import http.client
import os
import signal
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
CHANGES = 20
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
        "\nMemory is PSS. A change is 'online-endpoint update --traffic', from the command's start"
        "\nto its end, and to the first request that the other deployment answers. CPU of a change:"
        "\nthe supervisor's own, its control API and the ledger's writing included."
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
    for who, pid in pids.items():
        before = processes.cpu_seconds([pid])
        threading.Event().wait(SAMPLE_SECONDS)
        idle = (processes.cpu_seconds([pid]) - before) / SAMPLE_SECONDS * 100
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
    took: List[float] = []
    seen: List[float] = []
    before = processes.cpu_seconds([server.process.pid])
    for number in range(CHANGES):
        other = "green" if number % 2 == 0 else "blue"
        began = time.monotonic()
        watch = threading.Thread(target=_watch, args=(server.port, other, began, seen))
        watch.start()
        server.run("online-endpoint", "update", "-n", "scale-1", "--traffic", f"{other}=100")
        took.append(time.monotonic() - began)
        watch.join()
    cpu = (processes.cpu_seconds([server.process.pid]) - before) / CHANGES
    return {
        "a change of traffic": f"{median(took) * 1e3:.0f} ms, of it {cpu * 1e3:.1f} ms CPU",
        "until requests see it": f"{median(seen) * 1e3:.0f} ms, at most {max(seen) * 1e3:.0f}",
    }


def _watch(port: int, wanted: str, began: float, seen: List[float]) -> None:
    """Asks until the other deployment answers, and notes when that was."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    while time.monotonic() - began < 30:
        connection.request("POST", "/endpoints/scale-1/score", b"x")
        answer = connection.getresponse()
        answer.read()
        if answer.getheader("azureml-model-deployment") == wanted:
            seen.append(time.monotonic() - began)
            break
        threading.Event().wait(0.001)
    connection.close()


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
