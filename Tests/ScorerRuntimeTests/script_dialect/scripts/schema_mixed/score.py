# Scorekeeper: a model-serving supervisor.
# SPDX-License-Identifier: Apache-2.0

"""Takes a list of several types, which version 2 of OpenAPI cannot describe."""

from __future__ import annotations

from typing import Any

import numpy as np
from inference_schema.parameter_types.numpy_parameter_type import NumpyParameterType
from inference_schema.parameter_types.standard_py_parameter_type import (
    StandardPythonParameterType,
)
from inference_schema.schema_decorators import input_schema

INNER = {
    "array": NumpyParameterType(np.array([1, 2])),
    "word": StandardPythonParameterType("word"),
}


def init() -> None:
    pass


@input_schema("inputs", StandardPythonParameterType(INNER))
@input_schema("options", StandardPythonParameterType([1, "two", 3.5]))
def run(inputs: Any, options: Any) -> Any:
    return [type(inputs["array"]).__name__, inputs["word"], options]
