# Scorekeeper: a model-serving supervisor.
# SPDX-License-Identifier: Apache-2.0

"""The C extensions that stand in the support folder, beside this package's own folder."""

from __future__ import annotations

import importlib.machinery
import importlib.util
import os
from types import ModuleType
from typing import Any

SUPPORT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))


def load(name: str) -> Any:
    """Loads `<support>/<name>.so` from its explicit path: `sys.path` has no say in it.

    Errors: `ImportError` with the path.
    """
    path = os.path.join(SUPPORT, name + ".so")
    loader = importlib.machinery.ExtensionFileLoader(name, path)
    spec = importlib.util.spec_from_file_location(name, path, loader=loader)
    if spec is None:
        raise ImportError(f"cannot load '{path}'")
    module: ModuleType = importlib.util.module_from_spec(spec)
    loader.exec_module(module)
    return module
