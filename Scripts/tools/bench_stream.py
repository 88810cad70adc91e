# Scorekeeper: a model-serving supervisor.
# SPDX-License-Identifier: Apache-2.0

"""Bodies of 256 MiB and streams of small events, beside nginx on files of the same size."""

from __future__ import annotations

import argparse
import subprocess
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from statistics import median
from typing import Callable, List, NamedTuple

import held
import peers
import processes
import table
from server import Server, built_program, free_port
from transfer import download, upload

ROOT = Path(__file__).resolve().parent.parent.parent
MEBIBYTE = 1 << 20
BODY_MEBIBYTES = 256
EVENTS = 200_000
PACED_EVENTS = 3_000
# As long as the longest event, with its chunk's lines.
EVENT_BYTES = len(b"e\r\ndata: 199999\n\n\r\n")
MANIFEST = """
name: default
endpoint_name: stream
request_settings: {{ request_timeout_ms: 180000 }}
properties: {{ scorekeeper.scorer: ./streamer, scorekeeper.body_limit: {limit}MiB }}
"""


class Seen(NamedTuple):
    """One transfer, or several at once."""

    seconds: float
    cpu_seconds: float
    """Of the process that speaks HTTP."""
    grown_mebibytes: float
    """Memory that it had at most, beyond what it had before."""
    body_mebibytes: float
    """Pages of long bodies that it held at most."""


def main() -> None:
    """Measures, then prints two tables."""
    parser = argparse.ArgumentParser(prog="Scripts/bench stream")
    parser.add_argument("--rounds", type=int, default=3)
    arguments = parser.parse_args()
    machine = table.machine()
    # The files stand in memory: nobody measures a disk.
    with tempfile.TemporaryDirectory(prefix="scorekeeper-bench-", dir="/dev/shm") as name:
        folder = Path(name)
        # nginx's worker is nobody where we are root.
        folder.chmod(0o711)
        server = Server(built_program(ROOT), folder, free_port())
        peer = peers.nginx_files(folder, free_port(), uses_sendfile=True)
        copier_folder = folder / "copier"
        copier_folder.mkdir()
        copier = peers.nginx_files(copier_folder, free_port(), uses_sendfile=False)
        try:
            _deploy(server, folder)
            _measure(server, [peer, copier], arguments.rounds, machine)
        finally:
            server.stop()
            peer.stop()
            copier.stop()


def _deploy(server: Server, folder: Path) -> None:
    server.wait_until_up()
    support = server.program.resolve().parent / "support"
    source = ROOT / "Tests" / "EndToEnd" / "streamer" / "streamer.c"
    command = ["cc", "-std=gnu11", "-O2", f"-I{support}", "-o", str(folder / "streamer")]
    subprocess.run([*command, str(source), str(support / "libscorer.a")], check=True)
    (folder / "stream.yml").write_text(MANIFEST.format(limit=BODY_MEBIBYTES))
    server.run("deploy", "-f", str(folder / "stream.yml"))
    server.wait_until_serving("stream")


def _measure(server: Server, nginx: List[peers.Peer], rounds: int, machine: str) -> None:
    gateway = server.status()["gateway"]["pid"]
    workers = [processes.tree(peer.process.pid)[-1] for peer in nginx]
    for peer in nginx:
        (peer.log.parent / "files" / "body").write_bytes(bytes(BODY_MEBIBYTES * MEBIBYTE))
        (peer.log.parent / "files" / "events").write_bytes(bytes(EVENTS * EVENT_BYTES))
    ports = [int(peer.url.split(":")[2].strip("/")) for peer in nginx]
    length = BODY_MEBIBYTES * MEBIBYTE
    score = "/endpoints/stream/score"

    def send(port: int, target: str, method: str, is_chunked: bool) -> Callable[[], None]:
        return lambda: upload(port, target, method, BODY_MEBIBYTES, is_chunked)

    rows = []
    for clients in (1, 4):
        for is_chunked in (False, True):
            framing = "chunked" if is_chunked else "length told"
            what = f"{clients} x {BODY_MEBIBYTES} MiB in, {framing}"
            ours = send(server.port, f"{score}?sum", "POST", is_chunked)
            rows.append(_row(what, "scorekeeper", gateway, ours, rounds, clients))
            theirs = send(ports[0], "/sent", "PUT", is_chunked)
            rows.append(_row(what, "nginx, to a file", workers[0], theirs, rounds, clients))
    what = f"{BODY_MEBIBYTES} MiB out"

    def receive(port: int, target: str, at_least: int = 0) -> Callable[[], None]:
        return lambda: download(port, target, at_least)

    ours = receive(server.port, f"{score}?whole={length}", length)
    rows.append(_row(what, "scorekeeper, 64 KiB parts", gateway, ours, rounds, 1))
    for who, place in (("nginx, read", 1), ("nginx, sendfile", 0)):
        theirs = receive(ports[place], "/body", length)
        rows.append(_row(what, who, workers[place], theirs, rounds, 1))
    table.show(
        f"Long bodies, medians of {rounds} ({machine})",
        ("what", "who", "MiB/s", "CPU ms/MiB", "process grew MiB", "body pages MiB"),
        rows,
    )
    rows = []
    for count, pause in ((EVENTS, 0), (PACED_EVENTS, 1)):
        at_least = sum(len(f"data: {number}\n\n") for number in range(count))
        ours = receive(server.port, f"{score}?events={count},{pause}", at_least)
        name = f"{count} events, {'at once' if pause == 0 else f'{pause} ms apart'}"
        rows.append(_events(name, "scorekeeper", gateway, ours, count, rounds))
    theirs = receive(ports[1], "/events", EVENTS * EVENT_BYTES)
    rows.append(_events("as many bytes", "nginx, read", workers[1], theirs, EVENTS, rounds))
    table.show(
        f"Server-sent events of {EVENT_BYTES} bytes, medians of {rounds} ({machine})",
        ("what", "who", "events/s", "CPU us/event"),
        rows,
    )


def _row(
    what: str, who: str, pid: int, work: Callable[[], None], rounds: int, clients: int
) -> List[str]:
    seen = _repeat(pid, work, rounds, clients)
    mebibytes = clients * BODY_MEBIBYTES
    return [
        what,
        who,
        f"{mebibytes / seen.seconds:.0f}",
        f"{seen.cpu_seconds * 1e3 / mebibytes:.2f}",
        f"{seen.grown_mebibytes:.1f}",
        f"{seen.body_mebibytes:.0f}",
    ]


def _events(
    what: str, who: str, pid: int, work: Callable[[], None], count: int, rounds: int
) -> List[str]:
    seen = _repeat(pid, work, rounds, 1)
    return [what, who, f"{count / seen.seconds:.0f}", f"{seen.cpu_seconds * 1e6 / count:.2f}"]


def _repeat(pid: int, work: Callable[[], None], rounds: int, clients: int) -> Seen:
    rows = [_once(pid, work, clients) for _ in range(rounds)]
    return Seen(
        median(row.seconds for row in rows),
        median(row.cpu_seconds for row in rows),
        max(row.grown_mebibytes for row in rows),
        max(row.body_mebibytes for row in rows),
    )


def _once(pid: int, work: Callable[[], None], clients: int) -> Seen:
    watch = held.Watch(pid)
    cpu, began = processes.cpu_seconds([pid]), time.monotonic()
    try:
        with ThreadPoolExecutor(clients) as pool:
            for transfer in [pool.submit(work) for _ in range(clients)]:
                transfer.result()
    finally:
        seconds = time.monotonic() - began
        spent = processes.cpu_seconds([pid]) - cpu
        grown, pages = watch.stop()
    return Seen(seconds, spent, grown, pages)


if __name__ == "__main__":
    main()
