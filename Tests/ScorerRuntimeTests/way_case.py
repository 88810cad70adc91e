# Scorekeeper: a model-serving supervisor.
# SPDX-License-Identifier: Apache-2.0

"""What the tests of the ways share: a model of any signature and function, requests, answers."""

from __future__ import annotations

import contextlib
import io
import json
import unittest
from typing import Any, Callable, List, Optional, Tuple

import decoder_case  # noqa: F401
import dialect_case  # noqa: F401
import mlflow.pyfunc
from mlflow.models import Model, ModelSignature
from mlflow.types import ColSpec, ParamSchema, Schema, TensorSpec
from scorekeeper_scorer import routes
from scorekeeper_scorer.exchange import JSON, Answer, Request
from scorekeeper_scorer.loaded_model import LoadedModel
from scorekeeper_scorer.ways import Ways


class Flavor:
    """A flavor's model that is one function; it counts its calls."""

    def __init__(self, function: Callable[..., Any]) -> None:
        self._function = function
        self.calls = 0

    def predict(self, data: Any, params: Any = None) -> Any:
        """The function's result."""
        self.calls += 1
        return self._function(data) if params is None else self._function(data, params)


def model(
    function: Callable[..., Any],
    inputs: Optional[Schema],
    params: Optional[ParamSchema] = None,
    loader: str = "mlflow.sklearn",
    directory: str = "/nowhere",
    **metadata: Any,
) -> Tuple[LoadedModel, Flavor]:
    """A model as if it had been loaded, with this signature."""
    signature = None if inputs is None else ModelSignature(inputs=inputs, params=params)
    flavors = {"python_function": {"loader_module": loader}}
    described = Model(signature=signature, flavors=flavors, **metadata)
    flavor = Flavor(function)
    return LoadedModel(directory, mlflow.pyfunc.PyFuncModel(described, flavor)), flavor


def columns(**types: str) -> Schema:
    """A schema of columns."""
    return Schema([ColSpec(kind, name) for name, kind in types.items()])


def tensors(*specs: TensorSpec) -> Schema:
    """A schema of tensors."""
    return Schema(list(specs))


def post(path: str, body: Any, content_type: str = JSON) -> Request:
    """A request; a body that is not bytes is written as JSON."""
    written = body if isinstance(body, bytes) else json.dumps(body).encode()
    return Request("POST", path, {"content-type": content_type}, written)


def comparable(answer: Answer) -> Tuple[Any, ...]:
    """The answer without the time that the model took."""
    headers = [(name, "" if name.endswith("-ms") else value) for name, value in answer.more_headers]
    return answer.status, answer.body, answer.content_type, headers


class WayCase(unittest.TestCase):
    def quietly(self, function: Callable[[], Any]) -> Any:
        """The function's result; what it writes to the log is dropped."""
        with contextlib.redirect_stderr(io.StringIO()):
            return function()

    def assert_answered_alike(
        self, ways: Ways, loaded: LoadedModel, requests: List[Request]
    ) -> None:
        """Each answer is, to the byte, that of the exact way."""
        for request in requests:
            with self.subTest((request.path, request.body[:120])):
                ours = self.quietly(lambda: ways.answer(request))
                theirs = self.quietly(lambda: routes.answer(loaded, request))
                self.assertEqual(comparable(ours), comparable(theirs))
