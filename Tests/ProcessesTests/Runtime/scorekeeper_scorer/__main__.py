# Scorekeeper: a model-serving supervisor.
# SPDX-License-Identifier: Apache-2.0

"""The smallest runtime that keeps the contract between nodes and Python scorers.

A model is a folder with `main.py`, which is run as the scorer. As a warmed parent it imports what
it is told and forks one scorer for each packet.
"""

import array
import importlib
import importlib.machinery
import importlib.util
import json
import os
import runpy
import socket
import sys
from typing import Any, List

SUPPORT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))


def load_launch() -> Any:
    """Loads the extension from the support folder."""
    path = os.path.join(SUPPORT, "_launch.so")
    loader = importlib.machinery.ExtensionFileLoader("_launch", path)
    spec = importlib.util.spec_from_file_location("_launch", path, loader=loader)
    assert spec is not None
    module = importlib.util.module_from_spec(spec)
    loader.exec_module(module)
    return module


def serve(model: str) -> None:
    """Runs the model and leaves."""
    runpy.run_path(os.path.join(model, "main.py"), run_name="__main__")
    sys.exit(0)


def warm(modules: List[str]) -> None:
    """Imports, says so, then forks when asked."""
    control = socket.socket(fileno=3)
    launch = load_launch()
    for name in modules:
        importlib.import_module(name)
    control.send(json.dumps({"warm": True, "seconds": 0.0}).encode())
    while True:
        descriptors = array.array("i")
        packet, ancillary, _, _ = control.recvmsg(1 << 17, 256, socket.MSG_CMSG_CLOEXEC)
        if not packet:
            return
        for _, _, content in ancillary:
            descriptors.frombytes(content)
        told = launch.fork(*descriptors)
        if told is not None:
            arguments, variables = told
            control.detach()
            os.environ.clear()
            os.environ.update(dict(variable.split("=", 1) for variable in variables))
            serve(arguments[1])
        for descriptor in descriptors:
            os.close(descriptor)
        control.send(json.dumps({"forked": True}).encode())


if sys.argv[1] == "serve":
    serve(sys.argv[3])
else:
    warm(sys.argv[3:])
