# Scorekeeper: a model-serving supervisor.
# SPDX-License-Identifier: Apache-2.0

"""A model that answers with what it was given: types, shapes and values, as text.

What a signature makes of a body shows in its answer, so equal answers mean equal coercion.
"""

from __future__ import annotations

from typing import Any, Dict, Optional

import mlflow.pyfunc
import numpy as np
import pandas as pd


class Describing(mlflow.pyfunc.PythonModel):  # type: ignore[misc]
    """Takes whatever there is."""

    def predict(
        self, context: Any, model_input: Any, params: Optional[Dict[str, Any]] = None
    ) -> Any:
        """The description of the input and of the params."""
        return {"input": described(model_input), "params": described(params)}


def described(value: Any) -> Any:
    """Plain JSON that tells two inputs apart wherever a model could."""
    if isinstance(value, pd.DataFrame):
        columns = [
            [repr(name), str(value.iloc[:, place].dtype), [repr(v) for v in value.iloc[:, place]]]
            for place, name in enumerate(value.columns)
        ]
        return {"columns": columns, "index": [repr(label) for label in value.index]}
    if isinstance(value, np.ndarray):
        elements = [repr(element) for element in value.ravel().tolist()]
        return {"array": str(value.dtype), "shape": list(value.shape), "elements": elements}
    if isinstance(value, dict):
        return {"dict": [[repr(key), described(part)] for key, part in value.items()]}
    if isinstance(value, list):
        return {"list": [described(part) for part in value]}
    return f"{type(value).__name__} {value!r}"
