# Scorekeeper: a model-serving supervisor.
# SPDX-License-Identifier: Apache-2.0

"""Kills a C scorer over and over, and looks what is left of it in each process of the server."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from pathlib import Path
from typing import Any, Dict, List, NamedTuple

import processes
from server import Server, ServerFailed

INSTANCES = 20
KILLS_EACH = 5
"""Whoever dies more often is started ever more slowly: after so many there is a new endpoint."""
PATIENCE_SECONDS = 120.0


class Holdings(NamedTuple):
    """What a process holds that must not grow."""

    descriptors: int
    threads: int
    mounts: int
    children: int


def holdings(pid: int) -> Holdings:
    """What the process holds now."""
    with open(f"/proc/{pid}/mountinfo", "rb") as file:
        mounts = len(file.readlines())
    return Holdings(
        len(os.listdir(f"/proc/{pid}/fd")),
        len(os.listdir(f"/proc/{pid}/task")),
        mounts,
        len(processes.tree(pid)) - 1,
    )


def groups(server: Server) -> int:
    """How many cgroups the server's first node has, its own and its runs'."""
    # The node names its own by where it listens; see NodePlace.swift.
    code = 0xCBF29CE484222325
    for byte in str(server.state / "run" / "node-1.sock").encode():
        code = (code ^ byte) * 0x100000001B3 % (1 << 64)
    name = f"scorekeeper-{code:x}"
    return sum(1 + len(folders) for folders in _folders_in(name))


def _folders_in(name: str) -> List[List[str]]:
    found = []
    for top, folders, _ in os.walk("/sys/fs/cgroup"):
        if os.path.basename(top) == name:
            found.append(list(folders))
            folders[:] = []
    return found


def members(server: Server) -> Dict[str, int]:
    """The server's own processes by name."""
    status = server.status()
    return {
        "supervisor": int(status["server"]["pid"]),
        "gateway": int(status["gateway"]["pid"]),
        "node": int(status["nodes"][0]["pid"]),
    }


def memory(server: Server) -> Dict[str, float]:
    """MiB of each of them."""
    named = members(server)
    sizes = processes.memory_mebibytes(list(named.values()))
    return {name: sizes.get(pid, 0.0) for name, pid in named.items()}


def all_holdings(server: Server) -> Dict[str, Holdings]:
    """What each of the server's own processes holds."""
    return {name: holdings(pid) for name, pid in members(server).items()}


def kill_round(server: Server, name: str) -> int:
    """Deploys, kills every scorer so often, deletes; returns how many were killed."""
    program = server.program.parent / "support" / "escape-scorer"
    _deploy(server, name, program)
    killed = 0
    for _ in range(KILLS_EACH):
        pids = _serving(server, name, set())
        for pid in pids:
            os.kill(pid, signal.SIGKILL)
        killed += len(pids)
        _serving(server, name, set(pids))
    server.run("delete", name)
    _wait(f"the end of '{name}'", lambda: server.deployment(name) is None)
    return killed


def _deploy(server: Server, name: str, program: Path) -> None:
    command = [str(server.program), "deploy", "--state", str(server.state)]
    command += ["--scorer", str(program), "--name", name, "--instances", str(INSTANCES)]
    command += ["--", "victim"]
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    if done.returncode != 0:
        raise ServerFailed(done.stdout.decode("utf-8", "replace"))


def _serving(server: Server, name: str, gone: "set[int]") -> List[int]:
    """The pids of all instances, once all serve and none is one of those that are gone."""

    def look() -> List[int]:
        instances = (server.deployment(name) or {}).get("instances", [])
        pids = [int(one["pid"]) for one in instances if one["state"] == "serving"]
        return pids if len(pids) == INSTANCES and not gone.intersection(pids) else []

    found: List[int] = _wait(f"all instances of '{name}'", look)
    return found


def _wait(subject: str, look: Any) -> Any:
    end = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < end:
        found = look()
        if found:
            return found
        time.sleep(0.02)
    raise ServerFailed(f"{subject} did not come")
