# Scorekeeper: a model-serving supervisor.
# SPDX-License-Identifier: Apache-2.0

"""JSON, read strictly and written so that every reader accepts it.

Python's own reader lets through what other readers refuse (NaN, repeated keys, 1e400 as infinity)
or what breaks later in the model's libraries (lone surrogates, ten thousand levels). Here each is
an `InvalidJSON` with a sentence for the client.
"""

from __future__ import annotations

import json
import math
import re
from typing import Any, Dict, List, Optional, Tuple, Type

DEEPEST = 100
LONGEST_NUMBER = 300

_STRING = re.compile(rb'"(?:[^"\\]|\\.)*"', re.DOTALL)
_EMPTY_PAIR = re.compile(rb"\[\]|\{\}")
_ALL_BUT_BRACKETS = bytes(byte for byte in range(256) if byte not in b"[]{}")
_SURROGATE = re.compile(rb"\\u[dD][89a-fA-F]")
_UNUSUAL_NUMBER = re.compile(rb"[eE]\+?[0-9]{3}|(?:^|[^0-9])[0-9]{%d}" % LONGEST_NUMBER)


class InvalidJSON(ValueError):
    """The text is not the JSON we accept; the message says why and may be shown to the client.

    `original` is what Python's own reader raised, and nothing where that reader would not have.
    """

    def __init__(self, why: str, original: Optional[ValueError] = None) -> None:
        super().__init__(why)
        self.original = original


def decode(body: bytes) -> Any:
    """The value that `body` holds.

    Errors: `InvalidJSON`, whatever the text is.
    """
    try:
        text = str(body, "utf-8-sig")
    except UnicodeDecodeError as error:
        raise InvalidJSON(not_utf8(error), error) from None
    _check_depth(body)
    decoder = _careful if _UNUSUAL_NUMBER.search(body) else _quick
    try:
        value = decoder.decode(text)
    except json.JSONDecodeError as error:
        place = f"line {error.lineno} column {error.colno}"
        raise InvalidJSON(f"{error.msg} at {place}", error) from None
    except RecursionError:
        raise InvalidJSON(f"nested deeper than {DEEPEST} levels") from None
    if _SURROGATE.search(body):
        _check_surrogates(value)
    return value


def not_utf8(error: UnicodeDecodeError) -> str:
    """What is wrong with the bytes, without the bytes, which the error's own text repeats."""
    return f"the body is not UTF-8: byte {error.start} {error.reason}"


def encode(value: Any, encoder: Optional[Type[json.JSONEncoder]] = None) -> bytes:
    """`value` as JSON, with null for what is not finite.

    Errors: `TypeError` or `ValueError` when some part of it has no JSON form.
    """
    try:
        text = json.dumps(value, cls=encoder, allow_nan=False)
    except ValueError:
        text = json.dumps(value, cls=encoder)
        text = json.dumps(json.loads(text, parse_constant=lambda name: None))
    return text.encode("ascii")


def _check_depth(body: bytes) -> None:
    if body.count(b"[") + body.count(b"{") <= DEEPEST:
        return
    brackets = _STRING.sub(b"", body).translate(None, _ALL_BUT_BRACKETS)
    for _ in range(DEEPEST):
        outer = _EMPTY_PAIR.sub(b"", brackets)
        if not outer:
            return
        if len(outer) == len(brackets):
            return  # They do not match: the reader says where.
        brackets = outer
    raise InvalidJSON(f"nested deeper than {DEEPEST} levels")


def _check_surrogates(value: Any) -> None:
    try:
        json.dumps(value, ensure_ascii=False).encode("utf-8")
    except UnicodeEncodeError:
        raise InvalidJSON("a string holds half of a surrogate pair") from None


def _refuse_constant(name: str) -> Any:
    raise InvalidJSON(f"{name} is not a JSON number; write null")


def _object_of_pairs(pairs: List[Tuple[str, Any]]) -> Dict[str, Any]:
    members = dict(pairs)
    if len(members) == len(pairs):
        return members
    seen = set()
    for key, _ in pairs:
        if key in seen:
            raise InvalidJSON(f"the key {key[:64]!r} stands twice in one object")
        seen.add(key)
    return members


def _finite_float(digits: str) -> float:
    number = float(digits)
    if not math.isfinite(number):
        raise InvalidJSON(f"the number {digits[:32]} is too large for a double")
    return number


def _bounded_int(digits: str) -> int:
    if len(digits) > LONGEST_NUMBER:
        raise InvalidJSON(f"an integer of {len(digits)} digits; {LONGEST_NUMBER} are accepted")
    return int(digits)


_quick = json.JSONDecoder(object_pairs_hook=_object_of_pairs, parse_constant=_refuse_constant)
_careful = json.JSONDecoder(
    object_pairs_hook=_object_of_pairs,
    parse_constant=_refuse_constant,
    parse_float=_finite_float,
    parse_int=_bounded_int,
)
