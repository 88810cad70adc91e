# Scorekeeper: a model-serving supervisor.
# SPDX-License-Identifier: Apache-2.0

"""Imports what is not there."""

from __future__ import annotations

import no_such_module_anywhere  # noqa: F401


def init() -> None:
    pass


def run(data: str) -> str:
    return data
