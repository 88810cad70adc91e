# Scorekeeper: a model-serving supervisor.
# SPDX-License-Identifier: Apache-2.0

"""Small models that score each row for itself, or that do not, each in its own way."""

from __future__ import annotations

from typing import Any, Callable, Dict

import numpy as np
import pandas as pd

COLUMNS = ["id", "x", "y"]


def _sum(table: Any) -> Any:
    return (table["x"] + table["y"]).to_numpy()


def _softmax(values: Any) -> Any:
    raised = np.exp(values - values.max())
    return raised / raised.sum()


# What a row's answer depends on is its own row alone.
ROW_WISE: Dict[str, Callable[[Any], Any]] = {
    "a sum": _sum,
    "a table": lambda table: pd.DataFrame({"s": _sum(table), "n": table["id"].astype("int64")}),
    "a series": lambda table: pd.Series(_sum(table), name="s"),
    "texts": lambda table: np.where(table["x"] > 0, "up", "downwards"),
    "a list": lambda table: [f"row {x:.3f}" for x in table["x"]],
    "named arrays": lambda table: {"s": _sum(table), "pair": table[["x", "y"]].to_numpy()},
    "one product": lambda table: table.to_numpy() @ np.array([[0.1], [0.7], [0.3]]),
    "not finite": lambda table: np.where(table["x"] > 0, np.nan, table["y"]),
}

# What a row's answer depends on is its batch, the moment, or luck.
BATCH_DEPENDENT: Dict[str, Callable[[Any], Any]] = {
    "centred": lambda table: (table["x"] - table["x"].mean()).to_numpy(),
    "ranked": lambda table: table["x"].rank().to_numpy(),
    "softmax over the batch": lambda table: _softmax(table["x"].to_numpy()),
    "without duplicates": lambda table: table.drop_duplicates()["x"].to_numpy(),
    "sorted": lambda table: np.sort(table["x"].to_numpy()),
    "running total": lambda table: table["x"].cumsum().to_numpy(),
    "one answer for all": lambda table: np.array([table["x"].sum()]),
    "a number": lambda table: float(table["x"].sum()),
    "at random": lambda table: np.random.default_rng().random(len(table)),
    "the row's place": lambda table: table.index.to_numpy() + table["x"].to_numpy(),
    "only one row at a time": lambda table: table["x"].to_numpy() if len(table) == 1 else 1 / 0,
    "scaled by the largest": lambda table: (table["x"] / table["x"].abs().max()).to_numpy(),
    "the neighbours": lambda table: table["x"].rolling(2, min_periods=1).mean().to_numpy(),
}
