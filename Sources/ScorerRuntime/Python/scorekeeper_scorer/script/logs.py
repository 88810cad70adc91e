# Scorekeeper: a model-serving supervisor.
# SPDX-License-Identifier: Apache-2.0

"""Where what scripts log goes: to the scorer's log, like what they print."""

from __future__ import annotations

import json
import logging
import logging.config
import os
import sys
import time

from .settings import InvalidSetting, Settings

SERVER = "azmlinfsrv"
FORM = "%(asctime)s %(levelname).1s [%(process)d] %(name)s - %(message)s"


def prepare(settings: Settings) -> None:
    """Follows a `logging.json` of the author's; else every logger that has no handler gets one.

    It is the handler of last resort, so a script's own `basicConfig` still counts. Levels stay
    Python's: warnings and worse, unless a script lowers them. The logger of Azure's server, which
    some scripts use, lets through what `AZUREML_LOG_LEVEL` says.
    Errors: `InvalidSetting` for a file or a level that cannot be used.
    """
    for folder in (settings.root, os.path.dirname(settings.script)):
        path = os.path.join(folder, "logging.json")
        if os.path.isfile(path):
            _follow(path)
            return
    handler = logging.StreamHandler(sys.stderr)
    formatter = logging.Formatter(FORM)
    formatter.converter = time.gmtime
    handler.setFormatter(formatter)
    logging.lastResort = handler
    try:
        logging.getLogger(SERVER).setLevel(settings.log_level)
    except ValueError as error:
        raise InvalidSetting(f"AZUREML_LOG_LEVEL: {error}") from error


def _follow(path: str) -> None:
    try:
        with open(path, encoding="utf-8") as file:
            logging.config.dictConfig(json.load(file))
    except (AttributeError, ImportError, TypeError, ValueError) as error:
        raise InvalidSetting(f"cannot follow '{path}': {error}") from error
