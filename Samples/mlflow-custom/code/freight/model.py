# Scorekeeper: a model-serving supervisor.
# SPDX-License-Identifier: Apache-2.0

"""The model: loads the tariff once, prices parcels by it."""

from __future__ import annotations

import json
from typing import Any, Dict, List, Optional

import pandas as pd
from mlflow.pyfunc import PythonModel

from freight import prices


class Freight(PythonModel):
    """Prices parcels; the parameters choose currency, digits and what is added to each."""

    def load_context(self, context: Any) -> None:
        """Reads the artifact `tariff`."""
        with open(context.artifacts["tariff"], encoding="utf-8") as file:
            self.tariff = json.load(file)

    def predict(
        self, context: Any, model_input: pd.DataFrame, params: Optional[Dict[str, Any]] = None
    ) -> List[float]:
        """A price for each row."""
        chosen = params or {}
        rate = self.tariff["currencies"][chosen.get("currency", "EUR")]
        added = sum(chosen.get("surcharges", []))
        digits = int(chosen.get("digits", 2))
        return [
            round((prices.price(self.tariff, parcel) + added) * rate, digits)
            for parcel in model_input.to_dict("records")
        ]
