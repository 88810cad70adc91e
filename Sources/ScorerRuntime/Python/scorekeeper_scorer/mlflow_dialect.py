# Scorekeeper: a model-serving supervisor.
# SPDX-License-Identifier: Apache-2.0

"""The scoring protocol of `mlflow models serve`: `/invocations`, `/ping`, `/health`, `/version`.

Deliberately other than MLflow: a missing content type is 415 where MLflow fails with 500; a number
that is not finite is null where MLflow writes bare NaN; neither the request's body nor a stack is
sent back. With ``SCOREKEEPER_DEBUG_ERRORS=1`` the last two are, as in MLflow. The README has the
whole list; the tests hold each answer to it.
"""

from __future__ import annotations

import json
from typing import Any, Dict, Optional

import mlflow.pyfunc.scoring_server as scoring
from mlflow.exceptions import MlflowException
from mlflow.protos.databricks_pb2 import BAD_REQUEST, INTERNAL_ERROR

from . import failure, strict_json
from .content_type import ContentType
from .exchange import PLAIN_TEXT, Answer, Request
from .loaded_model import LoadedModel, Parsed
from .model_failure import ModelFailure
from .quiet import without_data
from .strict_json import InvalidJSON

CSV = "text/csv"
PARQUET = "application/vnd.apache.parquet"
TABLES = (CSV, PARQUET)
KEYS = frozenset(
    ["dataframe_split", "dataframe_records", "instances", "inputs", "messages", "prompt", "input"]
)

# Older servers leave the words, and the data, out.
_SAYS_PREDICTING = any(
    isinstance(words, str) and words.startswith("Failed to predict data")
    for words in scoring.invocations.__code__.co_consts
)
_BAD_JSON = "Invalid input. Ensure that input is a valid JSON formatted string. Error: '{}'"
_BAD_TEXT = "Invalid input. Ensure that input is a valid UTF-8 encoded string. Error: '{}'"
_UNEXPECTED = (
    "Encountered an unexpected error while evaluating the model. Verify that the serialized input"
    " Dataframe is compatible with the model for inference."
)


def claims(content: Any) -> bool:
    """Whether a body is written in this dialect."""
    return isinstance(content, dict) and not KEYS.isdisjoint(content)


def refusal_of_type(content_type: Optional[ContentType]) -> Optional[Answer]:
    """415 unless the body is in a form that MLflow reads; its rule is exact and case-sensitive."""
    known = scoring.CONTENT_TYPES
    if content_type is None:
        return _plain(415, f"The request has no Content-Type; known are {', '.join(known)}.")
    if not content_type.is_utf8:
        return _plain(415, "The scoring server only supports UTF-8")
    unknown = [name for name in content_type.parameters if name != "charset"]
    if unknown:
        what = f"Unrecognized content type parameters: {', '.join(unknown)}."
        return _plain(415, f"{what} {scoring.SCORING_PROTOCOL_CHANGE_INFO}")
    if content_type.media_type not in known:
        return _plain(
            415,
            "This predictor only supports the following content types:"
            f" Types: {known}. Got '{content_type.written}'.",
        )
    return None


def invalid_json(model: LoadedModel, body: bytes, error: InvalidJSON) -> Answer:
    """The answer to a body that is not JSON: in MLflow's words where MLflow would refuse it too.

    Of bytes that are no text MLflow's words repeat each, so they are ours unless asked for.
    """
    told = None
    if isinstance(error.original, json.JSONDecodeError) or model.shows_failures:
        told = model.complaint(body)
    return _refusal(model, told or _bad_request(_BAD_JSON.format(error)))


def answer(model: LoadedModel, content: Any) -> Answer:
    """Scores a decoded JSON body."""
    try:
        parsed = model.parse(content)
    except Exception as error:
        return _unreadable(model, error)
    return _score(model, parsed)


def answer_table(model: LoadedModel, media_type: str, request: Request) -> Answer:
    """Scores a body in CSV or Parquet."""
    try:
        if media_type == CSV:
            parsed = model.parse_csv(str(request.body, "utf-8"))
        else:
            parsed = model.parse_parquet(request.body)
    except UnicodeDecodeError as error:
        why = repr(error) if model.shows_failures else strict_json.not_utf8(error)
        return _refusal(model, _bad_request(_BAD_TEXT.format(why)))
    except Exception as error:
        return _unreadable(model, error)
    return _score(model, parsed)


def ping() -> Answer:
    """The work loop turns and the model is loaded, or nobody would be here to say so."""
    return Answer(200, b"\n")


def version(model: LoadedModel) -> Answer:
    """MLflow's version, as bare text labelled JSON, as MLflow labels it."""
    return Answer(200, model.mlflow_version.encode("utf-8"))


def not_found() -> Answer:
    """The answer where there is no route."""
    return Answer(404, b'{"detail":"Not Found"}')


def method_not_allowed(allowed: str) -> Answer:
    """The answer where the route has another method."""
    return Answer(405, b'{"detail":"Method Not Allowed"}', more_headers=(("allow", allowed),))


def _score(model: LoadedModel, parsed: Parsed) -> Answer:
    try:
        result = model.predict(parsed)
    except MlflowException as error:
        if _SAYS_PREDICTING:
            data = f" '{parsed.data}'" if model.shows_failures else ""
            told = error.message if model.shows_failures else without_data(error.message)
            error.message = f"Failed to predict data{data}. \nError: {told}"
        return _refusal(model, error)
    except BaseException as error:
        return _failed(model, _UNEXPECTED, BAD_REQUEST, error)
    try:
        rows = model.jsonable(result)
        return Answer(200, model.encode(rows if parsed.is_unwrapped else {"predictions": rows}))
    except Exception as error:
        message = f"The model's result, a {type(result).__name__}, has no JSON form."
        return _failed(model, message, INTERNAL_ERROR, error)


def _unreadable(model: LoadedModel, error: Exception) -> Answer:
    if isinstance(error, MlflowException):
        return _refusal(model, error)
    return _refusal(model, _bad_request(f"Invalid input. {type(error).__name__}: {error}"))


def _failed(model: LoadedModel, message: str, code: int, error: BaseException) -> Answer:
    told = ModelFailure.of(error, model.directory)
    hint = failure.sandbox_hint(error)
    if hint:
        message = f"{message} Note: {hint}."
    return _refusal(model, MlflowException(message, error_code=code, stack_trace=told.stack))


def _refusal(model: LoadedModel, error: MlflowException) -> Answer:
    content: Dict[str, Any] = json.loads(error.serialize_as_json())
    if not model.shows_failures:
        content.pop("stack_trace", None)
        content["message"] = without_data(content["message"])
    return Answer(error.get_http_status_code(), model.encode(content))


def _bad_request(message: str) -> MlflowException:
    return MlflowException(message, error_code=BAD_REQUEST)


def _plain(status: int, text: str) -> Answer:
    return Answer(status, text.encode("utf-8"), PLAIN_TEXT)
