# Scorekeeper: a model-serving supervisor.
# SPDX-License-Identifier: Apache-2.0

"""Takes the body as text and does what it says."""

from __future__ import annotations

import sys
from typing import Any, Callable, Dict, Iterator

import numpy as np
from azureml.contrib.services.aml_response import AMLResponse

loaded = []


def init() -> None:
    loaded.append("yes")


def run(data: str) -> Any:
    return DEEDS[data]() if data in DEEDS else {"loaded": loaded, "data": data}


def _raise() -> None:
    raise ValueError("the data is not good")


def _circle() -> Any:
    circle: Dict[str, Any] = {}
    circle["circle"] = circle
    return circle


def _parts() -> Iterator[str]:
    yield "one "
    yield "two"


DEEDS: Dict[str, Callable[[], Any]] = {
    "none": lambda: None,
    "text": lambda: "caf\u00e9 \u2603",
    "number": lambda: 1.5,
    "true": lambda: True,
    "list": lambda: [1, "two", None, {"3": 4}],
    "tuple": lambda: (1, 2),
    "keys": lambda: {1: "one", None: "none", True: "true"},
    "bad keys": lambda: {(1, 2): "tuple"},
    "not finite": lambda: [float("nan"), float("inf")],
    "set": lambda: {1, 2},
    "bytes": lambda: b"bytes",
    "circle": _circle,
    "object": object,
    "float64": lambda: np.float64(1.5),
    "int64": lambda: np.int64(1),
    "array": lambda: np.arange(3),
    "array as list": lambda: np.arange(3).tolist(),
    "raise": _raise,
    "exit": lambda: sys.exit(1),
    "time is over": lambda: (_ for _ in ()).throw(TimeoutError("of the script's own")),
    "parts": _parts,
    "response": lambda: AMLResponse({"own": "response"}, 202, json_str=True),
    "failed response": lambda: AMLResponse("not now", 503),
    "empty response": lambda: AMLResponse(None, 200),
    "no content": lambda: AMLResponse("", 204),
    "odd status": lambda: AMLResponse("teapot", 418, {"X-Own": "a, b", "Content-Type": "x/y"}),
}
