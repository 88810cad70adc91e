# Scorekeeper: a model-serving supervisor.
# SPDX-License-Identifier: Apache-2.0

"""``debug``: a script behind a small HTTP server on this machine alone, loaded again when saved.

The routes and answers are those of a deployment; tracebacks come back in the answer too. There is
no isolation and no gateway here.
"""

from __future__ import annotations

import argparse
import importlib
import os
import sys
from typing import List, NamedTuple, Optional

from .. import serve
from ..task import Task
from . import debug_server, settings
from .reloading import Reloading

PORT = 5001
DEBUGGER_PORT = 5678


class DebugWords(NamedTuple):
    """What the command line says."""

    task: Task
    port: int
    debugger_port: Optional[int]


def read(words: List[str]) -> DebugWords:
    """Reads the command line.

    Errors: leaves the process with code 2.
    """
    parser = argparse.ArgumentParser(prog="scorekeeper debug", allow_abbrev=False)
    parser.add_argument("--script", required=True, metavar="PATH")
    parser.add_argument("--source-directory", metavar="DIR", help="the script's folder by itself")
    parser.add_argument("--model-dir", metavar="PATH", help="what AZUREML_MODEL_DIR says")
    parser.add_argument("--port", type=int, default=PORT, help="0: any that is free")
    parser.add_argument("--wait-for-debugger", action="store_true")
    parser.add_argument("--debugger-port", type=int, default=DEBUGGER_PORT)
    said = parser.parse_args(words)
    script = os.path.abspath(said.script)
    folder = os.path.abspath(said.source_directory or os.path.dirname(script))
    task = Task(None, script, folder, said.model_dir)
    return DebugWords(task, said.port, said.debugger_port if said.wait_for_debugger else None)


def run(words: List[str]) -> int:
    """Serves until it is interrupted.

    Returns: the exit code: 1 where it cannot begin.
    """
    said = read(words)
    if not os.path.isfile(str(said.task.script)):
        serve.say(f"there is no script '{said.task.script}'")
        return 1
    if said.debugger_port is not None and not _await_debugger(said.debugger_port):
        return 1
    os.environ.update(settings.variables(said.task))
    os.environ.setdefault("WORKER_COUNT", "1")
    os.chdir(str(said.task.source_directory))
    try:
        server = debug_server.DebugServer(said.port, Reloading(said.task))
    except OSError as error:
        serve.say(f"cannot listen on port {said.port}: {error}; name another with --port")
        return 1
    with server:
        serve.say(f"score with: curl -d @request.json http://127.0.0.1:{server.port}/score")
        try:
            server.serve()
        except KeyboardInterrupt:
            pass
    return 0


def _await_debugger(port: int) -> bool:
    """Whether an editor has attached."""
    try:
        debugger = importlib.import_module("debugpy")
    except ImportError:
        serve.say(
            f"cannot wait for a debugger: '{sys.executable}' has no package 'debugpy';"
            " add it to the environment, or leave --wait-for-debugger away"
        )
        return False
    try:
        debugger.listen(("127.0.0.1", port))
    except (OSError, RuntimeError) as error:
        serve.say(f"cannot listen for a debugger on port {port}: {error}")
        return False
    serve.say(f"waiting for a debugger on 127.0.0.1:{port}")
    debugger.wait_for_client()
    return True
