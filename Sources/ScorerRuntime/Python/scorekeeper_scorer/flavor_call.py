# Scorekeeper: a model-serving supervisor.
# SPDX-License-Identifier: Apache-2.0

"""The last step of MLflow's `predict`: the call of the flavor's own model.

How MLflow makes it is not guessed but watched: `watched` puts a stand-in where MLflow keeps the
flavor's function, so that a request can be sent through all of MLflow and is caught at the end.
"""

from __future__ import annotations

import contextlib
import copy
import inspect
import sys
from typing import Any, Dict, Iterator, List, NamedTuple, Optional

import mlflow.pyfunc

from . import strict_json
from .decode_plan import NotCovered

_PLACE = "_predict_fn"
_TAKES_NO_PARAMS = object()


class Seen(NamedTuple):
    """One call of the flavor's model as MLflow made it."""

    data: Any
    keywords: Dict[str, Any]
    context: Any


@contextlib.contextmanager
def watched(pyfunc: Any, result: Any) -> Iterator[List[Seen]]:
    """Catches the calls of the flavor's model; each is answered with `result`."""
    original = getattr(pyfunc, _PLACE)
    calls: List[Seen] = []

    def stand_in(data: Any, **keywords: Any) -> Any:
        calls.append(Seen(data, keywords, _current_context()))
        return result

    stand_in.__signature__ = inspect.signature(original)  # type: ignore[attr-defined]
    setattr(pyfunc, _PLACE, stand_in)
    try:
        yield calls
    finally:
        setattr(pyfunc, _PLACE, original)


def check(pyfunc: Any) -> None:
    """Whether the flavor's model can be called without MLflow in between.

    Errors: `NotCovered`.
    """
    if type(pyfunc) is not mlflow.pyfunc.PyFuncModel or _PLACE not in vars(pyfunc):
        raise NotCovered(f"MLflow {mlflow.__version__} keeps the flavor's function elsewhere")
    metadata = pyfunc.metadata
    for name in ("_is_signature_from_type_hint", "_is_type_hint_from_example"):
        if getattr(metadata, name, bool)():
            raise NotCovered("the model takes what its type hints say")


class FlavorCall:
    """Calls the flavor's model as MLflow was seen to call it."""

    def __init__(self, pyfunc: Any, seen: Seen) -> None:
        if not set(seen.keywords) <= {"params"}:
            raise NotCovered(f"MLflow {mlflow.__version__} calls the flavor's function otherwise")
        self._function = getattr(pyfunc, _PLACE)
        self._defaults = seen.keywords.get("params", _TAKES_NO_PARAMS)
        self._context = seen.context
        self._metadata = pyfunc.metadata

    def __call__(self, data: Any, params: Any) -> Any:
        """The model's result.

        Errors: anything from the model's code.
        """
        if self._context is None:
            return self._called(data, params)
        from mlflow.pyfunc.context import set_prediction_context

        with set_prediction_context(copy.copy(self._context)):
            return self._called(data, params)

    def _called(self, data: Any, params: Any) -> Any:
        if self._defaults is _TAKES_NO_PARAMS:
            return self._function(data)
        return self._function(data, params=params)

    def params(self, written: Optional[bytes]) -> Any:
        """The params of one call: the signature's defaults, and what the request says of them.

        Errors: `NotCovered`, or what MLflow raises where they do not fit.
        """
        if written is None:
            return dict(self._defaults) if isinstance(self._defaults, dict) else self._defaults
        if self._defaults is _TAKES_NO_PARAMS:
            raise NotCovered("MLflow warns of params that the model does not take")
        from mlflow.models.utils import _enforce_params_schema

        return _enforce_params_schema(
            strict_json.decode(written), self._metadata.get_params_schema()
        )


def _current_context() -> Any:
    module = sys.modules.get("mlflow.pyfunc.context")
    return None if module is None else module.get_prediction_context()
