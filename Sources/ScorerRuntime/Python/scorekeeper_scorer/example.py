# Scorekeeper: a model-serving supervisor.
# SPDX-License-Identifier: Apache-2.0

"""A request to try a model with: the model's own, or one made up from its signature."""

from __future__ import annotations

import math
import os
from typing import Any, Dict, List, NamedTuple, Optional

from . import strict_json
from .loaded_model import LoadedModel

LONGEST = 256 * 1024  # bytes; what is longer would drown whatever it is shown in
MOST_NUMBERS = 4_096

_BLANKS = {
    "boolean": False,
    "integer": 0,
    "long": 0,
    "float": 0.0,
    "double": 0.0,
    "string": "text",
    "binary": "AAAA",
    "datetime": "2026-01-31T12:00:00",
}
_BLANKS_OF_KIND = {"b": False, "i": 0, "u": 0, "f": 0.0, "M": _BLANKS["datetime"], "S": "AAAA"}


class Example(NamedTuple):
    """A body for `/invocations`, an object with one of MLflow's keys."""

    body: Dict[str, Any]
    is_own: bool

    @classmethod
    def of(cls, model: LoadedModel, inputs: Optional[List[Dict[str, Any]]]) -> Optional["Example"]:
        """The best there is; nothing where a model has neither example nor signature."""
        own = _own(model.directory, getattr(model.metadata, "saved_input_example_info", None))
        if own is not None:
            return cls(own, True)
        made = _made(inputs) if inputs else None
        return None if made is None else cls(made, False)

    @property
    def for_score(self) -> Optional[Dict[str, Any]]:
        """The same request in Azure's words, where it has such."""
        for key in ("dataframe_split", "inputs"):
            value = self.body.get(key)
            if isinstance(value, (dict, list)):
                more = {"params": self.body["params"]} if "params" in self.body else {}
                return {"input_data": value, **more}
        return None


def _own(directory: str, info: Any) -> Optional[Dict[str, Any]]:
    """What MLflow saved beside the model; before 2.15 it saved the input alone, in its own form."""
    if not isinstance(info, dict):
        return None
    body = _read(directory, info.get("serving_input_path"))
    if body is None:
        saved = _read(directory, info.get("artifact_path"))
        if isinstance(saved, dict) and info.get("type") == "dataframe":
            body = {"dataframe_split": saved}
        elif isinstance(saved, dict) and info.get("type") == "ndarray":
            body = saved
    return body if isinstance(body, dict) else None


def _read(directory: str, name: Any) -> Any:
    if not isinstance(name, str):
        return None
    try:
        with open(os.path.join(directory, name), "rb") as file:
            return strict_json.decode(file.read(LONGEST))  # Cut off, it is no JSON.
    except (OSError, ValueError):
        return None  # A model serves without its example: it is shown where it can be read.


def _made(inputs: List[Dict[str, Any]]) -> Optional[Dict[str, Any]]:
    """One row of blanks."""
    if inputs[0]["type"] == "tensor":
        shapes = [spec["tensor-spec"]["shape"] for spec in inputs]
        if sum(math.prod(_one_row(shape)) for shape in shapes) > MOST_NUMBERS:
            return None
        tensors = [_tensor(spec["tensor-spec"]) for spec in inputs]
        if inputs[0].get("name") is None:
            return {"inputs": tensors[0]}
        return {"inputs": {spec["name"]: value for spec, value in zip(inputs, tensors)}}
    row = [_blank(spec) for spec in inputs]
    if inputs[0].get("name") is None:
        return {"dataframe_split": {"data": [row]}}
    return {"dataframe_split": {"columns": [spec["name"] for spec in inputs], "data": [row]}}


def _one_row(shape: Any) -> List[int]:
    return [max(1, size) for size in shape]


def _tensor(spec: Dict[str, Any]) -> Any:
    import numpy as np

    value: Any = _BLANKS_OF_KIND.get(np.dtype(spec["dtype"]).kind, "text")
    for size in reversed(_one_row(spec["shape"])):
        value = [value] * size
    return value


def _blank(spec: Dict[str, Any]) -> Any:
    kind = spec["type"]
    if kind == "array":
        return [_blank(spec["items"])]
    if kind == "sparkml-vector":
        return [0.0]
    if kind == "object":
        return {name: _blank(part) for name, part in spec["properties"].items()}
    if kind == "map":
        return {"key": _blank(spec["values"])}
    return _BLANKS.get(kind)
