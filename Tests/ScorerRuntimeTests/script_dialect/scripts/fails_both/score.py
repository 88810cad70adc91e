# Scorekeeper: a model-serving supervisor.
# SPDX-License-Identifier: Apache-2.0

"""Wants the request and the arguments by name."""

from __future__ import annotations

from typing import Any

from azureml.contrib.services.aml_request import rawhttp
from inference_schema.parameter_types.standard_py_parameter_type import (
    StandardPythonParameterType,
)
from inference_schema.schema_decorators import input_schema


def init() -> None:
    pass


@rawhttp
@input_schema("data", StandardPythonParameterType("text"))
def run(data: Any) -> Any:
    return data
