# Scorekeeper: a model-serving supervisor.
# SPDX-License-Identifier: Apache-2.0

"""Azure's scoring server on a script, as a process, for those who compare with it."""

from __future__ import annotations

import http.client
import time
from pathlib import Path
from typing import Dict, List, Tuple

import peers
from server import free_port

LONGEST_START = 120.0


class ScoringServer:
    """The server of one script; `interpreter` is that of an environment which has it."""

    def __init__(
        self, interpreter: Path, folder: Path, variables: Dict[str, str], log: Path
    ) -> None:
        self._port = free_port()
        self._peer = peers.azure(
            interpreter, folder, folder / "model", self._port, log, variables
        )

    def is_up(self) -> bool:
        """Waits until the server answers, or has given up.

        Errors: `TimeoutError` after two minutes.
        """
        end = time.monotonic() + LONGEST_START
        while time.monotonic() < end:
            if self._peer.process.poll() is not None:
                return False
            try:
                return self.ask("GET", "/", [], b"")[0] == 200
            except OSError:
                time.sleep(0.1)
        raise TimeoutError("the scoring server does not start")

    def ask(
        self, method: str, target: str, fields: List[Tuple[str, str]], body: bytes
    ) -> Tuple[int, List[Tuple[str, str]], bytes]:
        """One request over a connection of its own.

        Errors: `OSError` and `HTTPException` where there is no answer.
        """
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=60)
        try:
            connection.putrequest(method, target, skip_accept_encoding=True)
            for name, value in fields:
                connection.putheader(name, value.encode("utf-8"))
            if body or method in ("POST", "PUT"):
                connection.putheader("content-length", str(len(body)))
            connection.endheaders(body)
            answer = connection.getresponse()
            return answer.status, answer.getheaders(), answer.read()
        finally:
            connection.close()

    def end(self) -> None:
        """Ends it with its workers."""
        self._peer.stop()
