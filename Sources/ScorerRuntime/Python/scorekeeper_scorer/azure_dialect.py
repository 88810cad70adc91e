# Scorekeeper: a model-serving supervisor.
# SPDX-License-Identifier: Apache-2.0

"""Azure ML's contract for no-code MLflow deployments: `POST /score` with `input_data`.

The answer is the bare result; an error is ``{"message": ...}``. Where the model's code raises, the
status is 500 and ``x-ms-run-function-failed`` is set.

Source: the scoring script that Azure publishes in azureml-assets, and azureml-inference-server.
"""

from __future__ import annotations

import json
import time
from typing import Any, Optional, Tuple

from mlflow.exceptions import MlflowException

from . import azure_input, failure
from .content_type import ContentType
from .exchange import JSON, Answer
from .loaded_model import LoadedModel, Parsed
from .model_failure import ModelFailure
from .quiet import without_data
from .strict_json import InvalidJSON

KEY = "input_data"

_FAILED: Tuple[Tuple[str, str], ...] = (("x-ms-run-function-failed", "True"),)
_UNEXPECTED = "An unexpected error occurred in scoring script. Check the logs for more info."


def claims(content: Any) -> bool:
    """Whether a body is written in this dialect."""
    return isinstance(content, dict) and KEY in content


def refusal_of_type(content_type: Optional[ContentType]) -> Optional[Answer]:
    """415 unless the body is JSON in UTF-8."""
    if content_type is None:
        return _message(415, f"The request has no Content-Type; send {JSON}.")
    if content_type.media_type.lower() != JSON:
        return _message(415, f"Expects Content-Type to be {JSON}; got {content_type.media_type}.")
    if not content_type.is_utf8:
        return _message(415, "Only the charset utf-8 is read.")
    return None


def invalid_json(model: LoadedModel, body: bytes, error: InvalidJSON) -> Answer:
    """The answer to a body that is not JSON."""
    return _message(400, f"The request body is not valid JSON: {error}")


def answer(model: LoadedModel, content: Any) -> Answer:
    """Scores a decoded JSON body."""
    if not isinstance(content, dict):
        kind = type(content).__name__
        return _message(400, f"The request body must be a JSON object; this is a {kind}.")
    if KEY not in content:
        return _message(400, f"A value is not provided for the '{KEY}' parameter.")
    try:
        data = azure_input.parse(content[KEY], model.input_schema, model.flavors)
    except Exception as error:
        return _message(400, f"'{KEY}' does not fit the model: {without_data(str(error))}")
    return _score(model, Parsed(data, content.get("params")))


def _score(model: LoadedModel, parsed: Parsed) -> Answer:
    began = time.perf_counter()
    try:
        result = model.predict(parsed)
    except MlflowException as error:
        if error.get_http_status_code() < 500:
            return _message(400, without_data(error.message))
        return _failed(model, error)
    except BaseException as error:
        return _failed(model, error)
    took = f"{(time.perf_counter() - began) * 1_000:.3f}"
    try:
        body = model.encode(model.jsonable(result))
    except Exception as error:
        return _failed(model, error)
    return Answer(200, body, more_headers=(("x-ms-run-fn-exec-ms", took),))


def _failed(model: LoadedModel, error: BaseException) -> Answer:
    told = ModelFailure.of(error, model.directory)
    message = told.stack if model.shows_failures else _UNEXPECTED
    hint = failure.sandbox_hint(error)
    if hint:
        message = f"{message} Note: {hint}."
    return _message(500, message, _FAILED)


def _message(status: int, text: str, headers: Tuple[Tuple[str, str], ...] = ()) -> Answer:
    return Answer(status, json.dumps({"message": text}).encode("ascii"), more_headers=headers)
