# Scorekeeper: a model-serving supervisor.
# SPDX-License-Identifier: Apache-2.0

"""Models whose rows must never be scored together with the rows of another request.

Both have a signature like any row-wise model's, with a leading free dimension: only their answers
tell them apart.
"""

from __future__ import annotations

from typing import Any, Dict, Optional

import mlflow.pyfunc
import numpy as np
from mlflow.models import ModelSignature
from mlflow.types import Schema, TensorSpec

EXAMPLE = np.array([[1.0, 2.0], [3.0, 5.0], [8.0, 13.0]])


class Centred(mlflow.pyfunc.PythonModel):  # type: ignore[misc]
    """Subtracts the batch's mean: as many rows as were asked, each dependent on all."""

    def predict(
        self, context: Any, model_input: Any, params: Optional[Dict[str, Any]] = None
    ) -> Any:
        rows = np.asarray(model_input, dtype=np.float64)
        return rows - rows.mean(axis=0)


class Totalled(mlflow.pyfunc.PythonModel):  # type: ignore[misc]
    """Adds the batch up: one row, however many were asked."""

    def predict(
        self, context: Any, model_input: Any, params: Optional[Dict[str, Any]] = None
    ) -> Any:
        return np.asarray(model_input, dtype=np.float64).sum(axis=0, keepdims=True)


def save(model: mlflow.pyfunc.PythonModel, folder: str) -> None:
    """Writes the model's directory, with a signature of rows of two numbers and an example."""
    rows = TensorSpec(np.dtype(np.float64), (-1, 2))
    mlflow.pyfunc.save_model(
        folder,
        python_model=model,
        signature=ModelSignature(inputs=Schema([rows]), outputs=Schema([rows])),
        input_example=EXAMPLE,
        pip_requirements=["mlflow"],
    )
