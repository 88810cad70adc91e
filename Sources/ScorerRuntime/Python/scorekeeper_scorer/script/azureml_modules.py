# Scorekeeper: a model-serving supervisor.
# SPDX-License-Identifier: Apache-2.0

"""The modules that scripts import from Azure's packages, whether those are installed or not.

A finder makes them when they are first imported, so that only a script that wants requests and
responses pays for them.
"""

from __future__ import annotations

import sys
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import Any, Callable, Optional, Sequence, TypeVar

_Function = TypeVar("_Function", bound=Callable[..., Any])
_HOMES = ("azureml.contrib.services", "azureml_inference_server_http.api")
_REQUEST = tuple(f"{home}.aml_request" for home in _HOMES)
_RESPONSE = tuple(f"{home}.aml_response" for home in _HOMES)
_PARENTS = {
    ".".join(home.split(".")[:depth]) for home in _HOMES for depth in range(1, home.count(".") + 2)
}

_is_raw = False


def rawhttp(function: _Function) -> _Function:
    """Says that ``run`` takes the request itself."""
    global _is_raw
    _is_raw = True
    return function


def is_raw() -> bool:
    """Whether a script has used `rawhttp` since the modules were provided."""
    return _is_raw


def provide() -> None:
    """Makes the modules importable, and forgets what an earlier script said."""
    global _is_raw
    _is_raw = False
    if not any(isinstance(finder, _Finder) for finder in sys.meta_path):
        sys.meta_path.insert(0, _Finder(_REQUEST + _RESPONSE))
        sys.meta_path.append(_Finder(_PARENTS))


class _Finder(MetaPathFinder):
    def __init__(self, names: Any) -> None:
        self._names = names

    def find_spec(
        self, name: str, path: Optional[Sequence[Any]], target: Optional[ModuleType] = None
    ) -> Optional[ModuleSpec]:
        if name not in self._names:
            return None
        return ModuleSpec(name, _Loader(), is_package=name in _PARENTS)


class _Loader(Loader):
    def create_module(self, spec: ModuleSpec) -> Optional[ModuleType]:
        return None

    def exec_module(self, module: ModuleType) -> None:
        from . import http_types

        contents = vars(module)
        if module.__name__ in _REQUEST:
            contents.update(AMLRequest=http_types.request_type(), rawhttp=rawhttp)
        if module.__name__ in _RESPONSE:
            contents.update(AMLResponse=http_types.response_type())
