# Scorekeeper: a model-serving supervisor.
# SPDX-License-Identifier: Apache-2.0

"""A script's `/swagger.json`: the author's own files, or documents made of the schemas.

Identifiers are those that clients generated for Azure's server know; the words are ours.
"""

from __future__ import annotations

import json
import os
from typing import Any, Dict, List, NamedTuple, Optional
from urllib.parse import parse_qs

from . import schema
from .inputs import Refusal
from .schema import Schema
from .settings import Settings
from .user_script import UserScript

_FILES = {
    "2": ("swagger.json", "swagger2.json"),
    "3": ("swagger3.json",),
    "3.1": ("swagger3.1.json",),
}
_ALIASES = {"2": "2", "2.0": "2", "3": "3", "3.0": "3", "3.1": "3.1"}


class Documents(NamedTuple):
    """The documents that there are, by version."""

    by_version: Dict[str, bytes]

    @property
    def listed(self) -> str:
        """The versions there are, for people."""
        return ", ".join(sorted(self.by_version))


def of(script: UserScript, settings: Settings) -> Documents:
    """The documents of a script, made once.

    Errors: `ValueError` where a file of the author's is no JSON.
    """
    supported = schema.versions(script.run)
    found: Dict[str, bytes] = {}
    for version in _FILES:
        own = _own_file(settings.root, version)
        if own is None and any(_ALIASES[name] == version for name in supported):
            own = _made(script, settings, version)
        if own is not None:
            found[version] = json.dumps(own).encode("ascii")
    return Documents(found)


def find(documents: Documents, query: str) -> bytes:
    """The document that a query asks for: version 2 where it does not say.

    Errors: `Refusal` for a version that is none, or that this script does not have.
    """
    asked = parse_qs(query, keep_blank_values=True).get("version", ["2"])[0]
    if asked not in _ALIASES:
        raise Refusal(
            404,
            f"Swagger version [{asked}] is not valid. Supported versions: [{documents.listed}].",
        )
    document = documents.by_version.get(_ALIASES[asked])
    if document is None:
        raise Refusal(
            404,
            f"Swagger version [{asked}] is not supported for the scoring script. "
            f"Supported swagger versions: [{documents.listed}].",
        )
    return document


def _own_file(root: str, version: str) -> Optional[Schema]:
    for name in _FILES[version]:
        path = os.path.join(root, name)
        try:
            with open(path, encoding="utf-8") as file:
                content: Any = json.load(file)
        except FileNotFoundError:
            continue
        except ValueError as error:
            raise ValueError(f"cannot read '{path}': {error}") from error
        if content:
            return content
    return None


def _made(script: UserScript, settings: Settings, version: str) -> Schema:
    given, returned = schema.of(script.run)
    schemas = {"ServiceInput": given, "ServiceOutput": returned, "ErrorResponse": _ERROR}
    title, number = settings.service_name, settings.service_version
    information = {"title": title, "description": f"How to ask {title!r}", "version": number}
    key = {"type": "apiKey", "name": "Authorization", "in": "header", "description": _KEY}
    paths = _paths(settings.path_prefix, version)
    if version == "2":
        return {
            "swagger": "2.0",
            "info": information,
            "schemes": ["https"],
            "consumes": [_JSON],
            "produces": [_JSON],
            "securityDefinitions": {"Bearer": key},
            "paths": paths,
            "definitions": schemas,
        }
    return {
        "openapi": "3.1.0" if version == "3.1" else "3.0.3",
        "info": information,
        "security": [{"Bearer": []}],
        "paths": paths,
        "components": {"schemas": schemas, "securitySchemes": {"Bearer": key}},
    }


_JSON = "application/json"
_KEY = "The word Bearer, a space, and a key of the endpoint"
_ERROR: Schema = {"type": "object", "properties": {"message": {"type": "string"}}}
_VERSIONS: List[int] = [2, 3]


def _paths(prefix: str, version: str) -> Schema:
    is_2 = version == "2"
    healthy: Schema = {"type": "string"}
    answered = _described("Healthy, while the service is up", "text/plain", healthy, is_2)
    if is_2:
        answered["examples"] = {_JSON: "Healthy"}
    else:
        healthy["example"] = "Healthy"
    number = {"type": "integer", "enum": _VERSIONS}
    which = {"name": "version", "in": "query", "required": False}
    which.update(number if is_2 else {"schema": number})
    text = _described("The document", "text/plain", {"type": "string"}, is_2)
    health = _operation("ServiceHealthCheck", "Tells whether the service is up", answered, is_2)
    found = _operation("GetSwaggerSpec", "Describes the service", text, is_2)
    found["parameters"] = [which]
    return {
        f"{prefix}/": {"get": health},
        f"{prefix}/score": {"post": _scoring(is_2)},
        f"{prefix}/swagger.json": {"get": found},
    }


def _scoring(is_2: bool) -> Schema:
    returned = _described("The script's result", _JSON, _reference("ServiceOutput", is_2), is_2)
    found = _operation("RunMLService", "Runs the script on the data sent", returned, is_2)
    found["security"] = [{"Bearer": []}]
    given = _described("The script's input", _JSON, _reference("ServiceInput", is_2), is_2)
    if is_2:
        found["parameters"] = [{"name": "serviceInputPayload", "in": "body", **given}]
    else:
        found["requestBody"] = given
    return found


def _operation(name: str, words: str, answered: Schema, is_2: bool) -> Schema:
    failed = _described("What went wrong", _JSON, _reference("ErrorResponse", is_2), is_2)
    responses = {"200": answered, "default": failed}
    return {"operationId": name, "description": words, "responses": responses}


def _described(words: str, kind: str, content: Schema, is_2: bool) -> Schema:
    shown = {"schema": content} if is_2 else {"content": {kind: {"schema": content}}}
    return {"description": words, **shown}


def _reference(name: str, is_2: bool) -> Schema:
    return {"$ref": f"#/definitions/{name}" if is_2 else f"#/components/schemas/{name}"}
