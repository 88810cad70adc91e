# Scorekeeper: a model-serving supervisor.
# SPDX-License-Identifier: Apache-2.0

"""Bodies of many mebibytes, sent in pieces."""

from __future__ import annotations

import socket
import zlib
from typing import Dict, Tuple

MEBIBYTE = 1 << 20
_BLOCK = bytes(range(256)) * 4096


def mebibyte(number: int) -> bytes:
    """One of a body's mebibytes; no two of the first 256 are alike."""
    return _BLOCK.translate(bytes(value ^ (number & 255) for value in range(256)))


def described(count: int) -> bytes:
    """What the streaming scorer says of a body of so many mebibytes."""
    checksum = 1
    for number in range(count):
        checksum = zlib.adler32(mebibyte(number), checksum)
    return b"%d %d\n" % (count * MEBIBYTE, checksum)


class Upload:
    """One request whose body is sent as far as it is told."""

    def __init__(self, port: int, mebibytes: int, is_chunked: bool = False) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port), 120)
        self.is_chunked = is_chunked
        self.sent = 0
        framing = "Transfer-Encoding: chunked"
        if not is_chunked:
            framing = f"Content-Length: {mebibytes * MEBIBYTE}"
        head = f"POST /endpoints/stream/score?sum HTTP/1.1\r\nHost: x\r\n{framing}\r\n\r\n"
        self.socket.sendall(head.encode())

    def __enter__(self) -> "Upload":
        return self

    def __exit__(self, *_: object) -> None:
        self.socket.close()

    def send(self, mebibytes: int) -> None:
        """Sends more of the body; a server that hangs up meanwhile has answered."""
        for _ in range(mebibytes):
            piece = mebibyte(self.sent)
            if self.is_chunked:
                piece = b"%x\r\n%s\r\n" % (len(piece), piece)
            try:
                self.socket.sendall(piece)
            except (BrokenPipeError, ConnectionResetError):
                return
            self.sent += 1

    def finish(self) -> None:
        """Nothing more of the body comes."""
        if self.is_chunked:
            self.socket.sendall(b"0\r\n\r\n")

    def answer(self) -> Tuple[int, Dict[str, str], bytes]:
        """Status, fields and body."""
        with self.socket.makefile("rb") as file:
            status = int(file.readline().split()[1])
            fields = {}
            for line in iter(file.readline, b"\r\n"):
                name, _, value = line.decode("latin-1").partition(":")
                fields[name.lower()] = value.strip()
            return status, fields, file.read(int(fields["content-length"]))

