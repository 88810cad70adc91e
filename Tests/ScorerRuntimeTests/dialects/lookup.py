# Scorekeeper: a model-serving supervisor.
# SPDX-License-Identifier: Apache-2.0

"""A model with a code directory and an artifact."""

from __future__ import annotations

import importlib
from typing import Any, Dict, Optional

import mlflow.pyfunc


class Lookup(mlflow.pyfunc.PythonModel):  # type: ignore[misc]
    """Reads its artifact when it is loaded."""

    word = ""

    def load_context(self, context: Any) -> None:
        """Keeps the artifact's text."""
        with open(context.artifacts["word"], encoding="utf-8") as file:
            self.word = file.read()

    def predict(
        self, context: Any, model_input: Any, params: Optional[Dict[str, Any]] = None
    ) -> Any:
        """The artifact, as the code directory's module says it."""
        words = importlib.import_module("code_directory.dialect_words")
        return [words.shouted(self.word)] * len(model_input)
