# Scorekeeper: a model-serving supervisor.
# SPDX-License-Identifier: Apache-2.0

"""Decoded columns as what MLflow would hand to the model: a frame, an array, named arrays."""

from __future__ import annotations

from typing import Any, Callable, Dict, List, NamedTuple, Optional, Sequence, Tuple

import numpy as np
import pandas as pd

from . import decode_plan
from .decode_plan import Plan

# Form, layout, and whether the rows bear labels.
Way = Tuple[int, int, bool]


class Reading(NamedTuple):
    """What the decoder of C gives for one body.

    Shape: `parts` is one bytearray where the plan's columns share a type; else a tuple with a
    bytearray or a list of strings for each column, or a pair of bytearray and dimensions for each
    tensor. `index` is a bytearray of int64. `params` is JSON that nobody has looked at.
    """

    form: int
    layout: int
    rows: int
    parts: Any
    index: Optional[bytearray]
    params: Optional[bytes]

    @property
    def way(self) -> Way:
        """The way in which the request is written."""
        return self.form, self.layout, self.index is not None


class ModelInput:
    """Builds the input of one model's calls; everything it hands over may be written into."""

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._names = [part.name for part in plan.parts]
        self._columns = pd.DataFrame({name: [0] for name in self._names}).columns
        self._is_named = self._names[0] is not None

    def arrays(self, reading: Reading) -> List[Any]:
        """The reading as arrays whose rows can be joined: see `build`."""
        plan = self._plan
        if plan.kind == decode_plan.TENSORS:
            return [
                np.frombuffer(memory, part.dtype).reshape(dimensions)
                for part, (memory, dimensions) in zip(plan.parts, reading.parts)
            ]
        if plan.block_dtype is not None:
            block = np.frombuffer(reading.parts, plan.block_dtype)
            return [block.reshape(len(plan.parts), reading.rows).T]
        # Azure's reader makes objects of texts, MLflow's makes pandas' own type of them.
        texts: Callable[[List[str]], Any] = list
        if reading.form == decode_plan.INPUT_DATA:
            texts = _objects
        return [
            texts(column) if isinstance(column, list) else np.frombuffer(column, part.dtype)
            for part, column in zip(plan.parts, reading.parts)
        ]

    def build(self, arrays: Sequence[Any], index: Optional[bytearray] = None) -> Any:
        """The input of one call.

        Shape: tensors as they are; one array of all columns in Fortran's order, as pandas keeps
        them; or an array or a list of strings for each column, strings that are to stay objects
        in an array of objects.
        """
        if self._plan.kind == decode_plan.TENSORS:
            return self._tensors(arrays)
        labels = None if index is None else pd.Index(np.frombuffer(index, np.int64))
        if self._plan.block_dtype is not None:
            # Whoever renames a frame's columns must not rename those of the next one.
            columns = self._columns.view()
            return pd.DataFrame(arrays[0], index=labels, columns=columns, copy=False)
        columns = {name: _column(array, labels) for name, array in zip(self._names, arrays)}
        return pd.DataFrame(columns, index=labels)

    def _tensors(self, arrays: Sequence[Any]) -> Any:
        if not self._is_named:
            return arrays[0]
        named: Dict[Optional[str], Any] = dict(zip(self._names, arrays))
        return named

    def join(self, several: Sequence[Sequence[Any]]) -> List[Any]:
        """The rows of several readings, one after another."""
        return [self._joined(columns) for columns in zip(*several)]

    def _joined(self, columns: Tuple[Any, ...]) -> Any:
        if isinstance(columns[0], list):
            return [text for column in columns for text in column]
        if columns[0].ndim == 2 and self._plan.kind == decode_plan.TABLE:
            return np.concatenate([block.T for block in columns], axis=1).T
        return np.concatenate(columns)


def are_objects(array: Any) -> bool:
    """Whether a column holds texts that are to stay objects."""
    return isinstance(array, np.ndarray) and array.dtype == object


def _objects(column: List[str]) -> Any:
    return np.array(column, dtype=object)


def _column(array: Any, labels: Optional[pd.Index]) -> Any:
    """What a frame takes as it is: objects would be looked at and made pandas' own texts."""
    if not are_objects(array):
        return array
    return pd.Series(array, index=labels, dtype=object, copy=False)
