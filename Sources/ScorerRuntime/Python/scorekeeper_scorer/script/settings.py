# Scorekeeper: a model-serving supervisor.
# SPDX-License-Identifier: Apache-2.0

"""What the environment says of a script and its service."""

from __future__ import annotations

import json
import os
from typing import Dict, List, Mapping, NamedTuple, Optional

from ..task import Task

DEBUG_ERRORS = "SCOREKEEPER_DEBUG_ERRORS"


class InvalidSetting(Exception):
    """A variable whose value cannot be used; the message names it."""


class Settings(NamedTuple):
    """The settings that the runtime itself follows; scripts read whatever else they like."""

    script: str
    root: str
    source_directory: Optional[str]
    scoring_timeout_ms: Optional[int]
    service_name: str
    service_version: str
    path_prefix: str
    server_version: str
    cors_origins: List[str]
    log_level: str
    shows_failures: bool

    @classmethod
    def read(cls, task: Task, variables: Mapping[str, str]) -> "Settings":
        """Reads variables, and after them a `config.json` beside the script.

        Errors: `InvalidSetting` for a number that is none and a file that is no JSON object.
        """
        root = os.path.abspath(str(task.source_directory))
        script = os.path.abspath(os.path.join(root, str(task.script)))
        said = {**_configured(root, script, variables), **variables}
        prefix = said.get("SERVICE_PATH_PREFIX", "").strip("/")
        origins = said.get("AML_CORS_ORIGINS", "")
        return cls(
            script=script,
            root=root,
            source_directory=said.get("AZUREML_SOURCE_DIRECTORY"),
            scoring_timeout_ms=_number(said, "SCORING_TIMEOUT_MS"),
            service_name=said.get("SERVICE_NAME", "ML service"),
            service_version=said.get("SERVICE_VERSION", "1.0"),
            path_prefix=f"/{prefix}" if prefix else "",
            server_version=said.get("HTTP_X_MS_SERVER_VERSION", ""),
            cors_origins=[part.strip() for part in origins.split(",") if part.strip()],
            log_level=said.get("AZUREML_LOG_LEVEL", "INFO").upper(),
            shows_failures=said.get(DEBUG_ERRORS) == "1",
        )


def variables(task: Task) -> Dict[str, str]:
    """What a script may ask its environment about where it and its model are."""
    root = os.path.abspath(str(task.source_directory))
    script = os.path.abspath(os.path.join(root, str(task.script)))
    told = {"AML_APP_ROOT": root, "AZUREML_ENTRY_SCRIPT": os.path.relpath(script, root)}
    if task.model_directory is not None:
        told["AZUREML_MODEL_DIR"] = os.path.abspath(task.model_directory)
    return told


def _configured(root: str, script: str, variables: Mapping[str, str]) -> Dict[str, str]:
    """The values of the configuration file: the one that is named, else the first that is there."""
    named = variables.get("AZUREML_CONFIG_FILE")
    beside = [os.path.join(folder, "config.json") for folder in (root, os.path.dirname(script))]
    for path in ([named] if named else []) + beside:
        try:
            with open(path, encoding="utf-8") as file:
                text = file.read()
        except OSError:
            continue
        if not text:
            continue
        try:
            content = json.loads(text)
        except ValueError as error:
            raise InvalidSetting(f"cannot read '{path}': {error}") from error
        if not isinstance(content, dict):
            raise InvalidSetting(f"cannot read '{path}': it holds no JSON object")
        return {name: str(value) for name, value in content.items() if value is not None}
    return {}


def _number(said: Mapping[str, str], name: str) -> Optional[int]:
    text = said.get(name)
    if text is None:
        return None
    try:
        number = int(text)
    except ValueError:
        number = 0
    if number < 1:
        raise InvalidSetting(f"{name} is '{text}'; give a number of milliseconds from 1 on")
    return number
