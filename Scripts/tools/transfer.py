# Scorekeeper: a model-serving supervisor.
# SPDX-License-Identifier: Apache-2.0

"""A client that costs little: sends one body from memory, or counts what comes."""

from __future__ import annotations

import socket

MEBIBYTE = 1 << 20
_ZEROS = bytes(MEBIBYTE)
_CHUNK = b"%x\r\n%s\r\n" % (MEBIBYTE, _ZEROS)
_PATIENCE_SECONDS = 300.0


class TransferFailed(Exception):
    """The other side answered something else than was asked for."""


def upload(port: int, target: str, method: str, mebibytes: int, is_chunked: bool) -> None:
    """Sends a body and reads its answer; one that is busy is asked again.

    Errors: `TransferFailed` unless the answer's status is of the 200s.
    """
    framing = "Transfer-Encoding: chunked"
    if not is_chunked:
        framing = f"Content-Length: {mebibytes * MEBIBYTE}"
    head = f"{method} {target} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n{framing}\r\n\r\n"
    with socket.create_connection(("127.0.0.1", port), _PATIENCE_SECONDS) as connection:
        connection.sendall(head.encode())
        for _ in range(mebibytes):
            connection.sendall(_CHUNK if is_chunked else _ZEROS)
        if is_chunked:
            connection.sendall(b"0\r\n\r\n")
        answer = connection.recv(MEBIBYTE)
    if not answer.startswith(b"HTTP/1.1 2"):
        raise TransferFailed(f"{target} answered {answer[:80]!r}")


def download(port: int, target: str, at_least: int = 0) -> None:
    """Reads an answer to its end.

    Errors: `TransferFailed` where fewer than `at_least` bytes came.
    """
    head = f"GET {target} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
    with socket.create_connection(("127.0.0.1", port), _PATIENCE_SECONDS) as connection:
        connection.sendall(head.encode())
        room = memoryview(bytearray(MEBIBYTE))
        seen = 0
        while True:
            count = connection.recv_into(room)
            if count == 0:
                break
            seen += count
    if seen < at_least:
        raise TransferFailed(f"{target} answered {seen} of {at_least} bytes")
