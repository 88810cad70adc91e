# Scorekeeper: a model-serving supervisor.
# SPDX-License-Identifier: Apache-2.0

"""Azure's `input_data` as the model takes it.

Azure reads a table through pandas and casts it to the types of the signature's columns, so texts
arrive as objects, missing ones as NaN, bytes as the text that was sent, and columns that pandas
takes for dates by their names as dates. So do we, but for digits: pandas' quick reader drops those
of a double beyond the fifteenth.
"""

from __future__ import annotations

import io
import json
from typing import Any, Dict

import numpy as np
import pandas as pd
from mlflow.utils.proto_json_utils import dataframe_from_parsed_json, parse_tf_serving_input

from . import strict_json

KEY = "input_data"
SPLIT_KEYS = frozenset(["columns", "index", "data"])
LANGUAGE_FLAVORS = frozenset(["transformers", "langchain", "openai"])


def parse(value: Any, model: Any) -> Any:
    """A table, an array, named arrays, or for language models the value as it is.

    Shape: ``{"columns", "data", "index"?}`` is a table (without a signature Azure wants the index
    too; MLflow's reader does not, and no model has tensors called columns and data). Where the
    signature has named columns, rows as wide as it and an object of its columns are tables as well
    (Azure refuses them). Any other list is an array, any other object named arrays.
    Errors: what NumPy, pandas or MLflow raise for values that do not convert.
    """
    if model.takes_what_its_type_hint_says:
        return value
    schema = model.input_schema
    if not LANGUAGE_FLAVORS.isdisjoint(model.flavors) and not _is_split(value):
        return _language(value)
    if schema is None:
        return _untyped(value)
    if schema.is_tensor_spec():
        return _tensors(value, schema)
    return _columns(value, schema)


def _columns(value: Any, schema: Any) -> Any:
    names = list(schema.input_names()) if schema.has_input_names() else []
    if _is_split(value):
        return _table(value, schema)
    if names and _is_rows_of(value, len(names)):
        return _table({"columns": names, "data": value}, schema)
    if names and isinstance(value, dict) and not value.keys().isdisjoint(names):
        return parse_tf_serving_input({"inputs": value}, schema=schema)
    return _arrays(value, {})


def _table(value: Dict[str, Any], schema: Any) -> Any:
    try:
        types = schema.pandas_types()
    except Exception:
        # Lists and objects in columns: Azure's script cannot load such a model at all.
        return dataframe_from_parsed_json(value, pandas_orient="split", schema=schema)
    names = schema.input_names() if schema.has_input_names() else range(len(types))
    frame = _read(value)
    wanted = zip(names, types)
    return frame.astype({name: kind for name, kind in wanted if name in frame.columns})


def _read(value: Dict[str, Any]) -> Any:
    text = io.StringIO(json.dumps(value))
    return pd.read_json(text, orient="split", dtype=False, precise_float=True)


def _tensors(value: Any, schema: Any) -> Any:
    if _is_split(value):
        return dataframe_from_parsed_json(value, pandas_orient="split", schema=schema)
    return _arrays(value, {spec.name: spec.type for spec in schema.inputs})


def _untyped(value: Any) -> Any:
    if isinstance(value, str):
        value = strict_json.decode(value.encode("utf-8"))
    if isinstance(value, dict) and KEY in value:
        value = value[KEY]
    return _read(value) if _is_split(value) else _arrays(value, {})


def _arrays(value: Any, types: Dict[Any, Any]) -> Any:
    """An array or named ones; the name of an unnamed tensor is None."""
    if isinstance(value, list):
        return np.asarray(value, dtype=types.get(None))
    if isinstance(value, dict):
        return {name: np.asarray(part, dtype=types.get(name)) for name, part in value.items()}
    raise ValueError(f"a {type(value).__name__} is neither a table, an array nor named arrays")


def _language(value: Any) -> Any:
    """Texts as they are, alone, in lists and in objects; other values as for any model."""
    if isinstance(value, str):
        try:
            value = strict_json.decode(value.encode("utf-8"))
        except strict_json.InvalidJSON:
            return value
    if isinstance(value, dict) and KEY in value:
        value = value[KEY]
    if isinstance(value, list) and all(isinstance(part, dict) for part in value):
        if not all(map(_holds_texts, value)):
            raise ValueError("an object in the list holds something else than texts")
        return value
    if isinstance(value, list) and not all(isinstance(part, str) for part in value):
        return np.asarray(value)
    if isinstance(value, dict) and not _holds_texts(value):
        return _arrays(value, {})
    if not isinstance(value, (str, list, dict)):
        raise ValueError(f"a {type(value).__name__} is neither text nor a list nor an object")
    return value


def _holds_texts(value: Dict[str, Any]) -> bool:
    """Whether every member is a text or a list of texts."""
    for part in value.values():
        if not all(isinstance(text, str) for text in (part if isinstance(part, list) else [part])):
            return False
    return True


def _is_split(value: Any) -> bool:
    return isinstance(value, dict) and {"columns", "data"} <= value.keys() <= SPLIT_KEYS


def _is_rows_of(value: Any, width: int) -> bool:
    if not isinstance(value, list) or not value:
        return False
    return all(isinstance(row, list) and len(row) == width for row in value)
