# Scorekeeper: a model-serving supervisor.
# SPDX-License-Identifier: Apache-2.0

"""Whether a document is legal OpenAPI as far as ours go, and whether a value fits its schemas.

Nothing here is shared with what writes those documents.

Source: the OpenAPI specification 2.0, 3.0.3 and 3.1.0; JSON Schema 2020-12.
"""

from __future__ import annotations

from typing import Any, Dict, Iterator, List

_OF_SCHEMAS = {"type", "format", "description", "properties", "required", "items", "minItems"}
_OF_SCHEMAS |= {"maxItems", "minimum", "additionalProperties", "default", "enum", "$ref"}
KEYWORDS = {
    "2.0": _OF_SCHEMAS | {"x-nullable", "example"},
    "3.0.3": _OF_SCHEMAS | {"nullable", "anyOf", "oneOf"},
    "3.1.0": _OF_SCHEMAS | {"anyOf", "oneOf", "contentEncoding"},
}
PLACES = {
    "2.0": {"swagger", "info", "basePath", "consumes", "produces", "paths", "definitions"},
    "3.0.3": {"openapi", "info", "servers", "paths", "components"},
    "3.1.0": {"openapi", "info", "servers", "paths", "components"},
}
_TYPES: Dict[str, Any] = {
    "object": dict,
    "array": list,
    "string": str,
    "boolean": bool,
    "null": type(None),
}


def version_of(document: Dict[str, Any]) -> str:
    """The version that a document claims."""
    return str(document.get("swagger") or document["openapi"])


def schemas_of(document: Dict[str, Any]) -> Dict[str, Any]:
    """The named schemas of a document."""
    place = document if "definitions" in document else document["components"]
    return dict(place.get("definitions") or place.get("schemas") or {})


def problems(document: Dict[str, Any]) -> List[str]:
    """What is illegal in a document; nothing where it is legal."""
    version = version_of(document)
    found = [f"unknown place '{name}'" for name in document.keys() - PLACES[version]]
    if not {"title", "version"} <= document["info"].keys():
        found.append("info lacks title or version")
    identifiers = []
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            identifiers.append(operation["operationId"])
            if not path.startswith("/") or method not in ("get", "post"):
                found.append(f"no legal operation: {method} {path}")
            if any("description" not in answer for answer in operation["responses"].values()):
                found.append(f"{path}: an answer lacks its description")
            if version != "2.0" and any(p["in"] == "body" for p in operation.get("parameters", [])):
                found.append(f"{path}: a body among the parameters")
    if len(set(identifiers)) < len(identifiers):
        found.append(f"operations share an identifier: {identifiers}")
    for name, schema in schemas_of(document).items():
        found += [f"{name}: {text}" for text in _illegal(schema, version)]
    for name in _references(document):
        if _find(document, name) is None:
            found.append(f"dangling '{name}'")
    return found


def misfits(document: Dict[str, Any], name: str, value: Any) -> List[str]:
    """Why a value is not one of the named schema; nothing where it is."""
    return list(_misfits(document, schemas_of(document)[name], value, name))


def _illegal(schema: Any, version: str) -> Iterator[str]:
    if not isinstance(schema, dict):
        yield f"a schema is a {type(schema).__name__}"
        return
    for word in schema.keys() - KEYWORDS[version]:
        yield f"no keyword of {version}: '{word}'"
    kind = schema.get("type")
    if isinstance(kind, list) and version != "3.1.0":
        yield f"a list of types: {kind}"
    if "$ref" in schema and len(schema) > 1:
        yield "something beside a $ref"
    if schema.get("required") == []:
        yield "an empty 'required'"
    if kind == "array" and "items" not in schema:
        yield "an array without items"
    parts = list(schema.get("properties", {}).values())
    parts += schema.get("anyOf", []) + schema.get("oneOf", [])
    parts += [schema[word] for word in ("items",) if word in schema]
    if not isinstance(schema.get("additionalProperties", False), bool):
        parts.append(schema["additionalProperties"])
    for part in parts:
        yield from _illegal(part, version)


def _references(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        if isinstance(value.get("$ref"), str):
            yield value["$ref"]
        for part in value.values():
            yield from _references(part)
    if isinstance(value, list):
        for part in value:
            yield from _references(part)


def _find(document: Any, reference: str) -> Any:
    for name in reference.split("/")[1:]:
        document = (document or {}).get(name)
    return document


def _misfits(document: Any, schema: Any, value: Any, place: str) -> Iterator[str]:
    if "$ref" in schema:
        yield from _misfits(document, _find(document, schema["$ref"]), value, place)
        return
    if value is None and (schema.get("nullable") or schema.get("x-nullable")):
        return
    kinds = schema.get("type", [])
    kinds = kinds if isinstance(kinds, list) else [kinds]
    if kinds and not any(_is(value, kind) for kind in kinds):
        yield f"{place}: {value!r} is no {kinds}"
        return
    for word, most in (("anyOf", None), ("oneOf", 1)):
        if word in schema:
            fits = [not list(_misfits(document, part, value, place)) for part in schema[word]]
            if not any(fits) or (most and sum(fits) > most):
                yield f"{place}: {value!r} fits {sum(fits)} of {len(fits)} alternatives"
    if isinstance(value, dict):
        yield from _misfits_of_object(document, schema, value, place)
    if isinstance(value, list):
        if not schema.get("minItems", 0) <= len(value) <= schema.get("maxItems", len(value)):
            yield f"{place}: {len(value)} items"
        for number, item in enumerate(value):
            yield from _misfits(document, schema.get("items", {}), item, f"{place}[{number}]")


def _misfits_of_object(document: Any, schema: Any, value: Any, place: str) -> Iterator[str]:
    for name in schema.get("required", []):
        if name not in value:
            yield f"{place}: '{name}' is missing"
    known = schema.get("properties", {})
    others = schema.get("additionalProperties", {})
    for name, part in value.items():
        if name in known or isinstance(others, dict):
            inner = known.get(name, others)
            yield from _misfits(document, inner, part, f"{place}.{name}")
        elif others is False:
            yield f"{place}: '{name}' is unknown"


def _is(value: Any, kind: str) -> bool:
    if kind in ("number", "integer"):
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            return False
        return kind == "number" or value == int(value)
    return isinstance(value, _TYPES[kind])
