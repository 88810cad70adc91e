# Scorekeeper: a model-serving supervisor.
# SPDX-License-Identifier: Apache-2.0

"""Takes nothing."""

from __future__ import annotations

from typing import Any


def init() -> None:
    pass


def run() -> Any:
    return 1
