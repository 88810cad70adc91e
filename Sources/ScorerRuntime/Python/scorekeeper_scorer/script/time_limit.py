# Scorekeeper: a model-serving supervisor.
# SPDX-License-Identifier: Apache-2.0

"""How long a call of ``run`` may take: `SCORING_TIMEOUT_MS`.

Without that variable nothing is set up: the gateway has a deadline for each request and replaces a
scorer that hangs. A signal interrupts the main thread alone, so a second call at once has no limit
of its own, as in Azure's server.
"""

from __future__ import annotations

import signal
import threading
from types import FrameType
from typing import Any, Callable, Dict, Optional


class Late(Exception):
    """A call was interrupted because its time was over."""


class TimeLimit:
    """Calls functions for so many milliseconds at most."""

    def __init__(self, milliseconds: int) -> None:
        self.milliseconds = milliseconds
        self._is_running = False
        signal.signal(signal.SIGALRM, self._interrupt)

    def call(self, function: Callable[..., Any], arguments: Dict[str, Any]) -> Any:
        """What the function returns.

        Errors: `Late`, and whatever the function raises.
        """
        if threading.current_thread() is not threading.main_thread():
            return function(**arguments)
        self._is_running = True
        signal.setitimer(signal.ITIMER_REAL, self.milliseconds / 1_000)
        try:
            return function(**arguments)
        finally:
            self._is_running = False
            signal.setitimer(signal.ITIMER_REAL, 0)

    def _interrupt(self, number: int, frame: Optional[FrameType]) -> None:
        # A signal that comes after the call has ended is nobody's.
        if self._is_running:
            raise Late
