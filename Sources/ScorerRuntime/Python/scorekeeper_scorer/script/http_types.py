# Scorekeeper: a model-serving supervisor.
# SPDX-License-Identifier: Apache-2.0

"""What `AMLRequest` and `AMLResponse` are: Flask's own where the environment has Flask.

Scripts that take the request know it as Flask's, so with Flask they get just that; without it they
get objects of ours with what such scripts commonly use.
"""

from __future__ import annotations

import contextlib
import functools
import importlib
import sys
from types import ModuleType
from typing import Any, Iterator, Optional

from . import parts
from .raw_request import RawRequest
from .raw_response import RawResponse
from .reply import Reply, lines
from .request import Request

_ENDS = {204, 205, 304}
_FAILED = "x-ms-run-function-failed"
_FIELDS_MOST = 56


@functools.lru_cache(maxsize=None)
def flask_types() -> Optional[ModuleType]:
    """Our module over Flask; nothing where the environment has no Flask."""
    try:
        return importlib.import_module(".flask_types", __package__)
    except ImportError:
        return None


def request_type() -> Any:
    """The class `AMLRequest`."""
    found = flask_types()
    return RawRequest if found is None else found.AMLRequest


def response_type() -> Any:
    """The class `AMLResponse`."""
    found = flask_types()
    return RawResponse if found is None else found.AMLResponse


@contextlib.contextmanager
def opened(request: Request) -> Iterator[Any]:
    """The request as a script takes it; what Flask knows as the current one meanwhile."""
    found = flask_types()
    if found is None:
        yield RawRequest(request)
    else:
        with found.opened(request) as flasks:
            yield flasks


def is_response(value: Any) -> bool:
    """Whether a script has made the response itself."""
    flask = sys.modules.get("flask")
    return isinstance(value, RawResponse) or (
        flask is not None and isinstance(value, flask.Response)
    )


def reply(response: Any, took: bytes) -> Reply:
    """A response of the script's, as it is.

    Errors: `ValueError` for a status or fields that no HTTP answer can have, `TypeError` for a
    body that is neither text nor bytes.
    """
    status = response.status_code
    if not 200 <= status <= 599:
        raise ValueError(f"a response's status is {status}; give one from 200 to 599")
    if status >= 500:
        response.headers[_FAILED] = "True"
    fields = [pair for pair in response.headers.items() if pair[0].lower() != "content-length"]
    head = lines(fields)
    if len(fields) > _FIELDS_MOST or head.count(b"\n") != len(fields):
        raise ValueError("a response has too many header fields, or one of several lines")
    head += b"x-ms-run-fn-exec-ms: " + took
    if status in _ENDS or not response.is_streamed:
        return Reply(status, head, b"" if status in _ENDS else response.get_data())
    return Reply(status, head, b"", parts.each(response.response, parts.written))
