# Scorekeeper: a model-serving supervisor.
# SPDX-License-Identifier: Apache-2.0

"""A model as code: MLflow copies this file into the model and runs it when it loads."""

from __future__ import annotations

from typing import Any, Dict, Optional

import mlflow
import mlflow.pyfunc


class Greeting(mlflow.pyfunc.PythonModel):  # type: ignore[misc]
    """Greets as its configuration says."""

    def predict(
        self, context: Any, model_input: Any, params: Optional[Dict[str, Any]] = None
    ) -> Any:
        """The greeting, for each row."""
        return [context.model_config["greeting"]] * len(model_input)


mlflow.models.set_model(Greeting())
