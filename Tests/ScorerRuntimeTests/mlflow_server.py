# Scorekeeper: a model-serving supervisor.
# SPDX-License-Identifier: Apache-2.0

"""MLflow's own scoring server, asked without a socket: called as uvicorn calls it."""

from __future__ import annotations

import asyncio
from typing import Any, Dict, List, NamedTuple

from mlflow.pyfunc import scoring_server


class Heard(NamedTuple):
    """What the server answered."""

    status: int
    body: bytes


class MLflowServer:
    """The server of one loaded model."""

    def __init__(self, pyfunc: Any) -> None:
        self._application = scoring_server.init(pyfunc)

    def post(self, path: str, body: bytes, content_type: str) -> Heard:
        """One request.

        Source: the ASGI specification, "HTTP & WebSocket".
        """
        scope = {
            "type": "http",
            "http_version": "1.1",
            "method": "POST",
            "path": path,
            "query_string": b"",
            "headers": [(b"content-type", content_type.encode())],
        }
        sent: List[Dict[str, Any]] = []

        async def receive() -> Dict[str, Any]:
            return {"type": "http.request", "body": body}

        async def send(message: Dict[str, Any]) -> None:
            sent.append(message)

        asyncio.run(self._application(scope, receive, send))
        status = next(message["status"] for message in sent if "status" in message)
        return Heard(status, b"".join(message.get("body", b"") for message in sent))
