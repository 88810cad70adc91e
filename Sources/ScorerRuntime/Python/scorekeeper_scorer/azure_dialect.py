# Scorekeeper: a model-serving supervisor.
# SPDX-License-Identifier: Apache-2.0

"""Azure ML's contract for no-code MLflow deployments: `POST /score` with `input_data`.

The answer is the bare result; an error is ``{"message": ...}``. Where the model's code raises, the
status is 500 and ``x-ms-run-function-failed`` is set; where the body does not fit the model it is
400 with the reason, which Azure keeps to itself behind a 500.

Source: the scoring script that Azure publishes in azureml-assets, and azureml-inference-server.
"""

from __future__ import annotations

import json
import time
from typing import Any, Optional, Tuple

import mlflow
from mlflow.exceptions import MlflowException

from . import azure_input, failure
from .azure_input import KEY
from .content_type import ContentType
from .exchange import JSON, Answer
from .loaded_model import LoadedModel, Parsed
from .model_failure import ModelFailure
from .quiet import without_data
from .strict_json import InvalidJSON

_FAILED: Tuple[Tuple[str, str], ...] = (("x-ms-run-function-failed", "True"),)
_UNEXPECTED = "An unexpected error occurred in scoring script. Check the logs for more info."
_UNWRITABLE = "An unexpected internal error occurred. Check the logs for more info."


def claims(content: Any) -> bool:
    """Whether a body is written in this dialect."""
    return isinstance(content, dict) and KEY in content


def refusal_of_type(content_type: Optional[ContentType]) -> Optional[Answer]:
    """415 unless the body is JSON; what charset it claims is not looked at, as in Azure."""
    if content_type is not None:
        media_type = content_type.media_type.lower()
        if media_type == JSON:
            return None
        if media_type.startswith("application/") and media_type.endswith("+json"):
            return None
    return _message(415, f"Expects Content-Type to be {JSON}")


def invalid_json(model: LoadedModel, body: bytes, error: InvalidJSON) -> Answer:
    """The answer to a body that is not JSON."""
    if not body:
        return _message(400, "POST body is empty. Expecting a JSON dictionary.")
    is_syntax = isinstance(error.original, json.JSONDecodeError)
    why = error.original if is_syntax else error
    return _message(400, f"POST body could not be decoded as JSON: {why}")


def answer(model: LoadedModel, content: Any) -> Answer:
    """Scores a decoded JSON body."""
    if not isinstance(content, dict):
        return _message(400, "POST body should be a JSON dictionary.")
    if KEY not in content:
        return _message(400, f"A value is not provided for the '{KEY}' parameter.")
    try:
        data = azure_input.parse(content[KEY], model)
    except Exception as error:
        return _message(400, f"'{KEY}' does not fit the model: {without_data(str(error))}")
    return _score(model, Parsed(data, content.get("params")))


def _score(model: LoadedModel, parsed: Parsed) -> Answer:
    began = time.perf_counter()
    try:
        result = model.predict(parsed)
    except MlflowException as error:
        if error.get_http_status_code() < 500 and failure.is_from_package(error, mlflow):
            return _message(400, without_data(error.message))
        return _failed(model, error)
    except BaseException as error:
        return _failed(model, error)
    took = f"{(time.perf_counter() - began) * 1_000:.3f}"
    try:
        # Azure's server answers an empty object where there is no result.
        body = model.encode({} if result is None else model.jsonable(result))
    except Exception as error:
        return _failed(model, error, _UNWRITABLE)
    return Answer(200, body, more_headers=(("x-ms-run-fn-exec-ms", took),))


def _failed(model: LoadedModel, error: BaseException, message: str = _UNEXPECTED) -> Answer:
    told = ModelFailure.of(error, model.directory)
    if model.shows_failures:
        message = told.stack
    hint = failure.sandbox_hint(error)
    if hint:
        message = f"{message} Note: {hint}."
    return _message(500, message, _FAILED)


def _message(status: int, text: str, headers: Tuple[Tuple[str, str], ...] = ()) -> Answer:
    return Answer(status, json.dumps({"message": text}).encode("ascii"), more_headers=headers)
