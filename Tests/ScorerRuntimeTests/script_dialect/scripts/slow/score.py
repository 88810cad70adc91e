# Scorekeeper: a model-serving supervisor.
# SPDX-License-Identifier: Apache-2.0

"""Takes longer than SCORING_TIMEOUT_MS allows."""

from __future__ import annotations

import json
import threading
from typing import Any


def init() -> None:
    pass


def run(data: str) -> Any:
    if json.loads(data):
        threading.Event().wait()
    return "in time"
