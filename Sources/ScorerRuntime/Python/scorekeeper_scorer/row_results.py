# Scorekeeper: a model-serving supervisor.
# SPDX-License-Identifier: Apache-2.0

"""A model's result as one answer for each row: how many there are, which are whose, how alike."""

from __future__ import annotations

import math
from typing import Any, Dict, List, Optional, Sequence, Tuple

import numpy as np
import pandas as pd

# Relative and absolute: another order of the same sums, no more. Other types must be equal.
TOLERANCES: Dict[str, Tuple[float, float]] = {"float64": (1e-9, 1e-12), "float32": (1e-5, 1e-7)}


def count(result: Any) -> Optional[int]:
    """The number of rows; None where the result is not made of rows."""
    if isinstance(result, np.ndarray):
        return len(result) if result.ndim > 0 else None
    if isinstance(result, (pd.DataFrame, pd.Series, list)):
        return len(result)
    if isinstance(result, dict):
        counts = {count(part) for part in result.values()}
        return counts.pop() if len(counts) == 1 else None
    return None


def form(result: Any) -> Any:
    """What the result is made of, whatever its rows hold: kinds, names, types, dimensions.

    An answer's own form must not come from its neighbours: a table's columns that are made of what
    the rows hold, or whole numbers that become others' floating ones.
    """
    if isinstance(result, np.ndarray):
        kind = result.dtype.kind
        return ("array", kind if kind in "USO" else result.dtype.str, result.shape[1:])
    if isinstance(result, pd.DataFrame):
        return ("table", tuple(result.columns), tuple(str(kind) for kind in result.dtypes))
    if isinstance(result, pd.Series):
        return ("series", result.name, str(result.dtype))
    if isinstance(result, dict):
        return ("named", tuple((name, form(part)) for name, part in result.items()))
    return type(result).__name__


def split(result: Any, counts: Sequence[int]) -> List[Any]:
    """The result cut into pieces of so many rows, in order."""
    pieces, start = [], 0
    for size in counts:
        pieces.append(_piece(result, start, start + size))
        start += size
    return pieces


def _piece(result: Any, start: int, stop: int) -> Any:
    if isinstance(result, dict):
        return {name: _piece(part, start, stop) for name, part in result.items()}
    if isinstance(result, (pd.DataFrame, pd.Series)):
        return result.iloc[start:stop]
    return result[start:stop]


def difference(one: Any, other: Any) -> Optional[float]:
    """The largest difference of two results: 0 where they are the same, None where too large."""
    if isinstance(one, np.ndarray) and isinstance(other, np.ndarray):
        return _between_arrays(one, other)
    if type(one) is not type(other):
        return None
    if isinstance(one, pd.DataFrame):
        if list(one.columns) != list(other.columns):
            return None
        columns = range(one.shape[1])
        return _largest(difference(one.iloc[:, i], other.iloc[:, i]) for i in columns)
    if isinstance(one, pd.Series):
        return _between_series(one, other)
    if isinstance(one, dict):
        if list(one) != list(other):
            return None
        return _largest(difference(one[name], other[name]) for name in one)
    if isinstance(one, (list, tuple)):
        if len(one) != len(other):
            return None
        return _largest(difference(a, b) for a, b in zip(one, other))
    if isinstance(one, (float, np.floating)):
        return _between_arrays(np.asarray(one), np.asarray(other))
    return 0.0 if one == other else None


def _between_series(one: Any, other: Any) -> Optional[float]:
    if one.name != other.name or one.dtype != other.dtype:
        return None
    if isinstance(one.dtype, np.dtype):
        return _between_arrays(one.to_numpy(), other.to_numpy())
    return 0.0 if one.array.equals(other.array) else None


def _between_arrays(one: Any, other: Any) -> Optional[float]:
    if one.dtype.kind != other.dtype.kind or one.shape != other.shape:
        return None
    if one.dtype.kind == "O":
        return _largest(difference(a, b) for a, b in zip(one.tolist(), other.tolist()))
    if one.dtype == other.dtype and one.tobytes() == other.tobytes():
        return 0.0
    if one.dtype.kind != "f" or one.dtype != other.dtype:
        return 0.0 if np.array_equal(one, other) else None
    if one.dtype.name not in TOLERANCES:
        return None
    relative, absolute = TOLERANCES[one.dtype.name]
    if not np.allclose(one, other, rtol=relative, atol=absolute, equal_nan=True):
        return None
    apart = np.abs(one.astype(np.float64) - other.astype(np.float64))
    apart = apart[np.isfinite(apart)]
    return float(apart.max()) if apart.size else 0.0


def _largest(differences: Any) -> Optional[float]:
    largest = 0.0
    for one in differences:
        if one is None or math.isnan(one):
            return None
        largest = max(largest, one)
    return largest
