# Scorekeeper: a model-serving supervisor.
# SPDX-License-Identifier: Apache-2.0

"""What a forked child must not share with its parent and siblings."""

from __future__ import annotations

import os
import sys
import tempfile
import time
from typing import Dict


def begin(variables: Dict[str, str]) -> None:
    """Makes the process the scorer of its own run: environment, randomness."""
    os.environ.clear()
    os.environ.update(variables)
    tempfile.tempdir = None
    time.tzset()
    _reseed()


def _reseed() -> None:
    """Siblings forked from one parent would otherwise draw the same numbers.

    Python's own generator reseeds itself after a fork; these libraries' do not.
    """
    numpy_random = sys.modules.get("numpy.random")
    if numpy_random is not None:
        numpy_random.seed()
    torch = sys.modules.get("torch")
    if torch is not None:
        torch.seed()
