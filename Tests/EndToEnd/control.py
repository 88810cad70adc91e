# Scorekeeper: a model-serving supervisor.
# SPDX-License-Identifier: Apache-2.0

"""The control API as a program other than ours would speak to it."""

from __future__ import annotations

import http.client
import json
import socket
from pathlib import Path
from typing import Any, Tuple


class ControlSocket(http.client.HTTPConnection):
    """One connection to a server's control socket."""

    def __init__(self, path: Path) -> None:
        super().__init__("localhost", timeout=60)
        self.path = path

    def connect(self) -> None:
        """Over the unix socket."""
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.connect(str(self.path))

    def ask(self, method: str, path: str, content: Any = None) -> Tuple[int, Any]:
        """Status and content of the answer."""
        body = None if content is None else json.dumps(content)
        self.request(method, path, body, {"content-type": "application/json"})
        response = self.getresponse()
        return response.status, json.loads(response.read())
