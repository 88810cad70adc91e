# Scorekeeper: a model-serving supervisor.
# SPDX-License-Identifier: Apache-2.0

"""Takes an array by name and returns one, both described by samples."""

from __future__ import annotations

from typing import Any

import numpy as np
from inference_schema.parameter_types.numpy_parameter_type import NumpyParameterType
from inference_schema.schema_decorators import input_schema, output_schema

SAMPLE = np.array([[1.0, 2.0, 3.0, 4.0]])


def init() -> None:
    pass


@input_schema("data", NumpyParameterType(SAMPLE))
@output_schema(NumpyParameterType(np.array([10.0])))
def run(data: Any) -> Any:
    return data.sum(axis=1).tolist()
