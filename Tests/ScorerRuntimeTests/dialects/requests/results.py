# Scorekeeper: a model-serving supervisor.
# SPDX-License-Identifier: Apache-2.0

"""Every kind of result, and of failure, that a model's code may come to."""

from __future__ import annotations

from typing import Dict, List, Tuple

from ..case import Case
from ..returning import RESULTS

STACK, UNWRITABLE, NULL = ("no-stack",), ("unwritable-result",), ("non-finite-null",)

DIFFERS: Dict[str, Tuple[str, ...]] = {
    "not finite": NULL,
    "not finite in a list": NULL,
    "frame": NULL,
    "frame of missing text": NULL,
    "complex": UNWRITABLE,
    "frame in a list": UNWRITABLE,
    "series in an object": UNWRITABLE,
    "object with a tuple for a key": UNWRITABLE,
    "time span": UNWRITABLE,
    "decimal": UNWRITABLE,
    "uuid": UNWRITABLE,
    "set": UNWRITABLE,
    "generator": UNWRITABLE,
    "plain class": UNWRITABLE,
    "sparse": UNWRITABLE,
    "ring": UNWRITABLE,
    "an exception": STACK,
    "an exception with a cause": STACK,
    "an exception of MLflow": ("no-echo",),
    "an exception of MLflow without a code": ("no-echo",),
    "an exception of the data": STACK,
    "an exception of the network": ("sandbox-hint", "no-stack"),
    "an exception that is endless": STACK,
    "an exit": ("survived-exit",),
}

CASES: List[Case] = [
    Case(f"result: {name}", "returning", {"inputs": [name]}, DIFFERS.get(name, ()))
    for name in RESULTS
]
