# Scorekeeper: a model-serving supervisor.
# SPDX-License-Identifier: Apache-2.0

"""Defines no init."""

from __future__ import annotations

from typing import Any


def run(data: str) -> Any:
    return data
