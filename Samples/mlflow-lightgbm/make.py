# Scorekeeper: a model-serving supervisor.
# SPDX-License-Identifier: Apache-2.0

"""Trains a LightGBM booster on the wine data set and saves it."""

from __future__ import annotations

from importlib.metadata import version
from pathlib import Path

import lightgbm
import mlflow.lightgbm
from mlflow.models import infer_signature
from sklearn.datasets import load_wine

PACKAGES = ["mlflow", "numpy", "pandas", "lightgbm"]
ONE_OF_EACH = [0, 59, 130]
SETTINGS = {
    "objective": "multiclass",
    "num_class": 3,
    "num_leaves": 5,
    "num_threads": 1,
    "deterministic": True,
    "seed": 7,
    "verbosity": -1,
}


def save(folder: Path) -> None:
    """Writes the model directory; its input example is one wine of each cultivar."""
    wine = load_wine(as_frame=True)
    booster = lightgbm.train(SETTINGS, lightgbm.Dataset(wine.data, wine.target), 15)
    mlflow.lightgbm.save_model(
        booster,
        folder,
        signature=infer_signature(wine.data, booster.predict(wine.data)),
        input_example=wine.data.iloc[ONE_OF_EACH].reset_index(drop=True),
        pip_requirements=[f"{name}=={version(name)}" for name in PACKAGES],
    )
