# Scorekeeper: a model-serving supervisor.
# SPDX-License-Identifier: Apache-2.0

"""A script: how it is loaded, and how its ``run`` wants to be called."""

from __future__ import annotations

import importlib.util
import inspect
import os
import sys
from types import ModuleType
from typing import Any, Callable, List, NamedTuple

from . import azureml_modules, schema

MODULE = "entry_module"
TEXT, ARGUMENTS, HTTP = "text", "arguments", "http"

_NAMED = (inspect.Parameter.KEYWORD_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)


class UnfitScript(Exception):
    """A script that cannot be served; the message says what to change."""


class UserScript(NamedTuple):
    """A loaded script.

    Shape: `kind` is `TEXT` (run takes the body as text), `ARGUMENTS` (run takes the members of a
    JSON object by name) or `HTTP` (run takes the request). `uses_flask` where the script has
    something of Flask's at hand, which may want a current request.
    """

    module: ModuleType
    init: Callable[[], Any]
    run: Callable[..., Any]
    kind: str
    parameters: List[inspect.Parameter]
    wants_headers: bool
    uses_flask: bool

    @classmethod
    def load(cls, path: str, *folders: str) -> "UserScript":
        """Imports the script; `folders` go to the end of the path that it imports from.

        Errors: `UnfitScript`, and whatever the script raises.
        """
        if not os.path.isfile(path):
            raise UnfitScript(f"there is no script '{path}'; see 'scoring_script'")
        for folder in (*folders, os.path.dirname(path)):
            if folder not in sys.path:
                sys.path.append(folder)
        azureml_modules.provide()
        schema.forget(MODULE)
        spec = importlib.util.spec_from_file_location(MODULE, path)
        if spec is None or spec.loader is None:
            raise UnfitScript(f"'{path}' is no Python source; its name must end in '.py'")
        module = importlib.util.module_from_spec(spec)
        sys.modules[MODULE] = module
        spec.loader.exec_module(module)
        return cls.of(module)

    @classmethod
    def of(cls, module: ModuleType) -> "UserScript":
        """Finds out how the functions of an imported script are to be called."""
        name = os.path.basename(str(module.__file__))
        for wanted in ("init", "run"):
            if not callable(getattr(module, wanted, None)):
                raise UnfitScript(f"'{name}' defines no function {wanted}(); it needs one")
        # A generated driver passes its calls on to the script proper, with less care.
        driven = getattr(module, "driver_module", None)
        has_run = isinstance(driven, ModuleType) and hasattr(driven, "run")
        run = driven.run if isinstance(driven, ModuleType) and has_run else getattr(module, "run")
        parameters = list(inspect.signature(run).parameters.values())
        if any(parameter.kind not in _NAMED for parameter in parameters):
            raise UnfitScript(
                f"run() of '{name}' takes *args, **kwargs or positional-only parameters;"
                " give its parameters names"
            )
        inputs = [parameter for parameter in parameters if parameter.name != "request_headers"]
        if not inputs:
            raise UnfitScript(f"run() of '{name}' takes no argument for the request's data")
        return cls(
            module,
            getattr(module, "init"),
            run,
            _kind(run, name),
            inputs,
            len(inputs) < len(parameters),
            _uses_flask(module),
        )


def _kind(run: Callable[..., Any], name: str) -> str:
    if not azureml_modules.is_raw():
        return ARGUMENTS if schema.is_decorated(run) else TEXT
    if schema.is_decorated(run):
        raise UnfitScript(
            f"run() of '{name}' is decorated with both @rawhttp and @input_schema; take one away"
        )
    return HTTP


def _uses_flask(module: ModuleType) -> bool:
    for value in vars(module).values():
        home = value.__name__ if isinstance(value, ModuleType) else _home(value)
        if home.partition(".")[0] == "flask":
            return True
    return False


def _home(value: Any) -> str:
    # Flask's `request` is a proxy that is no request's yet: asking it for anything fails.
    home = getattr(type(value), "__module__", "")
    if home.partition(".")[0] == "werkzeug":
        return "flask"
    home = getattr(value, "__module__", "") if callable(value) else home
    return home if isinstance(home, str) else ""
