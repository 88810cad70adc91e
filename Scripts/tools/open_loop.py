# Scorekeeper: a model-serving supervisor.
# SPDX-License-Identifier: Apache-2.0

"""Open-loop load: each request has its own due time, whatever became of those before it.

A closed loop stops asking while the server is away and so hides the very gap that is looked for.
"""

from __future__ import annotations

import http.client
import select
import threading
import time
from typing import Callable, List, NamedTuple, Optional
from urllib.parse import urlsplit


class Call(NamedTuple):
    """One request: when it was due, when it ended, and how. Times are monotonic seconds."""

    due: float
    ended: float
    status: int
    problem: str


class OpenLoop:
    """So many requests a second over so many kept-alive connections, until stopped.

    Each request has a number: its body is made of it, and its answer is judged by it.
    """

    def __init__(
        self,
        url: str,
        body: Callable[[int], bytes],
        is_right: Callable[[int, bytes], bool],
        per_second: float,
        connections: int = 16,
    ) -> None:
        self._url = urlsplit(url)
        self._body = body
        self._is_right = is_right
        self._interval = 1 / per_second
        self._lock = threading.Lock()
        self._next = 0
        self._stopped = threading.Event()
        self._began = time.monotonic()
        self.calls: List[Call] = []
        self._threads = [threading.Thread(target=self._work) for _ in range(connections)]
        for thread in self._threads:
            thread.start()

    def stop(self) -> List[Call]:
        """All calls in order of their due time."""
        self._stopped.set()
        for thread in self._threads:
            thread.join()
        return sorted(self.calls)

    def _work(self) -> None:
        connection: Optional[http.client.HTTPConnection] = None
        while True:
            with self._lock:
                number = self._next
                due = self._began + number * self._interval
                self._next += 1
            if self._stopped.wait(max(0.0, due - time.monotonic())):
                break
            if connection is None or _is_closed(connection):
                connection = http.client.HTTPConnection(self._url.netloc, timeout=90)
            status, problem = self._one(connection, number)
            if status == 0:
                connection = None
            with self._lock:
                self.calls.append(Call(due, time.monotonic(), status, problem))
        if connection is not None:
            connection.close()

    def _one(
        self, connection: http.client.HTTPConnection, number: int
    ) -> "tuple[int, str]":
        try:
            headers = {"Content-Type": "application/json"}
            connection.request("POST", self._url.path, self._body(number), headers)
            response = connection.getresponse()
            content = response.read()
        except (OSError, http.client.HTTPException) as error:
            connection.close()
            return 0, type(error).__name__
        if response.status != 200:
            return response.status, content[:200].decode("utf-8", "replace")
        return (200, "") if self._is_right(number, content) else (200, "a wrong answer")


def _is_closed(connection: http.client.HTTPConnection) -> bool:
    """Whether an idle connection was closed by the server, as any client looks before it writes."""
    if connection.sock is None:
        return False
    return bool(select.select([connection.sock], [], [], 0)[0])
