# Scorekeeper: a model-serving supervisor.
# SPDX-License-Identifier: Apache-2.0

"""A real scorer process on a real lane, with a small gateway of C at the other end."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import tempfile
from typing import Dict, List, NamedTuple, Optional, Sequence

import runtime_path

HERE = os.path.dirname(os.path.abspath(__file__))
LANE_SOURCES = os.path.join(runtime_path.ROOT, "Sources", "CScorerABI")


class Heard(NamedTuple):
    """One thing the gateway heard."""

    word: str
    status: int = 0
    head: bytes = b""
    body: bytes = b""


def support_folder() -> str:
    """Where `Scripts/build` put the extensions.

    Errors: `FileNotFoundError` when nothing was built.
    """
    named = os.environ.get("SCOREKEEPER_SUPPORT")
    folder = named or os.path.join(runtime_path.ROOT, ".build", "debug", "support")
    if not os.path.exists(os.path.join(folder, "_scorer.so")):
        raise FileNotFoundError(f"there is no '{folder}/_scorer.so'; run Scripts/build debug")
    return folder


class Gateway:
    """The gateway's side of one lane; it owns the socket that it is given."""

    def __init__(self, lane: socket.socket) -> None:
        program = _gateway_program()
        with lane:
            self._process = subprocess.Popen(
                [program, str(lane.fileno())],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                pass_fds=[lane.fileno()],
            )

    def hear(self) -> Heard:
        """Waits for what the scorer says next."""
        assert self._process.stdout is not None
        line = self._process.stdout.readline().decode("ascii").split()
        if not line:
            return Heard("closed")
        sizes: List[int] = [int(word) for word in line[1:]]
        if line[0] == "failed":
            return Heard("failed", body=self._process.stdout.read(sizes[0]))
        if line[0] in ("answer", "broken"):
            head = self._process.stdout.read(sizes[1])
            return Heard(line[0], sizes[0], head, self._process.stdout.read(sizes[2]))
        return Heard(line[0])

    def ask(self, head: bytes, body: bytes) -> Heard:
        """Posts a request and waits for what comes of it."""
        self.tell(b"post %d %d\n" % (len(head), len(body)) + head + body)
        return self.hear()

    def tell(self, command: bytes) -> None:
        """Sends one command."""
        assert self._process.stdin is not None
        self._process.stdin.write(command)
        self._process.stdin.flush()

    def end(self) -> None:
        """Kills it: its end of the lane closes."""
        self._process.kill()
        self._process.wait()
        for stream in (self._process.stdin, self._process.stdout):
            if stream is not None:
                try:
                    stream.close()
                except BrokenPipeError:
                    pass


class ScorerProcess:
    """The scorer of one model directory or script, started cold, and its gateway.

    `words` are what follows `serve`, `variables` what its environment says besides.
    """

    def __init__(self, *words: str, **variables: str) -> None:
        self._folder = tempfile.TemporaryDirectory()
        self.gateway = Gateway(self._start(words, variables))

    def _start(self, words: Sequence[str], variables: Dict[str, str]) -> socket.socket:
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        runtime = os.path.join(support_folder(), "python", "scorekeeper_scorer", "__main__.py")
        self._log_path = os.path.join(self._folder.name, "log")
        with theirs, open(self._log_path, "wb") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-I", "-B", runtime, "serve", *words],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                pass_fds=[theirs.fileno()],
                env={
                    "SCOREKEEPER_LANE_FD": str(theirs.fileno()),
                    "HOME": self._folder.name,
                    "PATH": os.environ["PATH"],
                    **variables,
                },
            )
        return ours

    def drain(self) -> int:
        """Tells the scorer to leave; its exit code."""
        self.gateway.tell(b"drain\n")
        return self.process.wait(60)

    def close_lane(self) -> int:
        """Ends the gateway, whose socket nobody else holds; the scorer's exit code."""
        self.gateway.end()
        return self.process.wait(60)

    def log(self) -> str:
        """What the scorer wrote to its outputs."""
        with open(self._log_path, encoding="utf-8") as file:
            return file.read()

    def end(self) -> None:
        """Ends both processes."""
        self.gateway.end()
        self.process.kill()
        self.process.wait()
        self._folder.cleanup()


_built: Optional["tempfile.TemporaryDirectory[str]"] = None


def _gateway_program() -> str:
    """Compiles the gateway once for all tests."""
    global _built
    if _built is None:
        _built = tempfile.TemporaryDirectory()
        compiler = shutil.which("cc") or shutil.which("clang") or "gcc"
        command = [compiler, "-std=gnu11", "-O2", "-I", os.path.join(LANE_SOURCES, "include")]
        command += ["-o", os.path.join(_built.name, "gateway"), os.path.join(HERE, "gateway.c")]
        names = sorted(name for name in os.listdir(LANE_SOURCES) if name.endswith(".c"))
        command += [os.path.join(LANE_SOURCES, name) for name in names if name != "libscorer.c"]
        subprocess.run(command, check=True)
    return os.path.join(_built.name, "gateway")
