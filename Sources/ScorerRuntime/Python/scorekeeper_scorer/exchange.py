# Scorekeeper: a model-serving supervisor.
# SPDX-License-Identifier: Apache-2.0

"""What comes in over the lane and what goes back: values without behaviour of their own."""

from __future__ import annotations

from typing import Dict, NamedTuple, Tuple

JSON = "application/json"
PLAIN_TEXT = "text/plain; charset=utf-8"
HTML = "text/html; charset=utf-8"


class Request(NamedTuple):
    """One request, taken apart as far as a route needs it."""

    method: str
    path: str
    headers: Dict[str, str]
    body: bytes
    query: str = ""

    @classmethod
    def from_lane(cls, head: bytes, body: "bytes | memoryview") -> "Request":
        """Reads what the gateway wrote: ``POST /score?x=y``, then ``name: value`` lines.

        The body is copied out of the lane here, before anybody parses it.
        """
        first, *lines = head.decode("utf-8", "replace").rstrip("\n").split("\n")
        method, _, target = first.partition(" ")
        headers = {}
        for line in lines:
            name, _, value = line.partition(":")
            headers[name.strip().lower()] = value.strip()
        path, _, query = target.partition("?")
        return cls(method, path, headers, bytes(body), query)


class Answer(NamedTuple):
    """One answer: an HTTP status, header lines, a body."""

    status: int
    body: bytes
    content_type: str = JSON
    more_headers: Tuple[Tuple[str, str], ...] = ()

    @property
    def head(self) -> bytes:
        """The header lines as the lane carries them."""
        lines = (("content-type", self.content_type),) + self.more_headers
        return "".join(f"{name}: {value}\n" for name, value in lines).encode("latin-1", "replace")
