# Scorekeeper: a model-serving supervisor.
# SPDX-License-Identifier: Apache-2.0

"""Results that are plain arrays, tables or lists, written as MLflow writes them but sooner.

Whatever is not plain is not written here, and what is not finite neither.
"""

from __future__ import annotations

import json
from typing import Any, List, Optional

import numpy as np
import pandas as pd

_PLAIN_KINDS = "biufU"
_write = json.JSONEncoder(allow_nan=False).encode


def encode(result: Any) -> Optional[bytes]:
    """The result's JSON; None where MLflow's own encoder must write it."""
    try:
        value = _plain(result)
        return None if value is None else _write(value).encode("ascii")
    except (TypeError, ValueError, RecursionError):
        return None


def _plain(result: Any) -> Any:
    """Lists and dictionaries of what JSON knows, or None."""
    if type(result) is np.ndarray:
        return result.tolist() if _is_plain(result) else None
    if isinstance(result, pd.DataFrame):
        return _records(result)
    if isinstance(result, pd.Series):
        # MLflow makes a table of it, in which a series without a name is the column 0.
        return _records(result.to_frame())
    if type(result) is dict and any(type(part) is np.ndarray for part in result.values()):
        return _named(result)
    return result if isinstance(result, (list, dict, str, int, float)) else None


def _is_plain(array: Any) -> bool:
    """Whether the array holds numbers, flags or texts alone; names of classes are often objects."""
    if array.dtype == object:
        return all(type(part) is str for part in array.flat)
    return array.dtype.kind in _PLAIN_KINDS


def _named(result: Any) -> Any:
    named = {name: _plain(part) for name, part in result.items()}
    return None if any(part is None for part in named.values()) else named


def _records(table: pd.DataFrame) -> Optional[List[Any]]:
    names = list(table.columns)
    if not table.columns.is_unique or not all(type(name) in (str, int) for name in names):
        return None
    columns: List[List[Any]] = []
    for position in range(len(names)):
        column = table.iloc[:, position]
        is_text = isinstance(column.dtype, pd.StringDtype)
        if not is_text and getattr(column.dtype, "kind", "O") not in "biuf":
            return None
        if not is_text and not isinstance(column.dtype, np.dtype):
            return None
        columns.append(column.tolist())
    return [dict(zip(names, row)) for row in zip(*columns)]
