# Scorekeeper: a model-serving supervisor.
# SPDX-License-Identifier: Apache-2.0

"""Trains a scikit-learn pipeline on the iris data set and saves it, as any MLflow user would."""

from __future__ import annotations

from pathlib import Path

import mlflow.sklearn
from mlflow.models import infer_signature
from sklearn.datasets import load_iris
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

ONE_OF_EACH = [0, 50, 100]


def save(folder: Path) -> None:
    """Writes the model directory; its input example is one flower of each species."""
    iris = load_iris(as_frame=True)
    species = iris.target_names[iris.target]
    model = make_pipeline(StandardScaler(), LogisticRegression()).fit(iris.data, species)
    mlflow.sklearn.save_model(
        model,
        folder,
        signature=infer_signature(iris.data, model.predict(iris.data)),
        input_example=iris.data.iloc[ONE_OF_EACH].reset_index(drop=True),
    )
