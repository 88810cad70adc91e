# Scorekeeper: a model-serving supervisor.
# SPDX-License-Identifier: Apache-2.0

"""Takes its one argument by name only, and has a default for it."""

from __future__ import annotations

from typing import Any


def init() -> None:
    pass


def run(*, words: str = "nothing", request_headers: Any) -> Any:
    return [words, request_headers["X-Own"]]
