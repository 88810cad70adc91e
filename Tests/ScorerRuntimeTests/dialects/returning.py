# Scorekeeper: a model-serving supervisor.
# SPDX-License-Identifier: Apache-2.0

"""A model that returns, or raises, what its input names: every kind of result there is."""

from __future__ import annotations

import datetime
import decimal
import sys
import uuid
from typing import Any, Callable, Dict, Optional

import mlflow.pyfunc
import numpy as np
import pandas as pd
import scipy.sparse
from mlflow.exceptions import MlflowException
from mlflow.protos.databricks_pb2 import RESOURCE_EXHAUSTED

NAN, INFINITY = float("nan"), float("inf")
MOMENT = pd.Timestamp("2026-01-02T03:04:05.123456")


class Returning(mlflow.pyfunc.PythonModel):  # type: ignore[misc]
    """`inputs` names the result."""

    def predict(
        self, context: Any, model_input: Any, params: Optional[Dict[str, Any]] = None
    ) -> Any:
        """The result of that name."""
        return RESULTS[str(np.asarray(model_input).ravel()[0])]()


def _raise(error: BaseException) -> Any:
    raise error


def _raise_from() -> Any:
    try:
        return {}["weights"]
    except KeyError as error:
        raise RuntimeError("cannot score") from error


def _recurse() -> Any:
    return _recurse()


def _ring() -> Any:
    ring: Any = []
    ring.append(ring)
    return ring


RESULTS: Dict[str, Callable[[], Any]] = {
    "array of floats": lambda: np.array([[0.1, 1e300], [-0.0, 5e-324]]),
    "array of float32": lambda: np.array([0.3699042, 16777216.0], dtype=np.float32),
    "array of integers": lambda: np.array([1, -(2**63), 2**63 - 1]),
    "array of unsigned": lambda: np.array([2**64 - 1], dtype=np.uint64),
    "array of booleans": lambda: np.array([True, False]),
    "array of strings": lambda: np.array(["setosa", "\u00e9\U0001f600", "<&>\u2028"]),
    "array of objects": lambda: np.array(["a", None, 1, 2.5], dtype=object),
    "array of bytes": lambda: np.array([b"a", b"bc"]),
    "array of times": lambda: np.array(["2026-01-02T03:04:05"], dtype="datetime64[s]"),
    "array of nanoseconds": lambda: np.array(["2026-01-02"], dtype="datetime64[ns]"),
    "array without dimensions": lambda: np.array(3.5),
    "empty array": lambda: np.zeros((0, 3)),
    "not finite": lambda: np.array([1.5, NAN, INFINITY, -INFINITY]),
    "not finite in a list": lambda: [NAN, {"a": INFINITY}],
    "complex": lambda: np.array([1 + 2j]),
    "frame": lambda: pd.DataFrame({"a": [1, 2], "b": ["x", "y"], "c": [0.5, NAN]}),
    "frame of times": lambda: pd.DataFrame({"t": pd.to_datetime(["2026-01-02", None])}),
    "frame with an index": lambda: pd.DataFrame({"a": [1]}, index=["row"]),
    "frame with numbers for names": lambda: pd.DataFrame([[1, 2.5]]),
    "frame of missing text": lambda: pd.DataFrame({"a": ["x", None]}),
    "frame of nullable integers": lambda: pd.DataFrame({"a": pd.array([1, None], "Int64")}),
    "frame of categories": lambda: pd.DataFrame({"a": pd.Categorical(["x", "y"])}),
    "empty frame": lambda: pd.DataFrame({"a": []}),
    "series": lambda: pd.Series([1, 2], name="a"),
    "series without a name": lambda: pd.Series([0.5, 1.5]),
    "series of booleans": lambda: pd.Series([True]),
    "named arrays": lambda: {"prob": np.array([[0.25, 0.75]], np.float32), "label": np.array([1])},
    "frame in a list": lambda: [pd.DataFrame({"a": [1]})],
    "series in an object": lambda: {"a": pd.Series([1])},
    "list": lambda: [1, 2.0, "x", None, True],
    "tuple": lambda: (1, (2, 3)),
    "object": lambda: {"answer": "yes", "scores": [0.5]},
    "object with numbers for keys": lambda: {1: "a", 2.5: "b", None: "c"},
    "object with a tuple for a key": lambda: {(1, 2): "a"},
    "text": lambda: "words",
    "half a surrogate pair": lambda: "\ud800",
    "bytes": lambda: [b"\x00" * 60, bytearray(b"ab")],
    "nothing": lambda: None,
    "true": lambda: True,
    "numpy numbers": lambda: [np.float32(0.1), np.int64(7), np.bool_(True), np.str_("x")],
    "numpy time": lambda: np.datetime64("2026-01-02T03:04:05"),
    "times": lambda: [MOMENT, MOMENT.date(), datetime.time(1, 2), pd.NaT],
    "time with a zone": lambda: MOMENT.tz_localize("UTC"),
    "time span": lambda: pd.Timedelta("1s"),
    "decimal": lambda: decimal.Decimal("1.5"),
    "uuid": lambda: uuid.UUID(int=1),
    "set": lambda: {1},
    "generator": lambda: (part for part in [1]),
    "plain class": lambda: object(),
    "sparse": lambda: scipy.sparse.eye(2).tocsr(),
    "ring": _ring,
    "large integer": lambda: 10**400,
    "an exception": lambda: _raise(ValueError("the secret is 42")),
    "an exception with a cause": lambda: _raise_from(),
    "an exception of MLflow": lambda: _raise(MlflowException("no room", RESOURCE_EXHAUSTED)),
    "an exception of MLflow without a code": lambda: _raise(MlflowException("no words")),
    "an exception of the data": lambda: _raise(KeyError("weights")),
    "an exception of the network": lambda: _raise(OSError(101, "Network is unreachable")),
    "an exception that is endless": _recurse,
    "an exit": lambda: sys.exit(3),
}
