# Scorekeeper: a model-serving supervisor.
# SPDX-License-Identifier: Apache-2.0

"""The model's own example, scored once before anybody else's request.

MLflow saves a request beside a model that was given an example. It goes the way of any request to
`/invocations`, so what came back tells whether this environment answers as the model's author saw
it, and what a model does once at its first call is done.

A failure is told and stops nobody: examples are often older than the model, and a model that
serves without one would serve no worse for having a bad one. A model that dies or hangs on its own
example never becomes ready: it would do the same to the first client.
"""

from __future__ import annotations

import json
import os
import time
from typing import Any, Callable, Dict, Optional

from .exchange import JSON, Answer, Request
from .loaded_model import LoadedModel

FILE = "serving_input_example.json"
LONGEST_EXAMPLE = 16 * 1024 * 1024  # bytes; the gateway takes no longer body
LONGEST_ANSWER = 500  # characters of it that are kept

Route = Callable[[Request], Answer]


def run(model: LoadedModel, answer: Route) -> Dict[str, Any]:
    """Scores the example, if there is one.

    Shape: ``{"example": None}`` without one, else ``{"example": {"status", "milliseconds",
    "answer", "rows"}}``: the first 500 characters of the answer, and how many predictions it
    holds, or None where they are no list. Status 0 means that the example could not be read.
    """
    path = _path(model)
    if path is None:
        return {"example": None}
    try:
        body = _read(path)
    except (OSError, ValueError) as error:
        return {"example": _result(0, 0.0, f"cannot read '{os.path.basename(path)}': {error}")}
    request = Request("POST", "/invocations", {"content-type": JSON}, body)
    began = time.perf_counter()
    reply = answer(request)
    milliseconds = (time.perf_counter() - began) * 1_000
    text = reply.body.decode("utf-8", "replace")
    rows = _rows(reply) if reply.status == 200 else None
    return {"example": _result(reply.status, milliseconds, text, rows)}


def sentence(told: Dict[str, Any]) -> str:
    """What came of it, for the log; the answer itself only where it is an error."""
    example = told["example"]
    if example is None:
        return "the model has no example of its own"
    if example["status"] != 200:
        status = f"{example['status']}: " if example["status"] else ""
        return f"the model's own example is not answered: {status}{example['answer']}"
    rows = "" if example["rows"] is None else f" with {example['rows']} rows"
    return f"the model's own example is answered{rows} after {example['milliseconds']} ms"


def _result(
    status: int, milliseconds: float, text: str, rows: Optional[int] = None
) -> Dict[str, Any]:
    return {
        "status": status,
        "milliseconds": round(milliseconds, 3),
        "answer": text[:LONGEST_ANSWER],
        "rows": rows,
    }


def _path(model: LoadedModel) -> Optional[str]:
    """Where `MLmodel` says that the example is, if it is there and inside the model."""
    name = model.example_info.get("serving_input_path") or FILE
    path = os.path.realpath(os.path.join(model.directory, name))
    root = os.path.join(os.path.realpath(model.directory), "")
    return path if path.startswith(root) and os.path.isfile(path) else None


def _read(path: str) -> bytes:
    size = os.path.getsize(path)
    if size > LONGEST_EXAMPLE:
        raise ValueError(f"it has {size} bytes; {LONGEST_EXAMPLE} are read")
    with open(path, "rb") as file:
        return file.read()


def _rows(reply: Answer) -> Optional[int]:
    content = json.loads(reply.body)
    if isinstance(content, dict):
        content = content.get("predictions")
    return len(content) if isinstance(content, list) else None
