# Scorekeeper: a model-serving supervisor.
# SPDX-License-Identifier: Apache-2.0

"""Raises while it is imported."""

from __future__ import annotations

raise KeyError("imported")
