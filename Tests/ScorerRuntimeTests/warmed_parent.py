# Scorekeeper: a model-serving supervisor.
# SPDX-License-Identifier: Apache-2.0

"""A real warmed parent, with the test in the node's place."""

from __future__ import annotations

import array
import ctypes
import fcntl
import json
import os
import socket
import struct
import subprocess
import sys
import tempfile
from typing import Any, Dict, List, NamedTuple, Optional

from scorer_process import Gateway, support_folder

BECOME_SUBREAPER = 36
ADD_SEALS, ALL_SEALS = 1033, 0b1111
PLAN_MAGIC, PLAN_VERSION = 0x4E414C50534B4353, 1
ARGUMENT, VARIABLE, RULE = 2, 3, 6
MAY_READ, MAY_WRITE = 0, 1
ARRIVED, SCORER, STARTED, FAILED, ENDED = 1, 2, 3, 4, 5


class Report(NamedTuple):
    """One packet that a launched process sends to its node."""

    kind: int
    value: int
    text: str


class WarmScorer:
    """One scorer that the parent forked: its gateway, its reports, its log."""

    def __init__(self, gateway: Gateway, reports: socket.socket, log: str) -> None:
        self.gateway = gateway
        self._reports = reports
        self._log = log

    def report(self) -> Report:
        """Waits for the next report; one that has arrived is let go on."""
        data = self._reports.recv(4096)
        if not data:
            raise EOFError(f"no report came; the log holds: {self.log()}")
        kind, value, step, subject = struct.unpack("Ii24s224s", data)
        if kind == ARRIVED:
            self._reports.send(b"g")
        text = b" ".join(part.split(b"\0")[0] for part in (step, subject))
        return Report(kind, value, text.decode())

    def log(self) -> str:
        """What the scorer wrote to its outputs."""
        with open(self._log, encoding="utf-8") as file:
            return file.read()

    def end(self) -> None:
        """Closes the lane and reaps the init that the node was given."""
        self.gateway.end()
        self._reports.close()


class WarmedParent:
    """The parent of one environment; orphans of its forks become the test's own children."""

    def __init__(self, modules: List[str]) -> None:
        ctypes.CDLL(None, use_errno=True).prctl(BECOME_SUBREAPER, 1, 0, 0, 0)
        self._folder = tempfile.TemporaryDirectory()
        self._forked: List[WarmScorer] = []
        self.control, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        runtime = os.path.join(support_folder(), "python", "scorekeeper_scorer", "__main__.py")
        command = [sys.executable, "-I", "-B", runtime, "warm", "--import", *modules]
        # The parent's control socket is descriptor 3, wherever ours happens to be.
        given = ["/bin/sh", "-c", f'exec "$@" 3<&{theirs.fileno()}', "sh", *command]
        self._log_path = os.path.join(self._folder.name, "log")
        with theirs, open(self._log_path, "wb") as log:
            self.process = subprocess.Popen(
                given,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                pass_fds=[theirs.fileno()],
                env={"PATH": os.environ["PATH"], "INHERITED": "from the parent"},
            )

    def hear(self) -> Dict[str, Any]:
        """Waits for what the parent says next."""
        packet = self.control.recv(65536)
        if not packet:
            with open(self._log_path, encoding="utf-8") as file:
                raise EOFError(f"the parent has left: {file.read()}")
        heard: Dict[str, Any] = json.loads(packet)
        return heard

    def send(self, packet: bytes, descriptors: List[int]) -> None:
        """Sends one packet with descriptors."""
        passed = array.array("i", descriptors)
        rights = [(socket.SOL_SOCKET, socket.SCM_RIGHTS, passed)] if descriptors else []
        self.control.sendmsg([packet], rights)

    def fork(self, words: List[str], variables: Optional[Dict[str, str]] = None) -> WarmScorer:
        """Asks for a scorer of what the words say, as the node does."""
        reports, launch = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        lane, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        plan = _plan(words, variables or {})
        reports.sendmsg([b"p"], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", [plan]))])
        number = len(self._forked)
        path = os.path.join(self._folder.name, f"log-{number}")
        with launch, theirs, open(path, "wb") as log:
            descriptors = [launch.fileno(), theirs.fileno(), log.fileno()]
            self.send(b"fork", descriptors)
            os.close(plan)
            self._forked.append(WarmScorer(Gateway(lane), reports, path))
            scorer = self._forked[-1]
            kind = None
            while kind not in (STARTED, SCORER):
                report = scorer.report()
                kind = report.kind
                if kind == FAILED:
                    raise AssertionError(f"the launch failed: {report}")
        return scorer

    def end(self) -> None:
        """Ends the parent and its scorers, and reaps what became ours."""
        for scorer in self._forked:
            scorer.end()
        self.process.kill()
        self.process.wait()
        self.control.close()
        while True:
            try:
                os.waitpid(-1, 0)
            except ChildProcessError:
                break
        self._folder.cleanup()


def _plan(words: List[str], variables: Dict[str, str]) -> int:
    """A sealed plan without namespaces: what any machine lets anybody do."""
    rules = [("/", MAY_READ), ("/tmp", MAY_WRITE), ("/dev/null", MAY_WRITE)]
    records = b"".join(_record(RULE, path, access) for path, access in rules)
    records += b"".join(_record(ARGUMENT, word) for word in words)
    for name, value in variables.items():
        records += _record(VARIABLE, f"{name}={value}")
    size = struct.calcsize("QIIIIIIII") + len(records)
    user, group = os.getuid(), os.getgid()
    header = struct.pack("QIIIIIIII", PLAN_MAGIC, PLAN_VERSION, size, 0, user, group, 0, 0, 0)
    plan = os.memfd_create("plan", os.MFD_CLOEXEC | os.MFD_ALLOW_SEALING)
    os.write(plan, header + records)
    fcntl.fcntl(plan, ADD_SEALS, ALL_SEALS)
    return plan


def _record(kind: int, words: str, number: int = 0) -> bytes:
    text = os.fsencode(words) + b"\0"
    return struct.pack("IIQ", kind, len(text), number) + text + b"\0" * (-len(text) % 8)
