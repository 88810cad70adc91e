# Scorekeeper: a model-serving supervisor.
# SPDX-License-Identifier: Apache-2.0

"""What a request is answered with."""

from __future__ import annotations

import json
from typing import Any, NamedTuple


class Refusal(Exception):
    """A request that cannot be scored: its client is told status and text.

    Any other exception of a function that `Scorer.serve` calls is told as 500.
    """

    def __init__(self, status: int, text: str) -> None:
        super().__init__(text)
        self.status = status
        self.text = text


class Answer(NamedTuple):
    """An answer, or a part of one."""

    body: bytes
    content_type: str = "application/octet-stream"
    status: int = 200

    @classmethod
    def json(cls, value: Any, status: int = 200) -> "Answer":
        """An answer of JSON.

        Errors: `ValueError` for NaN and infinities, `TypeError` for what JSON cannot hold.
        """
        text = json.dumps(value, allow_nan=False) + "\n"
        return cls(text.encode(), "application/json", status)

    @property
    def head(self) -> bytes:
        """The header lines."""
        return b"content-type: " + self.content_type.encode("ascii") + b"\n"
