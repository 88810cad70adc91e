# Scorekeeper: a model-serving supervisor.
# SPDX-License-Identifier: Apache-2.0

"""The types of a signature as JSON schemas, and those schemas in the words of each OpenAPI version.

A schema is built in one form of ours, OpenAPI 3.0's with `anyOf`, `oneOf` and `nullable`, and then
written for the version that was asked for. Names of columns are keys of `properties` only, so a
column called `nullable` is no keyword.

Source: OpenAPI 2.0, 3.0.3, 3.1.0; JSON Schema 2020-12.
"""

from __future__ import annotations

from typing import Any, Dict, List, Sequence

import numpy as np

from .description import is_required, is_tensor

Schema = Dict[str, Any]

_TYPES: Dict[str, Schema] = {
    "boolean": {"type": "boolean"},
    "integer": {"type": "integer", "format": "int32"},
    "long": {"type": "integer", "format": "int64"},
    "float": {"type": "number", "format": "float"},
    "double": {"type": "number", "format": "double"},
    "string": {"type": "string"},
    "binary": {"type": "string", "format": "byte"},
    "datetime": {"type": "string", "format": "date-time"},
}
_KINDS: Dict[str, Schema] = {
    "b": {"type": "boolean"},
    "i": {"type": "integer"},
    "u": {"type": "integer", "minimum": 0},
    "f": {"type": "number"},
    "U": {"type": "string"},
    "S": {"type": "string", "format": "byte"},
    "M": {"type": "string", "format": "date-time"},
}


def of(spec: Dict[str, Any]) -> Schema:
    """The schema of one column, tensor, property or parameter."""
    if is_tensor(spec):
        return of_tensor(spec["tensor-spec"]["dtype"], spec["tensor-spec"]["shape"])
    kind = spec["type"]
    if kind == "array":
        schema: Schema = array(of(spec["items"]))
    elif kind == "sparkml-vector":
        schema = array(_TYPES["double"])
    elif kind == "map":
        schema = {"type": "object", "additionalProperties": of(spec["values"])}
    elif kind == "object":
        schema = of_named(spec["properties"])
        schema["additionalProperties"] = False  # MLflow refuses properties that it does not know.
    else:
        schema = dict(_TYPES.get(kind, {}))
    return schema if is_required(spec) else {**schema, "nullable": True}


def of_tensor(dtype: str, shape: Sequence[int]) -> Schema:
    """Arrays in arrays, one for each dimension; a dimension that is not free has its length."""
    schema = dict(_KINDS.get(np.dtype(dtype).kind, {}))
    for size in reversed(shape):
        schema = array(schema) if size < 0 else array(schema, size)
    return schema


def of_named(specs: Dict[str, Dict[str, Any]]) -> Schema:
    """An object with these properties."""
    schema: Schema = {
        "type": "object",
        "properties": {name: of(spec) for name, spec in specs.items()},
    }
    return with_required(schema, [name for name, spec in specs.items() if is_required(spec)])


def with_required(schema: Schema, names: List[str]) -> Schema:
    """The schema, with these properties required; an empty list is no legal `required`."""
    return {**schema, "required": names} if names else schema


def array(items: Schema, length: int = -1) -> Schema:
    """An array, of that length where one is given."""
    bounds = {"minItems": length, "maxItems": length} if length >= 0 else {}
    return {"type": "array", "items": items, **bounds}


def reference(name: str) -> Schema:
    """The schema of that name in the same document."""
    return {"$ref": name}


def any_of(schemas: Sequence[Schema]) -> Schema:
    """What fits one of them: each of them once, and itself where there is but one."""
    different: List[Schema] = []
    for schema in schemas:
        if schema not in different:
            different.append(schema)
    return different[0] if len(different) == 1 else {"anyOf": different}


def written(schema: Schema, version: str) -> Schema:
    """The schema in the words of OpenAPI `version`: 2, 3 or 3.1.

    Shape: version 2 knows no alternatives; what has some is left open there, but for an object
    with alternative properties, which gets all of them.
    """
    if "$ref" in schema:
        where = "definitions" if version == "2" else "components/schemas"
        return {"$ref": f"#/{where}/{schema['$ref']}"}
    result = dict(schema)
    nullable = result.pop("nullable", False)
    for word in ("anyOf", "oneOf"):
        if word in result:
            parts = result.pop(word)
            if version == "2":
                result = {**_merged(parts), **result}
            else:
                result[word] = [written(part, version) for part in parts]
    if "properties" in result:
        inner = result["properties"]
        result["properties"] = {name: written(part, version) for name, part in inner.items()}
    for word in ("items", "additionalProperties"):
        if isinstance(result.get(word), dict):
            result[word] = written(result[word], version)
    if version == "3.1" and result.get("format") == "byte":
        del result["format"]
        result["contentEncoding"] = "base64"
    if nullable and "type" in result:
        _allow_null(result, version)
    return result


def _merged(parts: List[Schema]) -> Schema:
    if any(part.get("type") != "object" for part in parts):
        return {}
    properties: Schema = {}
    for part in parts:
        properties.update(part.get("properties", {}))
    return {"type": "object", "properties": properties}


def _allow_null(schema: Schema, version: str) -> None:
    if version == "2":
        schema["x-nullable"] = True
    elif version == "3":
        schema["nullable"] = True
    else:
        schema["type"] = [schema["type"], "null"]
