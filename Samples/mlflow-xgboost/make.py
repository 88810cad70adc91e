# Scorekeeper: a model-serving supervisor.
# SPDX-License-Identifier: Apache-2.0

"""Trains gradient-boosted trees on the iris data set with XGBoost and saves them."""

from __future__ import annotations

from importlib.metadata import version
from pathlib import Path

import mlflow.xgboost
from mlflow.models import infer_signature
from sklearn.datasets import load_iris
from xgboost import XGBClassifier

# The package without CUDA: 5 MB to fetch instead of some hundred.
PACKAGES = ["mlflow", "numpy", "pandas", "scikit-learn", "xgboost-cpu"]
ONE_OF_EACH = [0, 50, 100]


def save(folder: Path) -> None:
    """Writes the model directory; its input example is one flower of each species."""
    iris = load_iris(as_frame=True)
    model = XGBClassifier(n_estimators=20, max_depth=3, n_jobs=1, random_state=7)
    model.fit(iris.data, iris.target)
    mlflow.xgboost.save_model(
        model,
        folder,
        signature=infer_signature(iris.data, model.predict(iris.data)),
        input_example=iris.data.iloc[ONE_OF_EACH].reset_index(drop=True),
        pip_requirements=[f"{name}=={version(name)}" for name in PACKAGES],
    )
