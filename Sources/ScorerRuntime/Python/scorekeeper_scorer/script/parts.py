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


class EarlyFailure(Exception):
    """A generator raised, as its cause says, before it had made anything."""


def reply(values: Iterator[Any], took: bytes) -> Reply:
    """The answer of a ``run`` that is a generator.

    Shape: the first value decides: bytes and texts are sent as they are, other values as JSON, a
    line each. `took` is how long it took to make the iterator.
    Errors: `EarlyFailure`.
    """
    kind, made = TEXT, []
    try:
        made.append(next(values))
    except StopIteration:
        pass
    except BaseException as error:
        raise EarlyFailure from error
    if made and isinstance(made[0], (bytes, bytearray, memoryview)):
        kind = BYTES
    elif made and not isinstance(made[0], str):
        kind = LINES
    head = b"content-type: " + kind.encode("ascii") + b"\n" + SUCCEEDED
    write = _line if kind == LINES else written
    parts = _each(values, itertools.chain(made, values), write)
    return Reply(200, head + b"x-ms-run-fn-exec-ms: " + took, b"", parts)


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
    """The parts, written; closing it closes what the values come from.

    Errors: `TypeError` where there is nothing to go through, at once.
    """
    return _each(values, iter(values), write)


def _each(
    origin: Iterable[Any], values: Iterator[Any], write: Callable[[Any], bytes]
) -> Iterator[bytes]:
    try:
        for value in values:
            yield write(value)
    finally:
        close = getattr(origin, "close", None)
        if close is not None:
            close()


def _line(value: Any) -> bytes:
    return json.dumps(value).encode("ascii") + b"\n"
