# Scorekeeper: a model-serving supervisor.
# SPDX-License-Identifier: Apache-2.0

"""Saves a model from its code, with a signature of the keys that language models take."""

from __future__ import annotations

from importlib.metadata import version
from pathlib import Path

import mlflow.pyfunc
from mlflow.models import ModelSignature
from mlflow.types import ColSpec, DataType, ParamSchema, ParamSpec, Schema
from mlflow.types.schema import AnyType, Array, Object, Property

PACKAGES = ["mlflow", "numpy", "pandas"]
MESSAGE = Object([Property("role", DataType.string), Property("content", DataType.string)])


def save(folder: Path) -> None:
    """Writes the model directory; its input example is a short conversation."""
    mlflow.pyfunc.save_model(
        folder,
        python_model="chat.py",
        signature=ModelSignature(
            inputs=Schema(
                [
                    ColSpec(Array(MESSAGE), "messages", required=False),
                    ColSpec(DataType.string, "prompt", required=False),
                    ColSpec(AnyType(), "input", required=False),
                ]
            ),
            params=ParamSchema([ParamSpec("max_tokens", DataType.integer, 16)]),
        ),
        input_example={
            "messages": [
                {"role": "system", "content": "Answer briefly."},
                {"role": "user", "content": "What does a scorer answer for?"},
            ]
        },
        pip_requirements=[f"{name}=={version(name)}" for name in PACKAGES],
    )
