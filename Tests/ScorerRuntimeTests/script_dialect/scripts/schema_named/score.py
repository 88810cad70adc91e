# Scorekeeper: a model-serving supervisor.
# SPDX-License-Identifier: Apache-2.0

"""Takes several values by name, some of them with defaults, and the header fields."""

from __future__ import annotations

import datetime
from typing import Any, Dict

from inference_schema.parameter_types.standard_py_parameter_type import (
    StandardPythonParameterType,
)
from inference_schema.schema_decorators import input_schema, output_schema


def init() -> None:
    pass


@input_schema("text", StandardPythonParameterType("words"))
@input_schema("number", StandardPythonParameterType(3))
@input_schema("moment", StandardPythonParameterType(datetime.datetime(2024, 1, 2)), optional=True)
@input_schema("raw", StandardPythonParameterType(b"bytes"), optional=True)
@output_schema(StandardPythonParameterType({"text": "words"}))
def run(
    text: str,
    request_headers: Dict[str, str],
    number: int = 7,
    moment: Any = None,
    raw: Any = None,
) -> Any:
    told = None if moment is None else moment.isoformat()
    return [text, number, told, None if raw is None else raw.hex(), "X-Own" in request_headers]
