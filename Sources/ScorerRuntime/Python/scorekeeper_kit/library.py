# Scorekeeper: a model-serving supervisor.
# SPDX-License-Identifier: Apache-2.0

"""Finds and loads `_scorer.so`, which is libscorer for Python."""

from __future__ import annotations

import importlib.machinery
import importlib.util
import os
import tempfile
from typing import Any, Optional

NAME = "_scorer"
FILE = NAME + ".so"


def load() -> Any:
    """The extension: out of the bundle that this package is in, else from beside it.

    Errors: `ImportError` with the places that were looked at.
    """
    bundled = _bundled()
    if bundled is None:
        return _load(path())
    # A library has to be a file; its pages stay when its name goes.
    handle, name = tempfile.mkstemp(suffix=".so")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(bundled)
        return _load(name)
    finally:
        os.unlink(name)


def path() -> str:
    """Where the extension's file is: in this package's folder, or in the support folder."""
    package = os.path.dirname(os.path.abspath(__file__))
    support = os.path.dirname(os.path.dirname(package))
    places = [os.path.join(folder, FILE) for folder in (package, support)]
    for place in places:
        if os.path.exists(place):
            return place
    raise ImportError(f"cannot find '{FILE}' at any of {places}; use the kit of a support folder")


def _bundled() -> Optional[bytes]:
    loader: Any = __loader__  # noqa: F821  # Python gives it to each module.
    archive = getattr(loader, "archive", None)
    if archive is None:
        return None
    return bytes(loader.get_data(os.path.join(os.path.dirname(__file__), FILE)))


def _load(place: str) -> Any:
    loader = importlib.machinery.ExtensionFileLoader(NAME, place)
    spec = importlib.util.spec_from_file_location(NAME, place, loader=loader)
    if spec is None:
        raise ImportError(f"cannot load '{place}'")
    module = importlib.util.module_from_spec(spec)
    loader.exec_module(module)
    return module
