# Scorekeeper: a model-serving supervisor.
# SPDX-License-Identifier: Apache-2.0

"""Saves a model of one's own: a class, the package that it stands in, a file, and parameters."""

from __future__ import annotations

import os
import sys
from importlib.metadata import version
from pathlib import Path

import mlflow.pyfunc
import pandas as pd
from mlflow.models import infer_signature

PACKAGES = ["mlflow", "cloudpickle", "numpy", "pandas"]
PARCELS = pd.DataFrame(
    {
        "zone": ["city", "country", "abroad"],
        "weight_kg": [2.0, 12.5, 0.4],
        "distance_km": [8, 310, 1_900],
        "is_fragile": [False, True, False],
    }
)
PARAMETERS = {"currency": "EUR", "digits": 2, "surcharges": [0.5, 1.0]}


def save(folder: Path) -> None:
    """Writes the model directory; its input example is three parcels and the parameters."""
    sys.path.insert(0, os.path.abspath("code"))
    from freight.model import Freight

    mlflow.pyfunc.save_model(
        folder,
        python_model=Freight(),
        artifacts={"tariff": "artifacts/tariff.json"},
        code_paths=["code/freight"],
        signature=infer_signature(PARCELS, [1.5], PARAMETERS),
        input_example=(PARCELS, PARAMETERS),
        pip_requirements=[f"{name}=={version(name)}" for name in PACKAGES],
    )
