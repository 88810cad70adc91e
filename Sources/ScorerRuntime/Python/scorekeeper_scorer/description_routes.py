# Scorekeeper: a model-serving supervisor.
# SPDX-License-Identifier: Apache-2.0

"""The routes that tell about the model instead of asking it: `/swagger.json` and the page."""

from __future__ import annotations

import json
from urllib.parse import parse_qs

from . import page, swagger
from .description import Description
from .exchange import HTML, PLAIN_TEXT, Answer, Request
from .loaded_model import LoadedModel
from .model_failure import ModelFailure

PREFIX = "x-forwarded-prefix"

_SUPPORTED = "Supported versions: [2, 3, 3.1]."


def root(model: LoadedModel, request: Request) -> Answer:
    """A page for browsers; for anybody else one word, as Azure's inference server says it."""
    if "text/html" not in request.headers.get("accept", "").lower():
        return Answer(200, b"Healthy", PLAIN_TEXT)
    try:
        text = page.document(Description.of(model))
    except Exception as error:
        return _failed(model, error)
    return Answer(200, text, HTML, page.headers())


def swagger_json(model: LoadedModel, request: Request) -> Answer:
    """The document in the version that `?version=` names: 2 where none is named, as in Azure."""
    asked = parse_qs(request.query, keep_blank_values=True).get("version", [swagger.DEFAULT])[0]
    version = swagger.VERSIONS.get(asked)
    if version is None:
        return _message(404, f"Swagger version [{asked[:16]}] is not valid. {_SUPPORTED}")
    prefix = request.headers.get(PREFIX, "")
    try:
        body = model.encode(swagger.document(Description.of(model), version, prefix))
    except Exception as error:
        return _failed(model, error)
    return Answer(200, body)


def _failed(model: LoadedModel, error: Exception) -> Answer:
    ModelFailure.of(error, model.directory)
    return _message(500, "The model's signature cannot be described. Check the logs for more info.")


def _message(status: int, text: str) -> Answer:
    return Answer(status, json.dumps({"message": text}).encode("ascii"))
