# Scorekeeper: a model-serving supervisor.
# SPDX-License-Identifier: Apache-2.0

"""`swagger.json`: a model's routes in OpenAPI 2.0, 3.0 and 3.1, from its signature.

Names of versions, the default, the operations' identifiers and the names of the schemas are those
of Azure's inference server, so that a client made from its document can be made from ours.

Source: azureml-inference-server-http 1.5, `server/swagger.py` and its templates.
"""

from __future__ import annotations

from typing import Any, Dict, NamedTuple, Optional

from . import bodies
from .description import Description
from .exchange import JSON
from .json_schema import Schema, reference, written

DEFAULT = "2"
VERSIONS = {"2": "2", "2.0": "2", "3": "3", "3.0": "3", "3.1": "3.1"}

_TEXT = "text/plain"
_PUBLISHED = {"2": "2.0", "3": "3.0.3", "3.1": "3.1.0"}
_ERROR: Schema = {
    "type": "object",
    "properties": {
        "message": {"type": "string"},
        "error_code": {"type": "string"},
        "error": {
            "type": "object",
            "properties": {"code": {"type": "string"}, "message": {"type": "string"}},
        },
    },
}


class _Operation(NamedTuple):
    """One route with one method; `takes` and `gives` name schemas."""

    method: str
    identifier: str
    what: str
    gives: str
    media_type: str = JSON
    takes: Optional[str] = None
    example: Optional[Dict[str, Any]] = None


def document(model: Description, version: str, prefix: str) -> Dict[str, Any]:
    """The document in `version`, one of the values of `VERSIONS`.

    Shape: `prefix` is what stands before the routes in the address of the endpoint, or empty.
    """
    made: Dict[str, Any] = {"swagger" if version == "2" else "openapi": _PUBLISHED[version]}
    made["info"] = {
        "title": model.title,
        "description": f"An MLflow model ({', '.join(model.flavors)}), served by Scorekeeper.",
        "version": "1.0",
    }
    schemas = {name: written(schema, version) for name, schema in _schemas(model).items()}
    operations = _operations(model)
    paths = {path: _path(operation, version) for path, operation in operations.items()}
    if version == "2":
        made.update({"consumes": [JSON], "produces": [JSON]})
        if prefix:
            made["basePath"] = prefix
        for operation in operations.values():
            if operation.takes and operation.example is not None:
                schemas[operation.takes]["example"] = operation.example
        return {**made, "paths": paths, "definitions": schemas}
    if prefix:
        made["servers"] = [{"url": prefix}]
    return {**made, "paths": paths, "components": {"schemas": schemas}}


def _schemas(model: Description) -> Dict[str, Schema]:
    return {
        **bodies.parts(model),
        "ServiceInput": bodies.for_score(model),
        "ServiceOutput": bodies.from_score(model),
        "Invocation": bodies.for_invocations(model),
        "Predictions": bodies.from_invocations(model),
        "ErrorResponse": _ERROR,
        "Text": {"type": "string"},
        "Document": {"type": "object"},
    }


def _operations(model: Description) -> Dict[str, _Operation]:
    example = model.example
    return {
        "/": _Operation("get", "ServiceHealthCheck", "Whether the model serves.", "Text", _TEXT),
        "/score": _Operation(
            "post",
            "RunMLService",
            "Scores in the dialect of Azure Machine Learning; the answer is the bare result.",
            "ServiceOutput",
            takes="ServiceInput",
            example=example.for_score if example else None,
        ),
        "/invocations": _Operation(
            "post",
            "Invoke",
            "Scores in the dialect of MLflow's scoring server.",
            "Predictions",
            takes="Invocation",
            example=example.body if example else None,
        ),
        "/swagger.json": _Operation("get", "GetSwaggerSpec", "This document.", "Document"),
    }


def _path(operation: _Operation, version: str) -> Dict[str, Any]:
    made: Dict[str, Any] = {
        "operationId": operation.identifier,
        "description": operation.what,
        "responses": {
            "200": {"description": "The answer.", **_content(operation, version)},
            "default": {
                "description": "What is wrong, in the words of the route or of the endpoint.",
                **_content(operation._replace(gives="ErrorResponse", media_type=JSON), version),
            },
        },
    }
    if version == "2" and operation.media_type != JSON:
        made["produces"] = [operation.media_type, JSON]
    if operation.identifier == "GetSwaggerSpec":
        made["parameters"] = [_version_parameter(version)]
    if operation.takes:
        made.update(_body(operation, version))
    return {operation.method: made}


def _content(operation: _Operation, version: str) -> Dict[str, Any]:
    schema = written(reference(operation.gives), version)
    if version == "2":
        return {"schema": schema}
    return {"content": {operation.media_type: {"schema": schema}}}


def _body(operation: _Operation, version: str) -> Dict[str, Any]:
    schema = written(reference(str(operation.takes)), version)
    if version == "2":
        body = {"name": "serviceInputPayload", "in": "body", "required": True, "schema": schema}
        return {"parameters": [body]}
    content: Dict[str, Any] = {"schema": schema}
    if operation.example is not None:
        content["example"] = operation.example
    return {"requestBody": {"required": True, "content": {JSON: content}}}


def _version_parameter(version: str) -> Dict[str, Any]:
    known: Schema = {"type": "string", "enum": list(VERSIONS), "default": DEFAULT}
    parameter = {"name": "version", "in": "query", "required": False}
    return {**parameter, **known} if version == "2" else {**parameter, "schema": known}
