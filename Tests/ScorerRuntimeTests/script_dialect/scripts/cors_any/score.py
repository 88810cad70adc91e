# Scorekeeper: a model-serving supervisor.
# SPDX-License-Identifier: Apache-2.0

"""May be asked by pages of other origins."""

from __future__ import annotations

from typing import Any


def init() -> None:
    pass


def run(data: str) -> Any:
    if data == "raise":
        raise ValueError("asked to")
    return data
