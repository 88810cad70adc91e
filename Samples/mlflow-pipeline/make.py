# Scorekeeper: a model-serving supervisor.
# SPDX-License-Identifier: Apache-2.0

"""Trains a pipeline over text, categories and numbers on tickets that it makes up, and saves it."""

from __future__ import annotations

import random
from importlib.metadata import version
from pathlib import Path

import mlflow.sklearn
import pandas as pd
from mlflow.models import infer_signature
from sklearn.compose import make_column_transformer
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

PACKAGES = ["mlflow", "numpy", "pandas", "scikit-learn", "scipy", "skops"]
WORDS = {
    "billing": ["invoice", "charged", "refund", "card", "payment", "twice"],
    "technical": ["error", "crash", "login", "timeout", "export", "broken"],
    "sales": ["quote", "upgrade", "discount", "seats", "trial", "offer"],
}
COMMON = ["my", "the", "please", "help", "with", "since", "yesterday"]
TICKETS = 300


def tickets() -> pd.DataFrame:
    """Support tickets, the queue that each belongs to in the last column."""
    chance = random.Random(7)
    rows = []
    for number in range(TICKETS):
        queue = list(WORDS)[number % len(WORDS)]
        words = chance.sample(WORDS[queue], 3) + chance.sample(COMMON, 3)
        chance.shuffle(words)
        plan = chance.choice(["free", "team", "company"])
        seats = {"free": 1, "team": chance.randint(2, 20), "company": chance.randint(20, 500)}[plan]
        product = chance.choice(["editor", "storage", "calendar"])
        rows.append((" ".join(words), product, plan, seats, chance.random() * 9, queue))
    columns = ["subject", "product", "plan", "seats", "days_open", "queue"]
    return pd.DataFrame(rows, columns=columns).round(1)


def save(folder: Path) -> None:
    """Writes the model directory; its input example is the first three tickets."""
    table = tickets()
    data, queue = table.drop(columns="queue"), table["queue"].to_numpy(dtype=object)
    features = make_column_transformer(
        (TfidfVectorizer(), "subject"),
        (OneHotEncoder(handle_unknown="ignore"), ["product", "plan"]),
        (StandardScaler(), ["seats", "days_open"]),
    )
    model = make_pipeline(features, LogisticRegression()).fit(data, queue)
    mlflow.sklearn.save_model(
        model,
        folder,
        signature=infer_signature(data, model.predict(data)),
        input_example=data.head(3),
        pip_requirements=[f"{name}=={version(name)}" for name in PACKAGES],
    )
