# Scorekeeper: a model-serving supervisor.
# SPDX-License-Identifier: Apache-2.0

"""What ``run`` returned, as an answer."""

from __future__ import annotations

import json
from typing import Any

from . import http_types, parts
from .reply import JSON_LINE, SUCCEEDED, Reply

_PLAIN = frozenset((dict, list, str, int, float, bool))
_JSON_HEAD = JSON_LINE + SUCCEEDED + b"x-ms-run-fn-exec-ms: "


def reply(value: Any, milliseconds: float) -> Reply:
    """The answer to a request whose call returned `value`.

    Shape: JSON of anything that has some, ``{}`` of None; a response as it is; an iterator in
    parts.
    Errors: `TypeError` and what else the encoder raises.
    """
    took = b"%.3f\n" % milliseconds
    if type(value) in _PLAIN:
        return Reply(200, _JSON_HEAD + took, json.dumps(value).encode("ascii"))
    if value is None:
        return Reply(200, _JSON_HEAD + took, b"{}")
    if http_types.is_response(value):
        return http_types.reply(value, took)
    if hasattr(value, "__next__"):
        return parts.reply(value, took)
    return Reply(200, _JSON_HEAD + took, json.dumps(value).encode("ascii"))
