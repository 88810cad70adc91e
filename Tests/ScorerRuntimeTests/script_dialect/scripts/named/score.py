# Scorekeeper: a model-serving supervisor.
# SPDX-License-Identifier: Apache-2.0

"""Is asked in a service that has a name, a version and a prefix, and says which server it is."""

from __future__ import annotations

import os
from typing import Any


def init() -> None:
    pass


def run(data: str) -> Any:
    root = os.environ["AML_APP_ROOT"]
    model = os.environ["AZUREML_MODEL_DIR"]
    return [os.path.isfile(os.path.join(root, "score.py")), os.path.basename(model), __name__]
