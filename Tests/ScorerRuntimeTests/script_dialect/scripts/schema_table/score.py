# Scorekeeper: a model-serving supervisor.
# SPDX-License-Identifier: Apache-2.0

"""Takes a table, described by a sample."""

from __future__ import annotations

from typing import Any

import pandas as pd
from inference_schema.parameter_types.pandas_parameter_type import PandasParameterType
from inference_schema.parameter_types.standard_py_parameter_type import (
    StandardPythonParameterType,
)
from inference_schema.schema_decorators import input_schema, output_schema

SAMPLE = pd.DataFrame({"name": ["a"], "size": [1.5]})


def init() -> None:
    pass


@input_schema("table", PandasParameterType(SAMPLE))
@output_schema(StandardPythonParameterType([1.5]))
def run(table: Any) -> Any:
    return [list(table.columns), table["size"].tolist()]
