# Scorekeeper: a model-serving supervisor.
# SPDX-License-Identifier: Apache-2.0

"""Answers that are sent in parts as they are made: one part for each value of an iterator."""

from __future__ import annotations

import itertools
import json
from typing import Any, Callable, Iterable, Iterator

from .reply import Reply, SUCCEEDED

BYTES = "application/octet-stream"
TEXT = "text/plain; charset=utf-8"
LINES = "application/x-ndjson"


def reply(values: Iterator[Any], took: bytes) -> Reply:
    """The answer of a ``run`` that is a generator.

    Shape: the first value decides: bytes and texts are sent as they are, other values as JSON, a
    line each. `took` is how long it took to make the iterator.
    Errors: whatever is raised before the first value.
    """
    kind = TEXT
    for first in values:
        if isinstance(first, (bytes, bytearray, memoryview)):
            kind = BYTES
        elif not isinstance(first, str):
            kind = LINES
        values = _Closed(itertools.chain([first], values), values)
        break
    head = b"content-type: " + kind.encode("ascii") + b"\n" + SUCCEEDED
    write = _line if kind == LINES else written
    return Reply(200, head + b"x-ms-run-fn-exec-ms: " + took, b"", each(values, write))


def written(value: Any) -> bytes:
    """A part of a response's body.

    Errors: `TypeError` for what is neither text nor bytes.
    """
    if isinstance(value, str):
        return value.encode("utf-8")
    if isinstance(value, (bytes, bytearray, memoryview)):
        return bytes(value)
    raise TypeError(f"a part of an answer is of type '{type(value).__name__}'; give str or bytes")


def each(values: Iterable[Any], write: Callable[[Any], bytes]) -> Iterator[bytes]:
    """The parts, written; closing it closes what the values come from."""
    try:
        for value in values:
            yield write(value)
    finally:
        close = getattr(values, "close", None)
        if close is not None:
            close()


def _line(value: Any) -> bytes:
    return json.dumps(value).encode("ascii") + b"\n"


class _Closed:
    """An iterator that closes another one with it."""

    def __init__(self, values: Iterator[Any], origin: Any) -> None:
        self._values = values
        self._origin = origin

    def __iter__(self) -> Iterator[Any]:
        return self._values

    def __next__(self) -> Any:
        return next(self._values)

    def close(self) -> None:
        close = getattr(self._origin, "close", None)
        if close is not None:
            close()
