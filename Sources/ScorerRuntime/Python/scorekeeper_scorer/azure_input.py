# Scorekeeper: a model-serving supervisor.
# SPDX-License-Identifier: Apache-2.0

"""Azure's `input_data` as the model takes it."""

from __future__ import annotations

from typing import Any, Dict, List, Set

import numpy as np
from mlflow.utils.proto_json_utils import dataframe_from_parsed_json

SPLIT_KEYS = frozenset(["columns", "index", "data"])
LANGUAGE_FLAVORS = frozenset(["transformers", "langchain", "openai"])


def parse(value: Any, schema: Any, flavors: Set[str]) -> Any:
    """A table, an array, named arrays, or for language models the value as it is.

    Shape: ``{"columns", "data", "index"?}`` is a table (Azure's generic reader wants the index
    too; MLflow's does not, and no model has tensors called columns and data); a list of rows as
    wide as a signature of columns is a table in the signature's order (Azure refuses it); any
    other list is an array, any other object named arrays.
    Errors: what NumPy, pandas or MLflow raise for values that do not convert.
    """
    if not LANGUAGE_FLAVORS.isdisjoint(flavors) and _is_text(value):
        return value
    if isinstance(value, dict) and {"columns", "data"} <= value.keys() <= SPLIT_KEYS:
        return dataframe_from_parsed_json(value, pandas_orient="split", schema=schema)
    columns = _column_names(schema)
    if columns and _is_rows_of(value, len(columns)):
        table = {"columns": columns, "data": value}
        return dataframe_from_parsed_json(table, pandas_orient="split", schema=schema)
    types = _tensor_types(schema)
    if isinstance(value, list):
        return np.asarray(value, dtype=types.get(None))
    if isinstance(value, dict):
        return {name: np.asarray(part, dtype=types.get(name)) for name, part in value.items()}
    raise ValueError(f"a {type(value).__name__} is neither a table, an array nor named arrays")


def _is_text(value: Any) -> bool:
    if isinstance(value, str):
        return True
    return isinstance(value, list) and all(isinstance(item, (str, dict)) for item in value)


def _column_names(schema: Any) -> List[str]:
    if schema is None or schema.is_tensor_spec() or not schema.has_input_names():
        return []
    return list(schema.input_names())


def _is_rows_of(value: Any, width: int) -> bool:
    if not isinstance(value, list) or not value:
        return False
    return all(isinstance(row, list) and len(row) == width for row in value)


def _tensor_types(schema: Any) -> Dict[Any, Any]:
    """The signature's element types by tensor name; the name of an unnamed one is None."""
    if schema is None or not schema.is_tensor_spec():
        return {}
    return {spec.name: spec.type for spec in schema.inputs}
