# Scorekeeper: a model-serving supervisor.
# SPDX-License-Identifier: Apache-2.0

"""What the scorer tells the world about itself: one JSON object, when it changes."""

from __future__ import annotations

import json
import time
from typing import Any, Callable, Dict

LONGEST = 4_000
SECONDS_APART = 1.0


class Facts:
    """The facts of one scorer; `now` is a clock in seconds."""

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._facts: Dict[str, Any] = {}
        self._told = b""
        self._next = float("-inf")

    def update(self, **facts: Any) -> None:
        """Replaces these facts; others stay."""
        self._facts.update(facts)

    def is_due(self) -> bool:
        """Whether something may be told again."""
        return self._now() >= self._next

    def flush(self, scorer: Any) -> None:
        """Tells what has changed, unless something was told a moment ago."""
        if not self.is_due():
            return
        self._next = self._now() + SECONDS_APART
        written = _written(self._facts)
        if written != self._told:
            scorer.tell(written)
            self._told = written


def _written(facts: Dict[str, Any]) -> bytes:
    """As JSON; where it would be too long, texts are cut, the longest parts first."""
    written = json.dumps(facts).encode("ascii")
    longest = LONGEST
    while len(written) > LONGEST and longest > 1:
        longest //= 2
        written = json.dumps(_shortened(facts, longest)).encode("ascii")
    return written if len(written) <= LONGEST else b"{}"


def _shortened(value: Any, longest: int) -> Any:
    if isinstance(value, dict):
        return {name: _shortened(part, longest) for name, part in value.items()}
    if isinstance(value, str) and len(value) > longest:
        return value[: longest - 1] + "\u2026"
    return value
