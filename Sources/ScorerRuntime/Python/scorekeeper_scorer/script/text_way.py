# Scorekeeper: a model-serving supervisor.
# SPDX-License-Identifier: Apache-2.0

"""The short way for the commonest request: a POST to ``/score`` for a script that takes text.

It answers to the byte as `ScriptService` does, or steps aside before the script is called. What
the script raises, and whatever it returns that is not plain, is the service's to tell.
"""

from __future__ import annotations

import inspect
import json
from time import perf_counter
from typing import Any, Callable, List, Optional, Tuple, Union

from .reply import JSON_LINE, SUCCEEDED
from .service import ScriptService
from .user_script import TEXT

Answered = Tuple[int, bytes, Union[bytes, memoryview], Any]

_POST = b"POST /score\n"
_RARE = b"\nx-ms-"
_TRACE = b"\ntraceid:"
_REQUEST = b"\nx-request-id: "
_PREFIX = JSON_LINE + SUCCEEDED + b"x-ms-run-fn-exec-ms: "
_PLAIN = frozenset((dict, list, str, int, float, bool))


class TextWay:
    """One script's short way."""

    def __init__(self, service: ScriptService) -> None:
        self._service = service
        self._run = service.script.run

    @classmethod
    def of(cls, service: ScriptService) -> Optional["TextWay"]:
        """Nothing where each request of the script needs more than its text."""
        script = service.script
        by_name = script.parameters[0].kind == inspect.Parameter.KEYWORD_ONLY
        is_short = script.kind == TEXT and not (script.wants_headers or script.uses_flask)
        return cls(service) if is_short and not by_name and service.is_plain else None

    def answer(self, head: bytes, body: memoryview) -> Optional[Answered]:
        """Status, head, body and parts; nothing where the service is to answer."""
        if not head.startswith(_POST) or _RARE in head or _TRACE in head:
            return None
        try:
            text = str(body, "utf-8")
        except UnicodeDecodeError:
            return None
        start = head.find(_REQUEST)
        tail = head[start + 13 : head.index(b"\n", start + 1) + 1] if start >= 0 else b""
        began = perf_counter()
        try:
            value = self._run(text)
        except BaseException as failure:
            return self._service.failed_run(head, failure)
        took = (perf_counter() - began) * 1_000
        if value is not None and type(value) not in _PLAIN:
            return self._service.returned(head, value, took)
        try:
            written = b"{}" if value is None else "".join(_encode(value, 0)).encode("ascii")
        except Exception:
            # Whatever has no JSON is told in the words of the ordinary encoder.
            return self._service.returned(head, value, took)
        if not tail:
            return 200, b"%b%.3f\n" % (_PREFIX, took), written, None
        return 200, b"%b%.3f\nx-ms-request-id%b" % (_PREFIX, took, tail), written, None


def _encoder() -> Callable[[Any, int], List[str]]:
    """What `json.dumps` makes anew for each call, made once."""

    def refuse(value: Any) -> Any:
        raise TypeError(f"Object of type {type(value).__name__} is not JSON serializable")

    try:
        quote = getattr(json.encoder, "encode_basestring_ascii")
        make = getattr(json.encoder, "c_make_encoder")
        encode = make(None, refuse, quote, None, ": ", ", ", False, False, True)
        sample = [{"a": [1, 1.5, None, True, "\u00e9"]}]
        if "".join(encode(sample, 0)) == json.dumps(sample):
            return encode
    except (AttributeError, TypeError):
        pass  # Another interpreter: its own way is right.
    return lambda value, level: [json.dumps(value)]


_encode = _encoder()
