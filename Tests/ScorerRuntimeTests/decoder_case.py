# Scorekeeper: a model-serving supervisor.
# SPDX-License-Identifier: Apache-2.0

"""What the tests of the fast way share: the built extension, one body decoded."""

from __future__ import annotations

import json
import unittest
from typing import Any, Optional, Sequence

import numpy as np
import runtime_path  # noqa: F401
import scorer_process
from scorekeeper_scorer import decode_plan, extensions
from scorekeeper_scorer.decode_plan import Part, Plan

# From the sources the package has no support folder above it.
extensions.SUPPORT = scorer_process.support_folder()

DECODE = extensions.load("_decoder").decode


def table(**types: str) -> Plan:
    """A plan of columns."""
    parts = tuple(Part(name, dtype) for name, dtype in types.items())
    return plan(decode_plan.TABLE, parts)


def tensor(dtype: str, *shape: int, name: Optional[str] = None) -> Plan:
    """A plan of one tensor."""
    return plan(decode_plan.TENSORS, (Part(name, dtype, shape),))


def plan(kind: int, parts: Sequence[Part]) -> Plan:
    """A plan of any parts."""
    return Plan(kind, tuple(parts), decode_plan._written(kind, parts))


class DecoderCase(unittest.TestCase):
    def decode(self, body: Any, plan: Plan) -> Any:
        """What the decoder says of a body; one that is not bytes is written as JSON."""
        written = body if isinstance(body, bytes) else json.dumps(body).encode()
        return DECODE(written, plan.written)

    def floats(self, numbers: Sequence[str]) -> Any:
        """The doubles that these numbers are decoded to, or nothing."""
        body = '{"inputs": [%s]}' % ", ".join(numbers)
        decoded = DECODE(body.encode(), tensor("float64", -1).written)
        return None if decoded is None else np.frombuffer(decoded[3][0][0], np.float64)
