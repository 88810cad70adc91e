# Scorekeeper: a model-serving supervisor.
# SPDX-License-Identifier: Apache-2.0

"""The arithmetic of a tariff."""

from __future__ import annotations

from typing import Any, Dict

FRAGILE = 1.25


def price(tariff: Dict[str, Any], parcel: Dict[str, Any]) -> float:
    """What the tariff asks for one parcel, in its own currency."""
    by_distance = tariff["zones"][parcel["zone"]] * parcel["distance_km"]
    asked: float = tariff["base"] + by_distance + 0.3 * parcel["weight_kg"]
    return asked * FRAGILE if parcel["is_fragile"] else asked
