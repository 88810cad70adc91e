# Scorekeeper: a model-serving supervisor.
# SPDX-License-Identifier: Apache-2.0

"""Has a document beside it that is no JSON."""

from __future__ import annotations


def init() -> None:
    pass


def run(data: str) -> str:
    return data
