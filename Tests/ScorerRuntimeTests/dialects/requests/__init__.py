# Scorekeeper: a model-serving supervisor.
# SPDX-License-Identifier: Apache-2.0

"""What is asked of the models at `/invocations`, by subject."""

from __future__ import annotations

from typing import List

from ..case import Case
from . import bodies, coercion, formats, languages, nested, params, results, tables, tensors

CASES: List[Case] = [
    case
    for subject in (
        formats,
        bodies,
        coercion,
        nested,
        tensors,
        params,
        languages,
        tables,
        results,
    )
    for case in subject.CASES
]
