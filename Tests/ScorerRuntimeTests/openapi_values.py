# Scorekeeper: a model-serving supervisor.
# SPDX-License-Identifier: Apache-2.0

"""Values that fit a schema of a document: one for each alternative that it leaves open."""

from __future__ import annotations

import itertools
from typing import Any, Dict, Iterator, List

import openapi_check

MOST_OF_AN_OBJECT = 8
_OF_FORMAT = {"date-time": "2026-01-31T12:00:00", "byte": "AAAA"}
_OF_TYPE = {"string": "x", "integer": 1, "number": 1.5, "boolean": True}


class Values:
    """Makes values by a document of OpenAPI 3.0.

    Shape: `row` maps columns to values, for tables, whose cells a schema cannot tie to columns.
    """

    def __init__(self, document: Dict[str, Any], row: Dict[str, Any]) -> None:
        self._schemas = openapi_check.schemas_of(document)
        self._row = row

    def of(self, name: str) -> List[Any]:
        """Those of the named schema."""
        return list(self._of(self._schemas[name]))

    def _of(self, schema: Dict[str, Any]) -> Iterator[Any]:
        if "$ref" in schema:
            yield from self._of(self._schemas[schema["$ref"].rsplit("/", 1)[1]])
        elif "type" not in schema and ("oneOf" in schema or "anyOf" in schema):
            for part in schema.get("oneOf", schema.get("anyOf")):
                yield from self._of(part)
        elif schema.get("type") == "object":
            yield from self._of_object(schema)
        elif schema.get("type") == "array":
            yield from self._of_array(schema)
        else:
            blank = _OF_TYPE.get(schema.get("type", "string"))
            yield _OF_FORMAT.get(schema.get("format", ""), blank)

    def _of_object(self, schema: Dict[str, Any]) -> Iterator[Any]:
        known = schema.get("properties", {})
        if {"columns", "data"} <= known.keys():
            whole = {"columns": list(self._row), "data": [list(self._row.values())]}
            yield {name: whole[name] for name in schema["required"]}
            return
        for choice in schema.get("anyOf", [{}]):
            names = [*schema.get("required", []), *choice.get("required", [])]
            each = [list(self._of(known[name])) for name in names]
            for values in itertools.islice(itertools.product(*each), MOST_OF_AN_OBJECT):
                yield dict(zip(names, values))

    def _of_array(self, schema: Dict[str, Any]) -> Iterator[Any]:
        if self._row and schema["items"].get("type") == "array" and "minItems" in schema["items"]:
            yield [list(self._row.values())]
            return
        for value in self._of(schema["items"]):
            yield [value] * schema.get("minItems", 1)
