# Scorekeeper: a model-serving supervisor.
# SPDX-License-Identifier: Apache-2.0

"""The streaming scorer of these tests, and a client that reads its answers as slowly as asked."""

from __future__ import annotations

import socket
import subprocess
from pathlib import Path
from typing import Dict, Iterator, List, Optional, Tuple

from harness import EndToEnd, program
from held import bodies as bodies_held, forget_peak, peak_mebibytes

__all__ = ["SlowClient", "Streaming", "bodies_held", "build", "forget_peak", "peak_mebibytes"]

PATIENCE_SECONDS = 60.0
MANIFEST = """
name: default
endpoint_name: stream
request_settings: {{ request_timeout_ms: 60000 }}
properties: {{ scorekeeper.scorer: ./streamer, scorekeeper.body_limit: {limit} }}
"""


def build(folder: Path) -> Path:
    """Compiles the scorer into `folder` against what was built."""
    support = program().parent / "support"
    source = Path(__file__).parent / "streamer" / "streamer.c"
    binary = folder / "streamer"
    flags = ["-std=gnu11", "-O2", "-Wall", "-Wextra", "-Werror", f"-I{support}"]
    command = ["cc", *flags, "-o", str(binary), str(source), str(support / "libscorer.a")]
    subprocess.run(command, check=True)
    return binary


class Streaming(EndToEnd):
    """A class whose server has the streaming scorer at the endpoint `stream`."""

    body_limit = "16MiB"
    binary: Path

    @classmethod
    def setUpClass(cls) -> None:
        super().setUpClass()
        folder = Path(cls._folder.name)
        cls.binary = build(folder)
        manifest = folder / "stream.yml"
        manifest.write_text(MANIFEST.format(limit=cls.body_limit))
        cls.server.run("deploy", "-f", str(manifest))

    def ask(self, what: str, method: str = "GET", version: str = "1.1") -> "SlowClient":
        """A connection over which the request was sent, and nothing was read yet."""
        client = SlowClient(self.server.port)
        head = f"{method} /endpoints/stream/score?{what} HTTP/{version}\r\nHost: x\r\n\r\n"
        client.socket.sendall(head.encode())
        return client

    def gateway(self) -> int:
        """The gateway's process."""
        pid: Optional[int] = self.server.status()["gateway"]["pid"]
        assert pid is not None
        return pid

    def log_lines(self) -> List[str]:
        """What the scorer has said of its answers."""
        return self.server.run("logs", "stream").splitlines()

    def said(self, words: str, after: int) -> str:
        """The scorer's line with these words, once it is there; `after` lines are known before."""
        line: str = self.wait_for(
            f"a line with '{words}'",
            lambda: next((line for line in self.log_lines()[after:] if words in line), None),
        )
        return line


class SlowClient:
    """Reads an answer's head and chunks when it is told to, and not before."""

    def __init__(self, port: int) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port), PATIENCE_SECONDS)
        self._file = self.socket.makefile("rb")

    def __enter__(self) -> "SlowClient":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Hangs up."""
        self._file.close()
        self.socket.close()

    def head(self) -> Tuple[int, Dict[str, str]]:
        """The status and the fields."""
        status = int(self._file.readline().split()[1])
        fields = {}
        for line in iter(self._file.readline, b"\r\n"):
            name, _, value = line.decode("latin-1").partition(":")
            fields[name.lower()] = value.strip()
        return status, fields

    def chunks(self) -> Iterator[bytes]:
        """The chunks as they come; the last, empty one too.

        Errors: `EOFError` when the server hangs up before the last one.
        """
        while True:
            line = self._file.readline()
            if not line:
                raise EOFError("there was no last chunk")
            length = int(line, 16)
            chunk = self._file.read(length + 2)
            if len(chunk) < length + 2:
                raise EOFError("a chunk was cut off")
            yield chunk[:-2]
            if length == 0:
                return

    def rest(self) -> bytes:
        """All that comes until the server hangs up."""
        return self._file.read()
