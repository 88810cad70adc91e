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
from .merge_proof import MERGING, PROVING, MergeProof, Unprovable

SETTING = "SCOREKEEPER_MERGE"
SETTINGS = ("auto", "on", "off")
REQUESTS_MOST = 64
ROWS_OF_A_REQUEST_MOST = 256
ROWS_OF_A_CALL_MOST = 2_048

_BYTES_OF_A_ROW_MOST = 1 << 20
_EXAMPLE_BYTES_MOST = 4 << 20
_SECONDS_AT_LOADING = 0.25

# Whoever takes nothing for three seconds is thought to hang.
_SECONDS_OF_A_STEP_MOST = 1.0

# Models whose rows have nothing to do with one another by what they are. A forecast's rows do.
_ROW_WISE_LOADERS = frozenset(
    "mlflow." + name
    for name in (
        "sklearn xgboost lightgbm catboost onnx pytorch tensorflow keras pyfunc.model".split()
    )
)


class Merging:
    """Merging for one model with a fast way."""

    def __init__(self, model: LoadedModel, fast: FastWay) -> None:
        self._model = model
        self._fast = fast
        self.setting = setting()
        self.proof = MergeProof()
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
        """Which of these calls go together: those of equal params and shapes, in their order."""
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
        pieces = row_results.split(result, counts)
        return [self._fast.written(call, piece, seconds) for call, piece in zip(calls, pieces)]

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
        loader = self._model.pyfunc.loader_module
        if self.setting == "auto" and loader not in _ROW_WISE_LOADERS:
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
    """Whether a request is small enough to share a call."""
    lengths = {len(array) for array in call.arrays}
    return len(lengths) == 1 and lengths.pop() <= ROWS_OF_A_REQUEST_MOST


def row_count(call: Call) -> int:
    """The rows of one request."""
    return len(call.arrays[0])


def _kind(call: Call) -> Tuple[Any, ...]:
    shapes = tuple(None if isinstance(a, list) else a.shape[1:] for a in call.arrays)
    return call.reading.params, shapes


def _bytes(array: Any) -> bytes:
    written: bytes = repr(array).encode() if isinstance(array, list) else array.tobytes()
    return written
