# Scorekeeper: a model-serving supervisor.
# SPDX-License-Identifier: Apache-2.0

"""Takes the request's header fields beside its body."""

from __future__ import annotations

from typing import Any, Dict

SHOWN = ("Content-Type", "X-Own", "X-Twice", "X-Request-Id", "X-Number1")


def init() -> None:
    pass


def run(data: str, request_headers: Dict[str, str]) -> Any:
    return [type(request_headers).__name__, {name: request_headers.get(name) for name in SHOWN}]
