# Scorekeeper: a model-serving supervisor.
# SPDX-License-Identifier: Apache-2.0

"""The estimators of scikit-learn of which it is known what they do with a frame.

Each turns a frame of numbers into its array first and looks at nothing else of it but the names.
"""

from __future__ import annotations

import copy
from typing import Any, Callable, List, Optional, Sequence

_TRANSFORMERS = (
    "StandardScaler MinMaxScaler MaxAbsScaler RobustScaler Normalizer PCA SimpleImputer"
    " OneHotEncoder OrdinalEncoder TfidfVectorizer CountVectorizer"
)
_PREDICTORS = (
    "LogisticRegression LinearRegression Ridge RidgeClassifier Lasso ElasticNet SGDClassifier"
    " SGDRegressor Perceptron LinearSVC LinearSVR SVC SVR KNeighborsClassifier"
    " KNeighborsRegressor GaussianNB DecisionTreeClassifier DecisionTreeRegressor"
    " RandomForestClassifier RandomForestRegressor ExtraTreesClassifier ExtraTreesRegressor"
    " GradientBoostingClassifier GradientBoostingRegressor MLPClassifier MLPRegressor KMeans"
)
_KNOWN = frozenset((_TRANSFORMERS + " " + _PREDICTORS).split())


def steps_of(model: Any) -> List[Any]:
    """The steps of a pipeline, or the one estimator."""
    from sklearn.pipeline import Pipeline

    return [step for _, step in model.steps] if type(model) is Pipeline else [model]


def is_known(step: Any) -> bool:
    """Whether it is such an estimator, with nothing set that makes it write frames."""
    kind = type(step)
    known = kind.__module__.startswith("sklearn.") and kind.__name__ in _KNOWN
    return known and not hasattr(step, "_sklearn_output_config")


def sent_through(first: Callable[[Any], Any], steps: Sequence[Any]) -> Callable[[Any], Any]:
    """What `first` gives, transformed by each of the steps."""

    def sent(given: Any) -> Any:
        value = first(given)
        for step in steps:
            value = step.transform(value)
        return value

    return sent


def writes_arrays() -> bool:
    """Whether scikit-learn is set to answer with arrays."""
    from sklearn import get_config

    return bool(get_config().get("transform_output", "default") == "default")


def without_names(steps: Sequence[Any], names: Optional[Sequence[Any]]) -> Optional[List[Any]]:
    """The steps, the first one a copy that was fitted, it thinks, on an array.

    Shape: what was fitted is shared. None where the first was fitted on other names than these;
    where no names are given, it may have been fitted on any.
    """
    first = copy.copy(steps[0])
    fitted = getattr(first, "feature_names_in_", None)
    if names is not None and (fitted is None or list(fitted) != list(names)):
        return None
    if fitted is not None:
        del first.feature_names_in_
    return [first, *steps[1:]]
