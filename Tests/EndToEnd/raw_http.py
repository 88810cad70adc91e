# Scorekeeper: a model-serving supervisor.
# SPDX-License-Identifier: Apache-2.0

"""A client that sends exactly the bytes it is given, right or wrong."""

from __future__ import annotations

import json
import socket
from typing import Any, Dict, NamedTuple, Optional

PATIENCE_SECONDS = 60.0


class Answer(NamedTuple):
    """One answer as it came."""

    status: int
    fields: Dict[str, str]
    body: bytes

    @property
    def message(self) -> str:
        """What it tells a person, whichever of our shapes the error has."""
        content: Any = json.loads(self.body)
        return str(content["error"]["message"] if "error" in content else content["message"])


class Closed(Exception):
    """The server hung up before an answer was whole."""


class RawClient:
    """One connection."""

    def __init__(self, port: int) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port), PATIENCE_SECONDS)
        self._bytes = b""

    def __enter__(self) -> "RawClient":
        return self

    def __exit__(self, *_: object) -> None:
        self.socket.close()

    def send(self, data: bytes) -> None:
        """Sends; a server that hangs up meanwhile may have answered all the same."""
        try:
            self.socket.sendall(data)
        except (BrokenPipeError, ConnectionResetError):
            pass

    def answer(self) -> Answer:
        """The next answer, whole; an interim one too."""
        while b"\r\n\r\n" not in self._bytes:
            self._more()
        head, _, self._bytes = self._bytes.partition(b"\r\n\r\n")
        lines = head.decode("latin-1").split("\r\n")
        pairs = (line.partition(":") for line in lines[1:])
        fields = {name.strip().lower(): value.strip() for name, _, value in pairs}
        length = int(fields.get("content-length", "0"))
        while len(self._bytes) < length:
            self._more()
        body, self._bytes = self._bytes[:length], self._bytes[length:]
        return Answer(int(lines[0].split(" ")[1]), fields, body)

    def is_closed(self) -> bool:
        """Waits until the server hangs up; whether it said nothing more before."""
        try:
            return not self._bytes and self.socket.recv(1) == b""
        except ConnectionResetError:
            return True

    def _more(self) -> None:
        try:
            part = self.socket.recv(1 << 16)
        except ConnectionResetError as error:
            raise Closed from error
        if not part:
            raise Closed
        self._bytes += part


def post(
    target: str,
    body: bytes,
    content_type: Optional[str] = "application/json",
    more_lines: str = "",
) -> bytes:
    """A whole request with its length told."""
    lines = f"POST {target} HTTP/1.1\r\nHost: x\r\nContent-Length: {len(body)}\r\n{more_lines}"
    if content_type is not None:
        lines += f"Content-Type: {content_type}\r\n"
    return lines.encode("latin-1") + b"\r\n" + body
