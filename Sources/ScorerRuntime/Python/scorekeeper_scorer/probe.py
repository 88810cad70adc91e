# Scorekeeper: a model-serving supervisor.
# SPDX-License-Identifier: Apache-2.0

"""Bodies that a signature covers, and whether two inputs of a model are the same.

With them the fast way is tried beside the exact way when a model is loaded: a way of writing a
request is taken only where the model is handed the same, whatever the versions of MLflow and
pandas are.
"""

from __future__ import annotations

from typing import Any, Dict, Iterator, List, NamedTuple, Tuple

import numpy as np
import pandas as pd

from . import decode_plan as plans
from .decode_plan import Part, Plan
from .model_input import Way

_VALUES: Dict[str, List[Any]] = {
    "float64": [0.1, -2, 3.25e5],
    "float32": [0.1, -2, 3.25e5],
    "bool": [True, False, True],
    plans.TEXT: ["a", "\u00e9\u00df\u20ac", ""],
}
_WHOLE = [3, 0, 7]

_FORMS = {
    plans.DATAFRAME_SPLIT: "dataframe_split",
    plans.DATAFRAME_RECORDS: "dataframe_records",
    plans.INSTANCES: "instances",
    plans.INPUTS: "inputs",
    plans.INPUT_DATA: "input_data",
}


class Trial(NamedTuple):
    """One way of writing a request, and a request written so."""

    way: Way
    body: Dict[str, Any]


def trials(plan: Plan, rows: int) -> Iterator[Trial]:
    """Every way of writing that the decoder knows, each with so many rows."""
    shown = _tables if plan.kind == plans.TABLE else _tensors
    for form, layout, value in shown(plan, rows):
        is_labelled = layout == plans.SPLIT and "index" in value
        yield Trial((form, layout, is_labelled), {_FORMS[form]: value})


def _tables(plan: Plan, rows: int) -> Iterator[Tuple[int, int, Any]]:
    columns = {part.name: _column(part, rows) for part in plan.parts}
    data = [list(row) for row in zip(*columns.values())]
    records = [dict(zip(columns, row)) for row in data]
    split = {"columns": list(columns), "data": data}
    labelled = {**split, "index": list(range(rows))}
    yield plans.DATAFRAME_SPLIT, plans.SPLIT, split
    yield plans.DATAFRAME_SPLIT, plans.SPLIT, labelled
    if not any(map(_is_date_by_name, columns)):
        yield plans.INPUT_DATA, plans.SPLIT, split
        yield plans.INPUT_DATA, plans.SPLIT, labelled
        yield plans.INPUT_DATA, plans.ROWS, data
    yield plans.DATAFRAME_RECORDS, plans.RECORDS, records
    yield plans.INSTANCES, plans.RECORDS, records
    yield plans.INPUTS, plans.RECORDS, records
    yield plans.INPUTS, plans.COLUMNS, columns
    if len(columns) == 1:
        values = next(iter(columns.values()))
        yield plans.INSTANCES, plans.VALUES, values
        yield plans.INPUTS, plans.VALUES, values


def _tensors(plan: Plan, rows: int) -> Iterator[Tuple[int, int, Any]]:
    tensors = {part.name: _tensor(part, rows) for part in plan.parts}
    if len(tensors) == 1:
        only = next(iter(tensors.values()))
        for form in (plans.INPUTS, plans.INSTANCES, plans.INPUT_DATA):
            yield form, plans.ARRAY, only
    if plan.parts[0].name is not None:
        yield plans.INPUTS, plans.NAMED, tensors
        yield plans.INPUT_DATA, plans.NAMED, tensors


def _is_date_by_name(name: Any) -> bool:
    """Whether pandas' reader, which Azure uses, may take the column's values for dates.

    Source: pandas, `read_json`, `keep_default_dates`. It depends on the values, so that a trial
    with some of them shows nothing.
    """
    lower = str(name).lower()
    is_known = lower in ("modified", "date", "datetime") or lower.startswith("timestamp")
    return is_known or lower.endswith(("_at", "_time"))


def _column(part: Part, rows: int) -> List[Any]:
    values = _VALUES.get(part.dtype, _WHOLE)
    return [values[row % len(values)] for row in range(rows)]


def _tensor(part: Part, rows: int) -> Any:
    free = (rows,) + (2,) * len(part.shape)
    shape = [free[level] if size == -1 else size for level, size in enumerate(part.shape)]
    values = np.array(_VALUES.get(part.dtype, _WHOLE), dtype=part.dtype)
    return np.resize(values, shape).tolist()


def same(one: Any, other: Any) -> bool:
    """Whether a model could not tell the two inputs apart: types, order, memory, values."""
    if type(one) is not type(other):
        return False
    if isinstance(one, dict):
        if list(one) != list(other):
            return False
        return all(same(one[name], other[name]) for name in one)
    if isinstance(one, pd.DataFrame):
        return _is_same_frame(one, other)
    if isinstance(one, np.ndarray):
        return _is_same_array(one, other)
    return bool(one == other)


def _is_same_frame(one: pd.DataFrame, other: pd.DataFrame) -> bool:
    for axis in ("index", "columns"):
        first, second = getattr(one, axis), getattr(other, axis)
        if type(first) is not type(second) or not first.identical(second):
            return False
    if list(one.dtypes) != list(other.dtypes) or not one.equals(other):
        return False
    for position in range(one.shape[1]):
        first, second = one.iloc[:, position].array, other.iloc[:, position].array
        if type(first) is not type(second):
            return False
    return _is_same_array(one.to_numpy(), other.to_numpy())


def _is_same_array(one: Any, other: Any) -> bool:
    if one.dtype != other.dtype or one.shape != other.shape:
        return False
    if one.dtype.kind == "O":
        return all(type(a) is type(b) and a == b for a, b in zip(one.flat, other.flat))
    flags = ("C_CONTIGUOUS", "F_CONTIGUOUS", "WRITEABLE")
    if any(one.flags[flag] != other.flags[flag] for flag in flags):
        return False
    return bool(one.tobytes() == other.tobytes())
