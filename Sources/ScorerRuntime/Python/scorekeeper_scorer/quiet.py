# Scorekeeper: a model-serving supervisor.
# SPDX-License-Identifier: Apache-2.0

"""MLflow's messages without the request's data, which MLflow repeats in them."""

from __future__ import annotations

import re

LONGEST_MESSAGE = 2_000

_INPUT = re.compile(
    r"^(Invalid input\. Ensure that input is a valid JSON formatted string\. Error: '.*?')"
    r"\nInput: \n.*",
    re.DOTALL,
)
_ECHOED = re.compile(r"^(Failed to enforce schema of data) '.*' (with schema ')", re.DOTALL)


def without_data(message: str) -> str:
    """The message, safe to send back and no longer than a client wants to read."""
    message = _INPUT.sub(r"\1", message)
    message = _ECHOED.sub(r"\1 \2", message)
    if len(message) <= LONGEST_MESSAGE:
        return message
    return message[: LONGEST_MESSAGE - 1] + "\u2026"
