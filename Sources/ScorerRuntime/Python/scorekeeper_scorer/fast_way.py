# Scorekeeper: a model-serving supervisor.
# SPDX-License-Identifier: Apache-2.0

"""The fast way: from a body to typed columns to the flavor's own model, past MLflow's parsing.

It answers only what it was seen to answer to the byte as the exact way does, and steps aside
elsewhere; a failure of the model is told by the exact way too.
"""

from __future__ import annotations

import time
from typing import Any, Callable, List, NamedTuple, Optional, Sequence, Set, Tuple

import numpy as np

from . import (
    decode_plan,
    extensions,
    flavor_call,
    model_input,
    plain_json,
    probe,
    sklearn_arrays,
)
from .decode_plan import NotCovered, Plan
from .exchange import JSON, Answer, Request
from .flavor_call import FlavorCall, Seen
from .known_outcome import KnownOutcome
from .loaded_model import LoadedModel
from .model_input import ModelInput, Reading, Way

Exact = Callable[[LoadedModel, Request], Answer]

PATHS = ("/invocations", "/score")
_CONTENT_TYPES = frozenset(
    kind + charset
    for kind in (JSON, JSON + "; charset=", JSON + ";charset=")
    for charset in (("utf-8", "UTF-8") if kind.endswith("=") else ("",))
)
_ROWS_TRIED = (1, 3)
_CELLS_TRIED_MOST = 4_096


class Call(NamedTuple):
    """One request, ready for the model."""

    request: Request
    reading: Reading
    arrays: List[Any]
    params: Any


class FastWay:
    """One model's fast way; `exact` answers whatever it leaves."""

    def __init__(self, model: LoadedModel, exact: Exact) -> None:
        """Tries each way of writing a request beside the exact way.

        Errors: `NotCovered`, with the reason for a person.
        """
        pyfunc = model.pyfunc
        flavor_call.check(pyfunc)
        self.plan = Plan.of_schema(model.input_schema)
        try:
            self._decode = extensions.load("_decoder").decode
        except ImportError as error:
            raise NotCovered(str(error)) from None
        self._model = model
        self._exact = exact
        self.input = ModelInput(self.plan)
        self._call: Optional[FlavorCall] = None
        self._covered: Set[Tuple[str, Way]] = set()
        self._try_all(pyfunc)
        if not self._covered:
            raise NotCovered("MLflow hands this model something else than its signature says")
        self._on_arrays = sklearn_arrays.twin(pyfunc, self.plan, self.input.build)

    def read(self, request: Request) -> Optional[Call]:
        """The request as the model takes it, or nothing where the exact way must answer."""
        if request.method != "POST" or request.path not in PATHS:
            return None
        if request.headers.get("content-type") not in _CONTENT_TYPES:
            return None
        decoded = self._decode(request.body, self.plan.written)
        if decoded is None:
            return None
        assert self._call is not None
        reading = Reading(*decoded)
        if (request.path, reading.way) not in self._covered:
            return None
        try:
            params = self._call.params(reading.params)
        except Exception:
            return None  # The exact way says what is wrong with them.
        return Call(request, reading, self.input.arrays(reading), params)

    def answer(self, call: Call) -> Answer:
        """Scores one request alone."""
        began = time.perf_counter()
        try:
            result = self.score(call.arrays, call.params, call.reading.index)
        except BaseException as error:
            raised = error
        else:
            return self.written(call, result, time.perf_counter() - began)
        # Out here, or Python would note that whatever is raised now was raised while handling it.
        return self._told(call, raised)

    def score(self, arrays: Sequence[Any], params: Any, index: Optional[bytearray] = None) -> Any:
        """The flavor's own model on these columns or tensors.

        Errors: anything from the model's code.
        """
        assert self._call is not None
        # The twin was compared with the model on texts of pandas' own type.
        if self._on_arrays is not None and not any(map(model_input.are_objects, arrays)):
            try:
                return self._on_arrays(arrays)
            except Exception:
                pass  # Given the frame, the model says itself what is wrong with it.
        return self._call(self.input.build(arrays, index), params)

    def default_params(self) -> Any:
        """The params of a request that gives none."""
        assert self._call is not None
        return self._call.params(None)

    def written(self, call: Call, result: Any, seconds: float) -> Answer:
        """The answer that holds this result, in the dialect of its request."""
        body = plain_json.encode(result)
        if body is None:
            return self._exact(KnownOutcome(self._model, result=result), call.request)
        if call.reading.form == decode_plan.INPUT_DATA:
            took = f"{seconds * 1_000:.3f}"
            return Answer(200, body, more_headers=(("x-ms-run-fn-exec-ms", took),))
        return Answer(200, b'{"predictions": ' + body + b"}")

    def _told(self, call: Call, error: BaseException) -> Answer:
        if self._model.shows_failures:
            return self._exact(self._model, call.request)  # With the stack that MLflow shows.
        return self._exact(KnownOutcome(self._model, error=error), call.request)

    def _try_all(self, pyfunc: Any) -> None:
        """Each way of writing once on each path, with another number of rows."""
        covered: Set[Tuple[str, Way]] = set()
        spoiled: Set[Way] = set()
        for path, rows in zip(PATHS, _rows_tried(self.plan)):
            result = np.arange(rows) + 0.5
            for trial in probe.trials(self.plan, rows):
                body = self._model.encode(trial.body)
                request = Request("POST", path, {"content-type": JSON}, body)
                with flavor_call.watched(pyfunc, result) as calls:
                    theirs = self._exact(self._model, request)
                if len(calls) != 1:
                    continue  # It is not answered so on this path.
                if self._call is None:
                    self._call = FlavorCall(pyfunc, calls[0])
                ours = self._tried(request, trial.way, calls[0], result)
                if ours is not None and _without_values(ours) == _without_values(theirs):
                    covered.add((path, trial.way))
                else:
                    spoiled.add(trial.way)
        self._covered = {(path, way) for path, way in covered if way not in spoiled}

    def _tried(self, request: Request, way: Way, seen: Seen, result: Any) -> Optional[Answer]:
        """The answer with this result, where the model would have been handed what it was."""
        decoded = self._decode(request.body, self.plan.written)
        if self._call is None or decoded is None:
            return None
        reading = Reading(*decoded)
        if reading.way != way:
            return None
        call = Call(request, reading, self.input.arrays(reading), self._call.params(None))
        if not probe.same(self.input.build(call.arrays, reading.index), seen.data):
            return None
        if not probe.same(call.params, seen.keywords.get("params", call.params)):
            return None
        return self.written(call, result, 0.0)


def _rows_tried(plan: Plan) -> Tuple[int, int]:
    """One row and several; one only where a row is long."""
    cells = sum(abs(int(np.prod(part.shape))) for part in plan.parts)
    return _ROWS_TRIED if cells <= _CELLS_TRIED_MOST else (1, 1)


def _without_values(answer: Answer) -> Tuple[Any, ...]:
    """The answer, but for the values of its further headers: one of them is a time."""
    names = [name for name, _ in answer.more_headers]
    return answer.status, answer.body, answer.content_type, names
