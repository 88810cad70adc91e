# Scorekeeper: a model-serving supervisor.
# SPDX-License-Identifier: Apache-2.0

"""Whether rows may be scored together: shown by scoring some alone and in batches.

The batches hold rows in their order, rows permuted, and rows that stand twice; each row must come
out as it did alone. A model that centres, ranks, normalises or thins out its batch, or that
answers at random, does not pass.
"""

from __future__ import annotations

import random
from typing import Any, Callable, Dict, Iterator, List, Optional, Sequence, Set

from . import row_results

Predict = Callable[[List[Any]], Any]

MERGING = "merging"
NOT_MERGING = "not merging"
PROVING = "proving"

SIZES = (2, 3, 8, 64)
ROWS_OF_EXAMPLE = 2  # fewer prove nothing
ROWS_OF_TRAFFIC = 8
ROWS_MOST = 16


class Unprovable(Exception):
    """The proof may not go on; the message says why."""


class MergeProof:
    """The proof for one model, one call of it at a time.

    Shape: a row is whatever `predict` takes a list of; rows are told apart by their keys.
    """

    def __init__(self) -> None:
        self.verdict = PROVING
        self.why = "it has seen no rows yet"
        self.largest_difference = 0.0
        # Of every answer that was given alone: see `row_results.form`.
        self.form: Any = None
        self._rows: List[Any] = []
        self._keys: Set[bytes] = set()
        self._alone: List[Any] = []
        self._batches: Optional[Iterator[List[int]]] = None

    @property
    def rows(self) -> int:
        """The number of distinct rows it rests on."""
        return len(self._rows)

    @property
    def wants_rows(self) -> bool:
        """Whether more rows would be of use."""
        return self.verdict == PROVING and self._batches is None

    def offer(self, row: Any, key: bytes) -> None:
        """One more row, unless there is one like it."""
        if not self.wants_rows or key in self._keys or len(self._rows) == ROWS_MOST:
            return
        self._keys.add(key)
        self._rows.append(row)
        self.why = f"it has seen {len(self._rows)} distinct rows"
        if len(self._rows) >= ROWS_OF_TRAFFIC:
            self.begin()

    def begin(self) -> None:
        """Enough rows are there; fewer than two never are."""
        if self.wants_rows and len(self._rows) >= ROWS_OF_EXAMPLE:
            rows = len(self._rows)
            self.why = f"{rows} distinct rows are scored alone and together, a step a request"
            self._batches = _batches(len(self._rows))

    def step(self, predict: Predict) -> bool:
        """Calls the model once, where there is something to find out.

        Returns: whether there may be more to do at once.
        """
        if self.verdict != PROVING or self._batches is None:
            return False
        numbers = self._next()
        if numbers is None:
            self._conclude()
            return False
        try:
            result = predict([self._rows[number] for number in numbers])
        except Unprovable as reason:
            self.refuse(str(reason))
            return False
        except BaseException as error:
            text = f"it raised {type(error).__name__} for {_rows(len(numbers))} of the proof"
            self.refuse(text)
            return False
        self._judge(numbers, result)
        return self.verdict == PROVING

    def refuse(self, why: str) -> None:
        """Rows are never to be scored together, for this reason."""
        self.verdict, self.why = NOT_MERGING, why

    def facts(self, setting: str) -> Dict[str, Any]:
        """The verdict and its evidence."""
        return {
            "verdict": self.verdict,
            "why": self.why,
            "rows": self.rows,
            "largest_difference": self.largest_difference,
            "setting": setting,
        }

    def _next(self) -> Optional[List[int]]:
        if len(self._alone) < len(self._rows):
            return [len(self._alone)]
        assert self._batches is not None
        return next(self._batches, None)

    def _judge(self, numbers: Sequence[int], result: Any) -> None:
        got = row_results.count(result)
        if got != len(numbers):
            said = "something that is not made of rows" if got is None else _rows(got)
            self.refuse(f"it answers {said} for {_rows(len(numbers))}")
            return
        if len(self._alone) < len(self._rows):
            self._take_alone(result)
            return
        for number, piece in zip(numbers, row_results.split(result, [1] * len(numbers))):
            apart = row_results.difference(self._alone[number], piece)
            if apart is None:
                self.refuse(f"a row comes out otherwise among {_rows(len(numbers))} than alone")
                return
            self.largest_difference = max(self.largest_difference, apart)

    def _take_alone(self, result: Any) -> None:
        form = row_results.form(result)
        if not self._alone:
            self.form = form
        elif form != self.form:
            self.refuse("what kind of answer a row gets depends on the row")
            return
        self._alone.append(result)

    def _conclude(self) -> None:
        self.verdict = MERGING
        how = "the same to the bit"
        if self.largest_difference > 0:
            how = f"the same but for {self.largest_difference:.1e}"
        self.why = f"rows alone and in batches of up to {SIZES[-1]} come out {how}"


def _batches(rows: int) -> Iterator[List[int]]:
    yield [rows - 1, rows - 1]
    for size in SIZES:
        tiled = [number % rows for number in range(max(size, rows))]
        yield tiled[:size]
        random.Random(size).shuffle(tiled)
        yield tiled[:size]


def _rows(number: int) -> str:
    return "1 row" if number == 1 else f"{number} rows"
