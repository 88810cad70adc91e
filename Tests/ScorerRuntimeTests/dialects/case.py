# Scorekeeper: a model-serving supervisor.
# SPDX-License-Identifier: Apache-2.0

"""One request of the list, and what a side answered to it."""

from __future__ import annotations

import json
from typing import Any, NamedTuple, Optional, Tuple

JSON = "application/json"
CSV = "text/csv"
PARQUET = "application/vnd.apache.parquet"


class Case(NamedTuple):
    """A body for a model, and the names of the differences that its answers show.

    A body that is neither bytes nor text is written as JSON.
    """

    name: str
    model: str
    body: Any
    differs: Tuple[str, ...] = ()
    content_type: Optional[str] = JSON

    @property
    def written(self) -> bytes:
        """The body as it is sent."""
        if isinstance(self.body, bytes):
            return self.body
        if isinstance(self.body, str):
            return self.body.encode("utf-8")
        return json.dumps(self.body).encode("ascii")


class Reply(NamedTuple):
    """What came back."""

    status: int
    content_type: str
    body: bytes

    @property
    def content(self) -> Any:
        """The body's JSON, or nothing where it is none."""
        try:
            return json.loads(self.body)
        except ValueError:
            return None

    def with_content(self, content: Any) -> "Reply":
        """The same reply with another JSON body."""
        return self._replace(body=json.dumps(content).encode("ascii"))
