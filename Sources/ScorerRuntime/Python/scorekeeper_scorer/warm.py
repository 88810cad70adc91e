# Scorekeeper: a model-serving supervisor.
# SPDX-License-Identifier: Apache-2.0

"""The warmed parent: its imports are done, and it forks a scorer for each packet it is sent.

It imports packages of the environment, never a model's code. Each packet on the control socket is
JSON ``{"run", "model", "variables"}`` with three descriptors: launch plan, lane, log. It answers
``{"run"}`` once the scorer is forked, or ``{"run", "error"}`` where nothing was.
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
from typing import Any, Dict, List, NoReturn, Optional, Sequence, Tuple

from . import extensions, fresh_start, serve

CONTROL = 3
LONGEST_PACKET = 256 * 1024
IN_THE_CHILD = -1


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
        if packet is None:
            return 0
        _fork(control, launch, packet, descriptors)


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


def _fork(control: socket.socket, launch: Any, packet: bytes, descriptors: List[int]) -> None:
    order: Dict[str, Any] = {}
    try:
        order = json.loads(packet)
        plan, lane, log = descriptors
        result = launch.fork(plan, lane, log)
    except (OSError, ValueError) as error:
        result = None
        _send(control, {"run": order.get("run"), "error": f"{type(error).__name__}: {error}"})
    if result == IN_THE_CHILD:
        _become_scorer(control, order)
    for descriptor in descriptors:
        os.close(descriptor)
    if result is not None:
        # The scorer's pid is not known here: its init is the node's child and reports to the node.
        _send(control, {"run": order["run"]})


def _become_scorer(control: socket.socket, order: Dict[str, Any]) -> NoReturn:
    # All descriptors but 0 to 3 are closed, and the lane stands where the control socket stood:
    # forget the object, close nothing.
    control.detach()
    fresh_start.begin(order["variables"])
    serve.run(order["model"])


def _receive(control: socket.socket) -> Tuple[Optional[bytes], List[int]]:
    descriptors = array.array("i")
    room = socket.CMSG_SPACE(3 * descriptors.itemsize)
    flags = socket.MSG_CMSG_CLOEXEC
    packet, messages, _, _ = control.recvmsg(LONGEST_PACKET, room, flags)
    for level, kind, content in messages:
        if level == socket.SOL_SOCKET and kind == socket.SCM_RIGHTS:
            descriptors.frombytes(content[: len(content) - len(content) % descriptors.itemsize])
    return (packet or None), list(descriptors)


def _send(control: socket.socket, message: Dict[str, Any]) -> None:
    control.send(json.dumps(message).encode("ascii"))
