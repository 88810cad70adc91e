# Scorekeeper: a model-serving supervisor.
# SPDX-License-Identifier: Apache-2.0

"""Which route answers a request, and in which dialect."""

from __future__ import annotations

from typing import Any, Optional, Protocol

from . import azure_dialect, description_routes, mlflow_dialect, strict_json
from .content_type import ContentType
from .exchange import Answer, Request
from .loaded_model import LoadedModel
from .strict_json import InvalidJSON


class Dialect(Protocol):
    """What a dialect's module holds."""

    def claims(self, content: Any) -> bool:
        """Whether a body is written in this dialect."""

    def refusal_of_type(self, content_type: Optional[ContentType]) -> Optional[Answer]:
        """The answer to a content type that it does not read."""

    def invalid_json(self, model: LoadedModel, body: bytes, error: InvalidJSON) -> Answer:
        """The answer to a body that is not JSON."""

    def answer(self, model: LoadedModel, content: Any) -> Answer:
        """Scores a decoded body."""


def answer(model: LoadedModel, request: Request) -> Answer:
    """The answer to any request: there is none that this refuses to answer."""
    if request.path == "/invocations":
        return _scored(model, request, mlflow_dialect, azure_dialect)
    if request.path == "/score":
        return _scored(model, request, azure_dialect, mlflow_dialect)
    if request.path in ("/", "/swagger.json"):
        return _described(model, request)
    if request.path not in ("/ping", "/health", "/version"):
        return mlflow_dialect.not_found()
    if request.method != "GET":
        return mlflow_dialect.method_not_allowed("GET")
    return mlflow_dialect.version(model) if request.path == "/version" else mlflow_dialect.ping()


def _described(model: LoadedModel, request: Request) -> Answer:
    """Tells about the model; for HEAD the gateway leaves the body out."""
    if request.method not in ("GET", "HEAD"):
        return mlflow_dialect.method_not_allowed("GET, HEAD")
    if request.path == "/":
        return description_routes.root(model, request)
    return description_routes.swagger_json(model, request)


def _scored(model: LoadedModel, request: Request, home: Dialect, other: Dialect) -> Answer:
    """Scores in the route's own dialect, unless the body is clearly written in the other."""
    if request.method != "POST":
        return mlflow_dialect.method_not_allowed("POST")
    content_type = ContentType.parse(request.headers.get("content-type"))
    refusal = home.refusal_of_type(content_type)
    if refusal is not None:
        return refusal
    if content_type is not None and content_type.media_type in mlflow_dialect.TABLES:
        return mlflow_dialect.answer_table(model, content_type.media_type, request)
    try:
        content = strict_json.decode(request.body)
    except InvalidJSON as error:
        return home.invalid_json(model, request.body, error)
    dialect = other if other.claims(content) and not home.claims(content) else home
    return dialect.answer(model, content)
