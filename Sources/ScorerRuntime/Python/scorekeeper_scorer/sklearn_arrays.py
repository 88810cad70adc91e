# Scorekeeper: a model-serving supervisor.
# SPDX-License-Identifier: Apache-2.0

"""scikit-learn's own estimators without the frame: the same answer in a third of the time.

Most of a small prediction goes into looking at the frame: whose names must be those of fitting,
whose types must be numbers, and which then becomes the array that it was made of. Names and types
are known here beforehand. So a twin of the model, which shares what was fitted but remembers no
names, is given that array, in the frame's own order in memory; and a `ColumnTransformer` is given
its columns. Only estimators are taken of which it is known what they do with a frame, and only
after both have answered rows of all kinds the same to the bit. An error is left to the frame.
"""

from __future__ import annotations

from typing import Any, Callable, Iterator, List, Optional, Sequence, Tuple

import numpy as np

from . import decode_plan, sklearn_columns, sklearn_known
from .decode_plan import Plan

_METHODS = ("predict", "predict_proba", "predict_log_proba")
_TELLING_METHODS = ("predict_proba", "decision_function")
_ROWS_TRIED = (1, 2, 64)
_SCALES_TRIED = (1.0, 1e-3, 1e4)
_STRANGE = ["", "unknown \u00e9 unknown", "\U0001f600"]

Arrays = Sequence[Any]
Function = Callable[[Arrays], Any]


def twin(pyfunc: Any, plan: Plan, frame: Function) -> Optional[Function]:
    """The model on decoded columns; None where it is not one of those, or answers otherwise.

    Shape: the arrays are those of `ModelInput`; `frame` makes of them what MLflow hands over.
    """
    method = _method(pyfunc)
    if method is None or plan.kind != decode_plan.TABLE or not sklearn_known.writes_arrays():
        return None
    model = pyfunc.get_raw_model()
    steps = sklearn_known.steps_of(model)
    try:
        begun = _beginning(steps, plan)
        if begun is None or not all(sklearn_known.is_known(step) for step in steps[1:]):
            return None
        prepare, last = begun
        # A class is the same for many inputs; what it was chosen by is not.
        telling = [name for name in _TELLING_METHODS if hasattr(model, name)]
        for name in {method, *telling[:1]}:
            if not _agree(
                lambda arrays, name=name: getattr(last, name)(prepare(arrays)),
                lambda arrays, name=name: getattr(model, name)(frame(arrays)),
                plan,
                steps[0],
            ):
                return None
        predict = getattr(last, method)
    except Exception:
        return None
    return lambda arrays: predict(prepare(arrays))


def _method(pyfunc: Any) -> Optional[str]:
    if pyfunc.loader_module != "mlflow.sklearn":
        return None
    method = pyfunc.metadata.flavors["python_function"].get("predict_fn", "predict")
    wrapper = type(pyfunc._model_impl)
    if (wrapper.__module__, wrapper.__name__) != ("mlflow.sklearn", "_SklearnModelWrapper"):
        return None
    return str(method) if method in _METHODS else None


def _beginning(steps: List[Any], plan: Plan) -> Optional[Tuple[Function, Any]]:
    """All but the last step as a function of the arrays, and the last step."""
    from sklearn.compose import ColumnTransformer

    sent_through = sklearn_known.sent_through
    if type(steps[0]) is ColumnTransformer:
        columns = sklearn_columns.transform(steps[0], plan)
        if columns is None or len(steps) < 2:
            return None
        begun = sent_through(lambda arrays: columns(_apart(arrays, plan)), steps[1:-1])
        return begun, steps[-1]
    if plan.block_dtype != "float64" or not sklearn_known.is_known(steps[0]):
        return None
    nameless = sklearn_known.without_names(steps, [part.name for part in plan.parts])
    if nameless is None:
        return None
    return sent_through(lambda arrays: _guarded(arrays[0]), nameless[:-1]), nameless[-1]


def _apart(arrays: Arrays, plan: Plan) -> Arrays:
    return arrays if plan.block_dtype is None else list(arrays[0].T)


def _guarded(rows: Any) -> Any:
    """The rows, so that an estimator that works in place takes a copy, as it does of a frame."""
    view = rows.view()
    view.flags.writeable = False
    return view


def _agree(ours: Function, theirs: Function, plan: Plan, first: Any) -> bool:
    """Whether both answer the same, or both nothing, and most of the time something."""
    answered = 0
    trials = list(_trials(plan, first))
    for arrays in trials:
        one, other = _result(ours, arrays), _result(theirs, arrays)
        if (one is None) != (other is None) or (one is not None and not _is_same(one, other)):
            return False
        answered += one is not None
    return 2 * answered >= len(trials)


def _result(function: Function, arrays: Arrays) -> Any:
    try:
        return function(arrays)
    except Exception:
        return None


def _trials(plan: Plan, first: Any) -> Iterator[Arrays]:
    draw = np.random.default_rng(0)
    known = sklearn_columns.texts(first) if hasattr(first, "transformers_") else {}
    for rows in _ROWS_TRIED:
        for scale in _SCALES_TRIED:
            if plan.block_dtype is not None:
                block = draw.normal(size=(len(plan.parts), rows)) * scale
                yield [block.astype(plan.block_dtype).T]
                continue
            yield [
                _texts(known.get(str(part.name), []), rows, draw, scale == _SCALES_TRIED[-1])
                if part.dtype == decode_plan.TEXT
                else (draw.normal(size=rows) * scale).astype(part.dtype)
                for part in plan.parts
            ]


def _texts(known: List[str], rows: int, draw: Any, is_strange: bool) -> List[str]:
    pool = known + _STRANGE if is_strange or not known else known
    return [str(text) for text in draw.choice(np.array(pool, object), rows)]


def _is_same(one: Any, other: Any) -> bool:
    if type(one) is not np.ndarray or type(other) is not np.ndarray:
        return False
    if one.dtype != other.dtype or one.shape != other.shape:
        return False
    if one.dtype.kind == "O":
        # Names of classes; of nothing else in an object could this be known.
        return all(type(name) is str for name in one.flat) and one.tolist() == other.tolist()
    return one.tobytes() == other.tobytes()
