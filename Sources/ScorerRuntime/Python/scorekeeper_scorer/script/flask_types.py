# Scorekeeper: a model-serving supervisor.
# SPDX-License-Identifier: Apache-2.0

"""`AMLRequest` and `AMLResponse` over Flask; importing this needs Flask."""

from __future__ import annotations

import contextlib
import io
import json
from typing import Any, Dict, Iterator, Optional

import flask

from .raw_response import split_fields
from .request import Request


class AMLRequest(flask.Request):
    """Flask's request under the name that scripts import."""


class AMLResponse(flask.Response):
    """Flask's response, made as scripts make it."""

    def __init__(
        self,
        message: Any,
        status_code: Any,
        response_headers: Optional[Dict[str, str]] = None,
        json_str: bool = False,
        run_function_failed: bool = False,
    ) -> None:
        fields = split_fields(response_headers)
        if message is None or json_str:
            body = json.dumps({} if message is None else message)
            super().__init__(body, status=status_code, mimetype="application/json")
        else:
            super().__init__(message, status=status_code)
            # Exactly so written: another spelling is added, as Azure's server does.
            if "Content-Type" in (response_headers or {}):
                del self.headers["Content-Type"]
        self.headers["x-ms-run-function-failed"] = str(run_function_failed)
        for name, value in fields:
            self.headers.add(name, value)


_application = flask.Flask("scorekeeper")
_application.request_class = AMLRequest


@contextlib.contextmanager
def opened(request: Request) -> Iterator[flask.Request]:
    """Flask's request for ours, current while the context is open."""
    context = _application.request_context(_environment(request))
    # Read before anybody can parse it as a form: the body's bytes are there whatever its type.
    body = context.request.get_data()
    vars(context.request)["stream"] = io.BytesIO(body)
    with context:
        yield context.request


def _environment(request: Request) -> Dict[str, Any]:
    """The request as WSGI tells it.

    Source: PEP 3333.
    """
    body = request.bytes()
    host, _, port = request.fields.get("host", "localhost").partition(":")
    found: Dict[str, Any] = {
        "REQUEST_METHOD": request.method,
        "SCRIPT_NAME": "",
        "PATH_INFO": request.path,
        "QUERY_STRING": request.query,
        "SERVER_NAME": host,
        "SERVER_PORT": port or "80",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": "http",
        "wsgi.input": io.BytesIO(body),
        "wsgi.input_terminated": True,
        "wsgi.errors": io.StringIO(),
        "wsgi.multithread": True,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
    }
    for name, value in request.fields.items():
        key = name.upper().replace("-", "_")
        found[key if key in ("CONTENT_TYPE", "CONTENT_LENGTH") else f"HTTP_{key}"] = value
    return found
