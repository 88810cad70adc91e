# Scorekeeper: a model-serving supervisor.
# SPDX-License-Identifier: Apache-2.0

"""A plain HTTP server for one person: one request at a time, in the main thread.

There a debugger stops where it is wanted, and a signal ends a script that is late.
"""

from __future__ import annotations

import http.server
import sys
import time
from typing import Any, NamedTuple, Protocol

from .reply import Reply
from .request import Request

ADDRESS = "127.0.0.1"
LONGEST_BODY = 256 << 20
LOOK_SECONDS = 0.5


class Answering(Protocol):
    """What answers the requests."""

    def look(self) -> None:
        """Called now and then: whatever is to be done between two requests."""

    def answer(self, request: Request) -> Reply:
        """The answer to any request."""

    def broken(self, failure: BaseException) -> None:
        """Tells of an answer that ended in the middle."""


class DebugServer:
    """Listens on this machine alone."""

    def __init__(self, port: int, answering: Answering) -> None:
        handler = type("Handler", (_Handler,), {"answering": answering})
        self._server = _Server((ADDRESS, port), handler)
        self._server.answering = answering

    @property
    def port(self) -> int:
        """Where it listens."""
        return int(self._server.server_address[1])

    def serve(self) -> None:
        """Serves until it is interrupted."""
        self._server.serve_forever(poll_interval=LOOK_SECONDS)

    def __enter__(self) -> "DebugServer":
        return self

    def __exit__(self, *error: Any) -> None:
        self._server.server_close()


class _Server(http.server.HTTPServer):
    answering: Answering

    def service_actions(self) -> None:
        self.answering.look()


class _Body(NamedTuple):
    status: int
    content: bytes


class _Handler(http.server.BaseHTTPRequestHandler):
    answering: Answering
    protocol_version = "HTTP/1.1"

    def handle_one_request(self) -> None:
        # One connection is answered at a time, so none is kept.
        self.close_connection = True
        self.raw_requestline = self.rfile.readline(65_537)
        if self.raw_requestline and self.parse_request():
            self.close_connection = True
            self._answer()

    def _answer(self) -> None:
        began = time.perf_counter()
        body = self._body()
        if body.status != 200:
            self.send_error(body.status)
            return
        lines = "".join(f"{name.lower()}: {value}\n" for name, value in self.headers.items())
        head = f"{self.command} {self.path}\n{lines}".encode("latin-1", "replace")
        reply = self.answering.answer(Request(head, body.content))
        try:
            self._send(reply)
        except OSError:
            pass  # Nobody waits for it any more.
        finally:
            if reply.parts is not None:
                reply.parts.close()
        took = (time.perf_counter() - began) * 1_000
        print(f"{self.command} {self.path} {reply.status} {took:.3f} ms", file=sys.stderr)

    def _send(self, reply: Reply) -> None:
        self.send_response(reply.status)
        for line in reply.head.decode("latin-1").splitlines():
            name, _, value = line.partition(": ")
            self.send_header(name, value)
        self.send_header("Connection", "close")
        if reply.parts is None:
            self.send_header("Content-Length", str(len(reply.body)))
        elif self.command != "HEAD":
            self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        if self.command == "HEAD":
            return
        if reply.parts is None:
            self.wfile.write(reply.body)
            return
        try:
            for part in reply.parts:
                if part:
                    self.wfile.write(b"%x\r\n%b\r\n" % (len(part), part))
        except OSError:
            raise
        except Exception as failure:
            # Without the last chunk the client sees that the answer is not whole.
            self.answering.broken(failure)
            return
        self.wfile.write(b"0\r\n\r\n")

    def _body(self) -> _Body:
        if "chunked" in self.headers.get("transfer-encoding", "").lower():
            return self._chunks()
        text = self.headers.get("content-length", "0")
        if not text.isdigit():
            return _Body(400, b"")
        if int(text) > LONGEST_BODY:
            return _Body(413, b"")
        return _Body(200, self.rfile.read(int(text)))

    def _chunks(self) -> _Body:
        found = bytearray()
        while True:
            try:
                size = int(self.rfile.readline(1_024).partition(b";")[0], 16)
            except ValueError:
                return _Body(400, b"")
            if size < 0 or len(found) + size > LONGEST_BODY:
                return _Body(413, b"")
            found += self.rfile.read(size)
            self.rfile.readline(1_024)
            if size == 0:
                return _Body(200, bytes(found))

    def log_message(self, form: str, *values: Any) -> None:
        """Says nothing: what is worth a line is said where it happens."""
