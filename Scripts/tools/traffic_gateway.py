# Scorekeeper: a model-serving supervisor.
# SPDX-License-Identifier: Apache-2.0

"""A gateway without a server: what measures it gives it its lanes and its routes."""

from __future__ import annotations

import array
import json
import os
import socket
import subprocess
import time
from pathlib import Path
from typing import Any, Dict, List, NamedTuple, Sequence

from server import ServerFailed

PATIENCE_SECONDS = 20.0
PACKET_BYTES = 96 << 10


class Behind(NamedTuple):
    """One deployment behind an endpoint."""

    name: str
    percent: int = 0
    mirror_percent: int = 0
    scorers: int = 1


class LoneGateway:
    """One gateway process, and scorers of one program."""

    def __init__(self, program: Path, scorer: Path, folder: Path, port: int) -> None:
        self.scorer = scorer
        self.port = port
        self.scorers: List["subprocess.Popen[bytes]"] = []
        self._copied: Dict[str, int] = {}
        path = str(folder / "gateway")
        self.process = subprocess.Popen([str(program), "gateway", "--socket", path])
        self._link = self._connect(path)
        with socket.socket() as listener:
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listener.bind(("127.0.0.1", port))
            listener.listen()
            address = {"address": f"127.0.0.1:{port}"}
            self._send({"listen": {"_0": address}}, [listener.fileno()])

    def add(self, endpoint: str, deployments: Sequence[Behind], is_compared: bool) -> None:
        """An endpoint with scorers of its own."""
        routes = []
        for one in deployments:
            key = f"{endpoint}/{one.name}"
            runs = [
                {"instance": f"{key}/{number + 1}", "incarnation": 1}
                for number in range(one.scorers)
            ]
            for run in runs:
                self._start(run)
            routes.append(
                {
                    "key": key,
                    "percent": one.percent,
                    "mirrorPercent": one.mirror_percent,
                    "contract": "native",
                    "availability": {"open": {}},
                    "runs": runs,
                    "deadlineMilliseconds": 60_000,
                    "retry": "once",
                    "statuses": "managed",
                    "waitingLimit": 1_000,
                    "bodyLimit": 1 << 20,
                }
            )
        route: Dict[str, Any] = {"endpoint": endpoint, "deployments": routes}
        if is_compared:
            route["comparison"] = {"samplePercent": 100, "tolerance": 0}
        self._send({"route": {"_0": route}})

    def url(self, endpoint: str) -> str:
        """Where it is scored."""
        return f"http://127.0.0.1:{self.port}/endpoints/{endpoint}/score"

    def new_copies(self, endpoint: str) -> int:
        """Copies that were answered or shed since this was asked last."""
        self._send({"reportStatistics": {"id": 1}})
        total = 0
        while True:
            report = self._receive()
            if "statisticsEnd" in report:
                break
            counters = report.get("statistics", {}).get("_0", {})
            if counters.get("key", "").startswith(f"{endpoint}/"):
                mirrored = counters.get("mirrored", {})
                total += mirrored.get("copied", 0) + sum(mirrored.get("shed", {}).values())
        new = total - self._copied.get(endpoint, 0)
        self._copied[endpoint] = total
        return new

    def spent_nanoseconds(self) -> int:
        """CPU that the gateway's threads have used."""
        total = 0
        for task in Path(f"/proc/{self.process.pid}/task").iterdir():
            total += int((task / "schedstat").read_text().split()[0])
        return total

    def stop(self) -> None:
        """Ends everything that was started."""
        for process in [self.process, *self.scorers]:
            process.terminate()
        for process in [self.process, *self.scorers]:
            process.wait()

    def _start(self, run: Dict[str, Any]) -> None:
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with ours, theirs:
            order = {"run": run, "revision": 1, "calls": 1, "ahead": 7, "aheadOfShared": 0}
            self._send({"lane": {"_0": order}}, [ours.fileno()])
            self.scorers.append(_with_lane(self.scorer, theirs.fileno()))
        while "ready" not in self._receive():
            pass

    def _connect(self, path: str) -> socket.socket:
        link = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        limit = time.monotonic() + PATIENCE_SECONDS
        while True:
            try:
                link.connect(path)
                link.settimeout(PATIENCE_SECONDS)
                return link
            except OSError as error:
                if time.monotonic() > limit or self.process.poll() is not None:
                    raise ServerFailed(f"no gateway listens at {path}: {error}") from error
                time.sleep(0.01)

    def _send(self, order: Dict[str, Any], descriptors: Sequence[int] = ()) -> None:
        rights = (socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", descriptors))
        self._link.sendmsg([json.dumps(order).encode()], [rights] if descriptors else [])

    def _receive(self) -> Dict[str, Any]:
        packet = self._link.recv(PACKET_BYTES)
        if not packet:
            raise ServerFailed("the gateway has gone")
        report: Dict[str, Any] = json.loads(packet)
        return report


def _with_lane(program: Path, descriptor: int) -> "subprocess.Popen[bytes]":
    """A scorer that finds its lane where every scorer does."""
    return subprocess.Popen(
        [str(program)],
        pass_fds=[descriptor],
        env={**os.environ, "SCOREKEEPER_LANE_FD": str(descriptor)},
    )
