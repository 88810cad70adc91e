# Scorekeeper: a model-serving supervisor.
# SPDX-License-Identifier: Apache-2.0

"""Trains the sample on the iris data set and saves it here, as any MLflow user would.

Run it with Debian 12's Python 3.11 in an environment made from this folder's requirements.txt.
"""

from __future__ import annotations

import json
import shutil
import tempfile
from pathlib import Path

import mlflow.sklearn
from mlflow.models import infer_signature
from sklearn.datasets import load_iris
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

HERE = Path(__file__).resolve().parent
ONE_OF_EACH = [0, 50, 100]


def main() -> None:
    """Writes the model directory and `request.json`, which asks for one flower of each species."""
    iris = load_iris(as_frame=True)
    species = iris.target_names[iris.target]
    model = make_pipeline(StandardScaler(), LogisticRegression()).fit(iris.data, species)
    with tempfile.TemporaryDirectory() as folder:
        saved = Path(folder) / "model"
        mlflow.sklearn.save_model(
            model,
            saved,
            signature=infer_signature(iris.data, model.predict(iris.data)),
            input_example=iris.data.iloc[ONE_OF_EACH].reset_index(drop=True),
        )
        shutil.copytree(saved, HERE, dirs_exist_ok=True)
    request = json.loads((HERE / "serving_input_example.json").read_text())
    (HERE / "request.json").write_text(json.dumps(request) + "\n")


if __name__ == "__main__":
    main()
