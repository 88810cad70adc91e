# Scorekeeper: a model-serving supervisor.
# SPDX-License-Identifier: Apache-2.0

"""Takes its argument by position only."""

from __future__ import annotations

from typing import Any


def init() -> None:
    pass


def run(data: str, /) -> Any:
    return data
