# Scorekeeper: a model-serving supervisor.
# SPDX-License-Identifier: Apache-2.0

"""A `ColumnTransformer` on columns that are apart already.

It takes a frame to pieces, sends each piece through a transformer and sets the results side by
side. Here the pieces are the decoded columns, and the transformers are its own.
"""

from __future__ import annotations

from typing import Any, Callable, Dict, List, Optional, Sequence

import numpy as np

from . import sklearn_known
from .decode_plan import TEXT, Plan

# Together they become what pandas makes of them together; with others pandas makes objects.
_NUMBERS = frozenset(["float64", "float32", "int64", "int32"])

Columns = Sequence[Any]
Transform = Callable[[Columns], Any]


def transform(chosen: Any, plan: Plan) -> Optional[Transform]:
    """What the `ColumnTransformer` makes of the plan's columns; None where that is not known."""
    if chosen.transformer_weights is not None or hasattr(chosen, "_sklearn_output_config"):
        return None
    places = {part.name: place for place, part in enumerate(plan.parts)}
    pieces: List[Transform] = []
    for _, transformer, columns in chosen.transformers_:
        if isinstance(transformer, str) and transformer == "drop":
            continue
        piece = _piece(transformer, columns, plan, places)
        if piece is None:
            return None
        pieces.append(piece)
    if not pieces:
        return None

    def transformed(columns: Columns) -> Any:
        return chosen._hstack([piece(columns) for piece in pieces], n_samples=len(columns[0]))

    return transformed


def _piece(
    transformer: Any, columns: Any, plan: Plan, places: Dict[Any, int]
) -> Optional[Transform]:
    names = [columns] if isinstance(columns, str) else columns
    if not isinstance(names, list) or not names or not all(name in places for name in names):
        return None
    steps = sklearn_known.steps_of(transformer)
    if not all(sklearn_known.is_known(step) for step in steps):
        return None
    chosen = [places[name] for name in names]
    dtypes = {plan.parts[place].dtype for place in chosen}
    if len(dtypes) != 1 and not dtypes <= _NUMBERS:
        return None
    sent_through = sklearn_known.sent_through
    if isinstance(columns, str):
        return sent_through(lambda given: given[chosen[0]], steps) if TEXT in dtypes else None
    nameless = sklearn_known.without_names(steps, names)
    if nameless is None:
        return None
    picked = _texts if TEXT in dtypes else _numbers
    return sent_through(lambda given: picked([given[place] for place in chosen]), nameless)


def _texts(columns: Columns) -> Any:
    table = np.empty((len(columns[0]), len(columns)), object)
    for place, column in enumerate(columns):
        table[:, place] = column
    return table


def _numbers(columns: Columns) -> Any:
    table = np.array(columns).T
    table.flags.writeable = False
    return table


def texts(chosen: Any) -> Dict[str, List[str]]:
    """For each column of texts some that its transformers know."""
    found: Dict[str, List[str]] = {}
    for _, transformer, columns in chosen.transformers_:
        if isinstance(columns, str):
            words = sorted(getattr(transformer, "vocabulary_", {}))[:200]
            found.setdefault(columns, []).extend(str(word) for word in words)
        for step in sklearn_known.steps_of(transformer):
            for name, known in zip(columns, getattr(step, "categories_", [])):
                found.setdefault(name, []).extend(str(text) for text in known)
    return found
