# Scorekeeper: a model-serving supervisor.
# SPDX-License-Identifier: Apache-2.0

"""A module that only the model's code directory holds."""

from __future__ import annotations


def shouted(word: str) -> str:
    """The word, louder."""
    return word.upper() + "!"
