# Scorekeeper: a model-serving supervisor.
# SPDX-License-Identifier: Apache-2.0

"""Defines no run."""

from __future__ import annotations

from typing import Any


def init() -> Any:
    pass
