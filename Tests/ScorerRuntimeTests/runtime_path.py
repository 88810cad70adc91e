# Scorekeeper: a model-serving supervisor.
# SPDX-License-Identifier: Apache-2.0

"""Puts the Python runtime on the path: every test module imports this first."""

from __future__ import annotations

import os
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
SAMPLE = os.path.join(ROOT, "Samples", "mlflow-iris")

sys.path.insert(0, os.path.join(ROOT, "Sources", "ScorerRuntime", "Python"))
