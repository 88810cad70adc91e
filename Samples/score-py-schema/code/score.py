# Scorekeeper: a model-serving supervisor.
# SPDX-License-Identifier: Apache-2.0

"""Names the species of flowers; what comes in and goes out is described by samples."""

from __future__ import annotations

import json
import os
from typing import Any, Dict, List

import numpy as np
from inference_schema.parameter_types.numpy_parameter_type import NumpyParameterType
from inference_schema.parameter_types.standard_py_parameter_type import (
    StandardPythonParameterType,
)
from inference_schema.schema_decorators import input_schema, output_schema

means: Dict[str, List[float]] = {}


def init() -> None:
    """Called once, before the first request."""
    path = os.path.join(os.environ["AZUREML_MODEL_DIR"], "flowers.json")
    with open(path, encoding="utf-8") as file:
        means.update(json.load(file))


@input_schema("data", NumpyParameterType(np.array([[5.1, 3.5, 1.4, 0.2]])))
@input_schema("distances", StandardPythonParameterType(False))
@output_schema(StandardPythonParameterType([{"species": "setosa"}]))
def run(data: Any, distances: bool = False) -> List[Dict[str, Any]]:
    """Called with the members of the request's JSON object, by their names."""
    found = np.linalg.norm(data[:, None] - np.array(list(means.values()))[None], axis=2)
    answers = []
    for row in found:
        answer: Dict[str, Any] = {"species": list(means)[int(row.argmin())]}
        if distances:
            answer["distances"] = dict(zip(means, row.round(3).tolist()))
        answers.append(answer)
    return answers
