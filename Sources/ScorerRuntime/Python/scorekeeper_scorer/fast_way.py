# Scorekeeper: a model-serving supervisor.
# SPDX-License-Identifier: Apache-2.0

"""The fast way: from a body to typed columns to the flavor's own model, past MLflow's parsing.

It answers only what it was seen to answer to the byte as the exact way does, and steps aside
elsewhere; a failure of the model is told by the exact way too.
"""

from __future__ import annotations

import time
from typing import Any, Callable, Dict, List, NamedTuple, Optional, Sequence, Set, Tuple

import numpy as np

from . import decode_plan, extensions, flavor_call, plain_json, probe, sklearn_arrays
from .decode_plan import NotCovered, Plan
from .exchange import JSON, Answer, Request
from .flavor_call import FlavorCall
from .known_outcome import KnownOutcome
from .loaded_model import LoadedModel
from .model_input import ModelInput, Reading

Exact = Callable[[LoadedModel, Request], Answer]

PATHS = ("/invocations", "/score")
_CONTENT_TYPES = frozenset(
    kind + charset
    for kind in (JSON, JSON + "; charset=", JSON + ";charset=")
    for charset in (("utf-8", "UTF-8") if kind.endswith("=") else ("",))
)
_ROWS_TRIED = (3, 1)
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
        self._covered: Set[Tuple[str, int, int]] = set()
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
        if decoded is None or (request.path, decoded[0], decoded[1]) not in self._covered:
            return None
        assert self._call is not None
        reading = Reading(*decoded)
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
        if self._on_arrays is not None:
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
        for rows in _rows_tried(self.plan):
            held: Dict[Tuple[str, int, int], bool] = {}
            for trial in probe.trials(self.plan, rows):
                body = self._model.encode(trial.body)
                for path in PATHS:
                    request = Request("POST", path, {"content-type": JSON}, body)
                    key = (path, trial.form, trial.layout)
                    held[key] = self._is_same(pyfunc, request, key, rows)
            good = {key for key, is_same in held.items() if is_same}
            self._covered = good if rows == _rows_tried(self.plan)[0] else self._covered & good

    def _is_same(
        self, pyfunc: Any, request: Request, key: Tuple[str, int, int], rows: int
    ) -> bool:
        result = np.arange(rows) + 0.5
        with flavor_call.watched(pyfunc, result) as calls:
            theirs = self._exact(self._model, request)
        decoded = self._decode(request.body, self.plan.written)
        if len(calls) != 1 or decoded is None or decoded[:2] != key[1:]:
            return False
        if self._call is None:
            self._call = FlavorCall(pyfunc, calls[0])
        reading = Reading(*decoded)
        call = Call(request, reading, self.input.arrays(reading), self._call.params(None))
        ours = self.written(call, result, 0.0)
        return (
            probe.same(self.input.build(call.arrays, reading.index), calls[0].data)
            and probe.same(call.params, calls[0].keywords.get("params", call.params))
            and _without_values(ours) == _without_values(theirs)
        )


def _rows_tried(plan: Plan) -> Tuple[int, ...]:
    """Several rows and one; one only where a row is long."""
    cells = sum(abs(int(np.prod(part.shape))) for part in plan.parts)
    return _ROWS_TRIED if cells <= _CELLS_TRIED_MOST else _ROWS_TRIED[-1:]


def _without_values(answer: Answer) -> Tuple[Any, ...]:
    """The answer, but for the values of its further headers: one of them is a time."""
    names = [name for name, _ in answer.more_headers]
    return answer.status, answer.body, answer.content_type, names
