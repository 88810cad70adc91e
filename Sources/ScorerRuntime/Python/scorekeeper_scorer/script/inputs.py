# Scorekeeper: a model-serving supervisor.
# SPDX-License-Identifier: Apache-2.0

"""The arguments that ``run`` is called with, made of a request."""

from __future__ import annotations

import inspect
import json
from typing import Any, Dict, List
from urllib.parse import parse_qsl

from .request import Request


class Refusal(Exception):
    """A request that ``run`` cannot be called for: the status and why."""

    def __init__(self, status: int, text: str) -> None:
        super().__init__(text)
        self.status = status
        self.text = text


def text(request: Request) -> str:
    """The body of a POST as text; the parameters of a GET as a JSON object.

    Errors: `Refusal` for another method and for a body that is not UTF-8.
    """
    if request.method == "POST":
        try:
            return str(request.body, "utf-8")
        except UnicodeDecodeError as error:
            raise Refusal(400, f"Input cannot be decoded as UTF-8: {error}") from None
    return json.dumps(_parameters(request))


def arguments(request: Request, parameters: List[inspect.Parameter]) -> Dict[str, Any]:
    """The members of the body's JSON object, or of the query, by the parameters' names.

    Errors: `Refusal` where one is missing that has no default, or where there is no such object.
    """
    given = _object(request) if request.method == "POST" else _parameters(request)
    found = {}
    for parameter in parameters:
        value = given.get(parameter.name, parameter.default)
        if value is inspect.Parameter.empty:
            raise Refusal(400, f"A value is not provided for the {parameter.name!r} parameter.")
        found[parameter.name] = value
    return found


def is_json(content_type: str) -> bool:
    """Whether a content type says JSON, or something that is written in it."""
    kind = content_type.partition(";")[0].strip().lower()
    written_in_json = kind.startswith("application/") and kind.endswith("+json")
    return kind == "application/json" or written_in_json


def _object(request: Request) -> Dict[str, Any]:
    if not is_json(request.fields.get("content-type", "")):
        raise Refusal(415, "Expects Content-Type to be application/json")
    body = request.bytes()
    try:
        content = json.loads(body)
    except json.JSONDecodeError as error:
        if not body:
            raise Refusal(400, "POST body is empty. Expecting a JSON dictionary.") from None
        raise Refusal(400, f"POST body could not be decoded as JSON: {error}") from None
    if not isinstance(content, dict):
        raise Refusal(400, "POST body should be a JSON dictionary.")
    return content


def _parameters(request: Request) -> Dict[str, Any]:
    """The query's parameters, each read as JSON where it is; a list where one came repeatedly."""
    if request.method != "GET":
        raise Refusal(405, "Method not allowed")
    found: Dict[str, List[Any]] = {}
    for name, value in parse_qsl(request.query, keep_blank_values=True):
        found.setdefault(name, []).append(_value(value))
    return {name: values[0] if len(values) == 1 else values for name, values in found.items()}


def _value(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return text
