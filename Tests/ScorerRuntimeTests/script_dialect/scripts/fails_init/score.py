# Scorekeeper: a model-serving supervisor.
# SPDX-License-Identifier: Apache-2.0

"""Raises in init."""

from __future__ import annotations

def init() -> None:
    _load("/no/such/model")


def _load(path: str) -> None:
    with open(path, encoding="utf-8"):
        pass


def run(data: str) -> str:
    return data
