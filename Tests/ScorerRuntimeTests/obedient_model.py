# Scorekeeper: a model-serving supervisor.
# SPDX-License-Identifier: Apache-2.0

"""A model that does what its input says: the failures a scorer must survive."""

from __future__ import annotations

import sys
from typing import Any, Dict, List, Optional

import mlflow.pyfunc
import numpy as np
import pandas as pd


class Obedient(mlflow.pyfunc.PythonModel):  # type: ignore[misc]
    """`inputs` names what to do."""

    def predict(
        self, context: Any, model_input: Any, params: Optional[Dict[str, Any]] = None
    ) -> Any:
        order = str(np.asarray(model_input).ravel()[0])
        if order == "raise":
            raise ValueError("the secret is 42")
        if order == "exit":
            sys.exit(3)
        if order == "recurse":
            return self.predict(context, model_input, params)
        if order == "network":
            raise OSError(101, "Network is unreachable")
        return {
            "not finite": np.array([1.5, np.nan, np.inf]),
            "missing text": pd.DataFrame({"a": ["x", None]}),
            "bytes": [b"\x00\x01"],
            "set": {1, 2},
            "cyclic": _cyclic(),
            "time": pd.Timestamp("2026-01-02T03:04:05"),
            "table": pd.DataFrame({"a": [1, 2], "b": ["x", "y"]}),
            "series": pd.Series([1, 2], name="a"),
            "named arrays": {"prob": np.array([[0.25, 0.75]], dtype=np.float32)},
        }[order]


def _cyclic() -> Any:
    ring: List[Any] = []
    ring.append(ring)
    return ring
