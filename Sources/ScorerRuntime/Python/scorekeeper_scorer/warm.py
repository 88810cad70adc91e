# Scorekeeper: a model-serving supervisor.
# SPDX-License-Identifier: Apache-2.0

"""The warmed parent: its imports are done, and it forks a scorer for each packet it is sent.

It imports packages of the environment, never a model's code. A packet on the control socket brings
three descriptors: launch socket, lane, log. It answers ``{"forked": true}`` once the scorer is
forked, or ``{"error"}`` where nothing was.

Whatever this process has ever held, a scorer that it forks later can find in its own memory. So it
is told nothing of any scorer: the packet's words mean nothing, and the launch plan, with the
model's path and the variables, waits in the launch socket until the child takes it there.
"""

from __future__ import annotations

import array
import gc
import importlib
import json
import os
import socket
import sys
import time
from typing import Any, Dict, List, NoReturn, Sequence, Tuple

from . import extensions, fresh_start, serve
from .task import Task

CONTROL = 3
LONGEST_PACKET = 64


def run(modules: Sequence[str]) -> int:
    """Serves until the control socket closes.

    Returns: the exit code of the parent; a forked child never comes back from here.
    """
    control = socket.socket(fileno=CONTROL)
    launch = extensions.load("_launch")
    began = time.monotonic()
    gc.disable()
    _import_all(modules)
    # What was imported is never collected, so the children keep sharing its pages.
    gc.collect()
    gc.freeze()
    gc.enable()
    _send(control, {"warm": True, "seconds": round(time.monotonic() - began, 3)})
    while True:
        packet, descriptors = _receive(control)
        if not packet:
            return 0
        _fork(control, launch, descriptors)


def _import_all(modules: Sequence[str]) -> None:
    """Imports what it can: a module that is missing costs warmth, not the parent."""
    serve.prepare_mlflow()
    for name in modules:
        try:
            importlib.import_module(name)
        except Exception as error:
            text = f"cannot warm '{name}': {type(error).__name__}: {error}"
            print(f"scorekeeper: {text}", file=sys.stderr, flush=True)
    if "mlflow.pyfunc" in sys.modules:
        importlib.import_module(".ways", __package__)


def _fork(control: socket.socket, launch: Any, descriptors: List[int]) -> None:
    answer: Dict[str, Any] = {"forked": True}
    told = None
    try:
        plan, lane, log = descriptors
        told = launch.fork(plan, lane, log)
    except (OSError, ValueError) as error:
        answer = {"error": f"{type(error).__name__}: {error}"}
    if told is not None:
        _become_scorer(control, *told)
    for descriptor in descriptors:
        os.close(descriptor)
    # The scorer's pid is not known here: its init is the node's child and reports to the node.
    _send(control, answer)


def _become_scorer(
    control: socket.socket, arguments: List[str], variables: List[str]
) -> NoReturn:
    # All descriptors but 0 to 3 are closed, and the lane stands where the control socket stood:
    # forget the object, close nothing.
    control.detach()
    fresh_start.begin(dict(variable.split("=", 1) for variable in variables))
    serve.run(Task.read(arguments))


def _receive(control: socket.socket) -> Tuple[bytes, List[int]]:
    descriptors = array.array("i")
    room = socket.CMSG_SPACE(3 * descriptors.itemsize)
    flags = socket.MSG_CMSG_CLOEXEC
    packet, messages, _, _ = control.recvmsg(LONGEST_PACKET, room, flags)
    for level, kind, content in messages:
        if level == socket.SOL_SOCKET and kind == socket.SCM_RIGHTS:
            descriptors.frombytes(content[: len(content) - len(content) % descriptors.itemsize])
    return packet, list(descriptors)


def _send(control: socket.socket, message: Dict[str, Any]) -> None:
    control.send(json.dumps(message).encode("ascii"))
