# Scorekeeper: a model-serving supervisor.
# SPDX-License-Identifier: Apache-2.0

"""One request of a script, and what a server answered to it."""

from __future__ import annotations

import json
from typing import Any, Dict, List, NamedTuple, Optional, Tuple

JSON = "application/json"
PROBE = "-"

# What a connection or a moment decides, or what only the running server can say.
_NOT_COMPARED = {"connection", "content-length", "date", "server", "transfer-encoding"}
_TIMES = {"x-ms-run-fn-exec-ms"}


class Case(NamedTuple):
    """A request for a script, and the names of the differences that its answers show.

    Shape: with the method `PROBE` it asks whether the script starts at all. A body that is neither
    bytes nor text is written as JSON.
    """

    script: str
    name: str
    body: Any = b""
    method: str = "POST"
    target: str = "/score"
    content_type: Optional[str] = JSON
    fields: Tuple[Tuple[str, str], ...] = (("x-request-id", "r-1"),)
    differs: Tuple[str, ...] = ()

    @property
    def written(self) -> bytes:
        """The body as it is sent."""
        if isinstance(self.body, bytes):
            return self.body
        if isinstance(self.body, str):
            return self.body.encode("utf-8")
        return json.dumps(self.body).encode("ascii")

    @property
    def sent(self) -> List[Tuple[str, str]]:
        """The header fields that are sent, but for the connection's own."""
        kind = [] if self.content_type is None else [("content-type", self.content_type)]
        return kind + list(self.fields)


class Reply(NamedTuple):
    """What came back: the fields in lower case, sorted; of times only that there was one."""

    status: int
    fields: List[Tuple[str, str]]
    body: bytes

    @classmethod
    def of(cls, status: int, fields: List[Tuple[str, str]], body: bytes) -> "Reply":
        """An answer without what cannot be compared."""
        kept = [(name.lower(), value.strip()) for name, value in fields]
        kept = [(name, "" if name in _TIMES else value) for name, value in kept]
        return cls(status, sorted(pair for pair in kept if pair[0] not in _NOT_COMPARED), body)

    def field(self, name: str) -> str:
        """The first value of a field; empty where there is none."""
        return dict(reversed(self.fields)).get(name, "")

    @property
    def content(self) -> Any:
        """The body's JSON, or nothing where it is none."""
        try:
            return json.loads(self.body)
        except ValueError:
            return None


# What each script's environment says besides.
VARIABLES: Dict[str, Dict[str, str]] = {
    "slow": {"SCORING_TIMEOUT_MS": "300"},
    "cors": {"AML_CORS_ORIGINS": "https://one.example, https://two.example"},
    "cors_any": {"AML_CORS_ORIGINS": "*"},
    "named": {
        "SERVICE_NAME": "Own name",
        "SERVICE_VERSION": "9.1",
        "SERVICE_PATH_PREFIX": "/api/own/",
        "SERVER_VERSION_LOG_RESPONSE_ENABLED": "true",
    },
}

STARTS = Reply(200, [], b"it starts")
FAILS = Reply(500, [], b"it does not start")
ENDED = Reply(0, [], b"the connection was closed without an answer")
