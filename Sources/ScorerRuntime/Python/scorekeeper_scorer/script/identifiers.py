# Scorekeeper: a model-serving supervisor.
# SPDX-License-Identifier: Apache-2.0

"""The header lines by which requests are found again: which are checked, and which come back.

The gateway makes `x-request-id`, cleans `x-ms-client-request-id` and sends both back by itself;
what is left to the runtime are the older `x-ms-request-id`, and `TraceId`.
"""

from __future__ import annotations

import uuid

from .inputs import Refusal
from .reply import lines as written
from .request import Request

LONGEST = 100

_REQUEST = b"\nx-request-id: "
_RARE = (b"\nx-ms-request-id:", b"\nx-ms-client-request-id:", b"\ntraceid:")


class TooLong(Refusal):
    """An identifier that is too long, and the lines that go back without it."""

    def __init__(self, text: str, sent: bytes) -> None:
        super().__init__(431, text)
        self.sent = sent


def lines(request: Request, is_alone: bool) -> bytes:
    """The lines for the answer; `is_alone` where there is no gateway to add its own.

    Errors: `TooLong`, with the lines that are sent all the same.
    """
    head = request.head
    if not is_alone and not any(name in head for name in _RARE):
        start = head.find(_REQUEST)
        if start < 0:
            return b""
        start += len(_REQUEST)
        return b"x-ms-request-id: " + head[start : head.index(b"\n", start) + 1]
    return _all(request, is_alone)


def _all(request: Request, is_alone: bool) -> bytes:
    fields = request.fields
    own = fields.get("x-request-id") or (str(uuid.uuid4()) if is_alone else "")
    if len(own) > LONGEST:
        raise TooLong(f"x-request-id must not exceed {LONGEST} characters", b"")
    found = [("x-request-id", own)] if is_alone else []
    older = fields.get("x-ms-request-id", "")
    clients = fields.get("x-ms-client-request-id", "") or older
    older = older or clients or own
    if len(older) > LONGEST or len(clients) > LONGEST:
        raise TooLong(
            "x-ms-request-id and x-ms-client-request-id"
            f" must not exceed {LONGEST} characters",
            written(found),
        )
    if older:
        found.append(("x-ms-request-id", older))
    if clients and (is_alone or "x-ms-client-request-id" not in fields):
        found.append(("x-ms-client-request-id", clients))
    if "traceid" in fields:
        found.append(("TraceId", fields["traceid"]))
    return written(found)
