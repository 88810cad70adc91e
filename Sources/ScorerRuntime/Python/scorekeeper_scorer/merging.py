# Scorekeeper: a model-serving supervisor.
# SPDX-License-Identifier: Apache-2.0

"""Waiting requests scored together: their rows in one call, each answered with its own.

Nobody waits to be merged; what the lane holds at the moment is taken. Where the merged call fails
each request is scored alone, and where it answers another number of rows merging ends for good.
"""

from __future__ import annotations

import os
import sys
import time
from typing import Any, Dict, List, Optional, Sequence, Tuple

from . import decode_plan, row_results
from .exchange import JSON, Answer, Request
from .fast_way import Call, FastWay
from .loaded_model import LoadedModel
from .merge_proof import MERGING, PROVING, SIZES, MergeProof, Unprovable

SETTING = "SCOREKEEPER_MERGE"
RETRY = "SCOREKEEPER_RETRY"
SETTINGS = ("auto", "on", "off")
REQUESTS_MOST = 64
ROWS_OF_A_REQUEST_MOST = 32
ROWS_OF_A_CALL_MOST = SIZES[-1]  # no more than were proven together

_BYTES_OF_A_ROW_MOST = 1 << 20
_EXAMPLE_BYTES_MOST = 4 << 20
_SECONDS_AT_LOADING = 0.6
# Merged calls that are looked at again: the first so many, and one in so many from then on.
_FIRST_LOOKS = 16
_CALLS_A_LOOK = 64

# Whoever takes nothing for three seconds is thought to hang.
_SECONDS_OF_A_STEP_MOST = 1.0

# Models whose rows have nothing to do with one another by what they are. A forecast's rows do, and
# of a person's own code nothing is known: there, the person says so.
_ROW_WISE_LOADERS = frozenset(
    "mlflow." + name
    for name in (
        "sklearn xgboost lightgbm catboost onnx pytorch tensorflow keras".split()
    )
)


class Merging:
    """Merging for one model with a fast way."""

    def __init__(self, model: LoadedModel, fast: FastWay) -> None:
        self._model = model
        self._fast = fast
        self.setting = setting()
        self.proof = MergeProof()
        self._calls = 0
        self._seconds_a_row: Optional[float] = None  # the least: others may have had the core
        reason = self._reason_against()
        if reason is not None:
            self.proof.refuse(reason)
        elif self.setting == "on":
            self.proof.verdict, self.proof.why = MERGING, "the setting says so, without a proof"
        else:
            self._begin_with_the_example()

    @property
    def is_on(self) -> bool:
        """Whether several requests may be taken at once."""
        return self.proof.verdict == MERGING

    def groups(self, calls: Sequence[Call]) -> List[List[Call]]:
        """Which of these calls go together: those of equal shapes, in their order."""
        groups: Dict[Any, List[List[Call]]] = {}
        for call in calls:
            same = groups.setdefault(_kind(call), [[]])
            rows = sum(row_count(other) for other in same[-1]) + row_count(call)
            if same[-1] and (rows > ROWS_OF_A_CALL_MOST or len(same[-1]) == REQUESTS_MOST):
                same.append([])
            same[-1].append(call)
        return [group for several in groups.values() for group in several]

    def answers(self, calls: List[Call]) -> Optional[List[Answer]]:
        """One call of the model for all of these; None where each must be scored alone."""
        counts = [row_count(call) for call in calls]
        rows = self._fast.input.join([call.arrays for call in calls])
        began = time.perf_counter()
        try:
            result = self._fast.score(rows, calls[0].params)
        except BaseException:
            return None  # Alone, the request that is at fault says so itself.
        seconds = time.perf_counter() - began
        got = row_results.count(result)
        if got != sum(counts):
            self._end(f"it answered {got} rows for {sum(counts)} in a merged call")
            return None
        if self.proof.form is not None and row_results.form(result) != self.proof.form:
            self._end("a merged call answered in another form than rows alone")
            return None
        pieces = row_results.split(result, counts)
        if not self._is_as_alone(calls, pieces):
            self._end("a request came out otherwise among others than alone")
            return None
        return [self._fast.written(call, piece, seconds) for call, piece in zip(calls, pieces)]

    def _is_as_alone(self, calls: List[Call], pieces: List[Any]) -> bool:
        """Looks at one request of a merged call now and then, before anybody is answered.

        No rows that a proof can have hold what later ones do: a value at which the model looks at
        the whole batch shows only when it comes.
        """
        number = self._calls
        self._calls += 1
        if self.setting == "on" or (number >= _FIRST_LOOKS and number % _CALLS_A_LOOK):
            return True
        place = number % len(calls)
        try:
            alone = self._fast.score(calls[place].arrays, calls[place].params)
        except BaseException:
            return False
        return row_results.difference(alone, pieces[place]) is not None

    def learn(self, call: Call) -> None:
        """Rows of live traffic, as long as the proof can use them."""
        if self.proof.wants_rows:
            self._offer(call)

    def step(self) -> None:
        """Between two requests: one call of the model for the proof, while there is one."""
        if self.proof.verdict == PROVING:
            self.proof.step(self._score)

    def facts(self) -> Dict[str, Any]:
        """Verdict, evidence and setting."""
        return self.proof.facts(self.setting)

    def _reason_against(self) -> Optional[str]:
        if self.setting not in SETTINGS:
            return f"the setting is '{self.setting}', which is none of {', '.join(SETTINGS)}"
        if self.setting == "off":
            return "the setting says so"
        plan = self._fast.plan
        if plan.kind == decode_plan.TENSORS and any(part.shape[0] != -1 for part in plan.parts):
            return "the signature fixes the number of rows"
        if self.setting == "on":
            return None
        if os.environ.get(RETRY) == "never":
            return "a request that may not be scored twice shares no other's fate"
        loader = self._model.pyfunc.loader_module
        if loader not in _ROW_WISE_LOADERS:
            return f"models of '{loader}' are not known to score each row for itself"
        return None

    def _begin_with_the_example(self) -> None:
        call = self._example()
        if call is not None:
            self._offer(call)
            self.proof.begin()
        ending = time.monotonic() + _SECONDS_AT_LOADING
        while self.proof.step(self._score) and time.monotonic() < ending:
            pass

    def _example(self) -> Optional[Call]:
        information = getattr(self._model.pyfunc.metadata, "saved_input_example_info", None) or {}
        name = information.get("serving_input_path")
        if not isinstance(name, str):
            return None
        try:
            with open(os.path.join(self._model.directory, name), "rb") as file:
                body = file.read(_EXAMPLE_BYTES_MOST + 1)
        except OSError:
            return None
        if len(body) > _EXAMPLE_BYTES_MOST:
            return None
        return self._fast.read(Request("POST", "/invocations", {"content-type": JSON}, body))

    def _offer(self, call: Call) -> None:
        if len({len(array) for array in call.arrays}) != 1:
            return
        for number in range(min(len(call.arrays[0]), ROWS_OF_A_REQUEST_MOST)):
            row = [array[number : number + 1].copy() for array in call.arrays]
            key = b"\0".join(_bytes(array) for array in row)
            if len(key) <= _BYTES_OF_A_ROW_MOST:
                self.proof.offer(row, key)

    def _score(self, rows: List[Any]) -> Any:
        least = self._seconds_a_row
        if least is not None and least * len(rows) > _SECONDS_OF_A_STEP_MOST:
            raise Unprovable(f"{len(rows)} rows may keep it from its requests for too long")
        began = time.monotonic()
        result = self._fast.score(self._fast.input.join(rows), self._fast.default_params())
        took = (time.monotonic() - began) / len(rows)
        self._seconds_a_row = took if least is None else min(took, least)
        return result

    def _end(self, why: str) -> None:
        self.proof.refuse(why)
        text = f"scorekeeper: merging is off: {why}; each request is scored again alone"
        print(text, file=sys.stderr, flush=True)


def setting() -> str:
    """What the deployment's setting says."""
    return os.environ.get(SETTING) or "auto"


def may_merge(call: Call) -> bool:
    """Whether a request is small and plain enough to share a call.

    Params and labels of rows may change what a model makes of a batch, and no proof had any.
    """
    if call.reading.params is not None or call.reading.index is not None:
        return False
    lengths = {len(array) for array in call.arrays}
    return len(lengths) == 1 and lengths.pop() <= ROWS_OF_A_REQUEST_MOST


def row_count(call: Call) -> int:
    """The rows of one request."""
    return len(call.arrays[0])


def _kind(call: Call) -> Tuple[Any, ...]:
    return tuple(None if isinstance(a, list) else a.shape[1:] for a in call.arrays)


def _bytes(array: Any) -> bytes:
    written: bytes = repr(array).encode() if isinstance(array, list) else array.tobytes()
    return written
