# Scorekeeper: a model-serving supervisor.
# SPDX-License-Identifier: Apache-2.0

"""scikit-learn's own estimators on the array inside the frame: the same answer, half the time.

Most of a small prediction goes into looking at the frame: whose names must be those of fitting,
whose types must be numbers, and which then becomes the array that it was made of. Names and types
are known here beforehand. So a twin of the model, which shares its fitted arrays but remembers no
names, is given that array, in the frame's own order in memory. Only estimators are taken of which
it is known that they turn a frame into such an array first, only where every column is a double,
and only after both have answered rows of all kinds the same to the bit.
"""

from __future__ import annotations

import copy
from typing import Any, Callable, List, Optional, Sequence

import numpy as np

from . import decode_plan
from .decode_plan import Plan

_METHODS = ("predict", "predict_proba", "predict_log_proba")
_TRANSFORMERS = "StandardScaler MinMaxScaler MaxAbsScaler RobustScaler Normalizer PCA"
_PREDICTORS = (
    "LogisticRegression LinearRegression Ridge RidgeClassifier Lasso ElasticNet SGDClassifier"
    " SGDRegressor Perceptron LinearSVC LinearSVR SVC SVR KNeighborsClassifier"
    " KNeighborsRegressor GaussianNB DecisionTreeClassifier DecisionTreeRegressor"
    " RandomForestClassifier RandomForestRegressor ExtraTreesClassifier ExtraTreesRegressor"
    " GradientBoostingClassifier GradientBoostingRegressor MLPClassifier MLPRegressor KMeans"
)
_KNOWN = frozenset((_TRANSFORMERS + " " + _PREDICTORS).split())
_ROWS_TRIED = (1, 2, 5, 64)
_SCALES_TRIED = (1.0, 1e-3, 1e4)

Function = Callable[[Any], Any]


def twin(pyfunc: Any, plan: Plan, frame: Callable[[Any], Any]) -> Optional[Function]:
    """The model on arrays; None where it is not one of those, or where it answers otherwise.

    Shape: `frame` makes of an array, columns in the plan's order, what MLflow would hand over.
    """
    method = _method(pyfunc)
    if method is None or plan.kind != decode_plan.TABLE or plan.block_dtype != "float64":
        return None
    model = _without_names(pyfunc.get_raw_model(), [part.name for part in plan.parts])
    if model is None or not hasattr(model, method):
        return None
    function: Function = getattr(model, method)
    theirs = getattr(pyfunc.get_raw_model(), method)
    try:
        pairs = [(function(_guarded(rows)), theirs(frame(rows))) for rows in _rows(plan)]
    except Exception:
        return None
    if not all(_is_same(ours, other) for ours, other in pairs):
        return None
    return lambda rows: function(_guarded(rows))


def _guarded(rows: Any) -> Any:
    """The rows, so that an estimator that works in place takes a copy, as it does of a frame."""
    view = rows.view()
    view.flags.writeable = False
    return view


def _method(pyfunc: Any) -> Optional[str]:
    if pyfunc.loader_module != "mlflow.sklearn":
        return None
    method = pyfunc.metadata.flavors["python_function"].get("predict_fn", "predict")
    wrapper = type(pyfunc._model_impl)
    if (wrapper.__module__, wrapper.__name__) != ("mlflow.sklearn", "_SklearnModelWrapper"):
        return None
    return str(method) if method in _METHODS else None


def _without_names(model: Any, names: Sequence[Optional[str]]) -> Optional[Any]:
    """A copy that was fitted, it thinks, on an array: its parts are those of the model."""
    from sklearn import get_config

    if get_config().get("transform_output", "default") != "default":
        return None
    steps = _steps(model)
    if steps is None or not all(_is_known(step) for step in steps):
        return None
    fitted = getattr(steps[0], "feature_names_in_", None)
    if fitted is None or list(fitted) != list(names):
        return None
    first = copy.copy(steps[0])
    del first.feature_names_in_
    if len(steps) == 1 and steps[0] is model:
        return first
    shadow = copy.copy(model)
    shadow.steps = [(model.steps[0][0], first), *model.steps[1:]]
    return shadow


def _steps(model: Any) -> Optional[List[Any]]:
    from sklearn.pipeline import Pipeline

    if type(model) is Pipeline:
        return [step for _, step in model.steps]
    return [model]


def _is_known(step: Any) -> bool:
    kind = type(step)
    known = kind.__module__.startswith("sklearn.") and kind.__name__ in _KNOWN
    return known and not hasattr(step, "_sklearn_output_config")


def _rows(plan: Plan) -> List[Any]:
    draw = np.random.default_rng(0)
    width = len(plan.parts)
    return [
        (draw.normal(size=(width, rows)) * scale).T
        for rows in _ROWS_TRIED
        for scale in _SCALES_TRIED
    ]


def _is_same(one: Any, other: Any) -> bool:
    if type(one) is not np.ndarray or type(other) is not np.ndarray:
        return False
    if one.dtype != other.dtype or one.shape != other.shape or one.dtype.kind == "O":
        return False
    return one.tobytes() == other.tobytes()
