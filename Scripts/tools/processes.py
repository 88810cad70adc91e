# Scorekeeper: a model-serving supervisor.
# SPDX-License-Identifier: Apache-2.0

"""What a tree of processes costs, read from /proc."""

from __future__ import annotations

import glob
import os
import threading
from typing import Dict, List, Optional, Tuple

TICKS = os.sysconf("SC_CLK_TCK")


def tree(root: int) -> List[int]:
    """The process and all its descendants that live now."""
    children: Dict[int, List[int]] = {}
    for name in os.listdir("/proc"):
        if name.isdigit():
            fields = _stat(int(name))
            if fields is not None:
                children.setdefault(int(fields[1]), []).append(int(name))
    found, ahead = [], [root]
    while ahead:
        pid = ahead.pop()
        found.append(pid)
        ahead += children.get(pid, [])
    return found


def cpu_seconds(pids: List[int]) -> float:
    """User and system time that the processes have used, their ended children's included."""
    total = 0
    for pid in pids:
        fields = _stat(pid)
        if fields is not None:
            total += sum(int(field) for field in fields[11:15])
    return total / TICKS


def memory_mebibytes(pids: List[int]) -> Dict[int, float]:
    """Proportional set size of each process: what is shared is divided among its sharers."""
    sizes = {}
    for pid in pids:
        try:
            with open(f"/proc/{pid}/smaps_rollup", encoding="ascii") as file:
                for line in file:
                    if line.startswith("Pss:"):
                        sizes[pid] = int(line.split()[1]) / 1024
        except OSError:
            continue  # It has ended, or it is a zombie: it holds nothing.
    return sizes


def wakes_per_second(pids: List[int], seconds: float) -> float:
    """How often threads of the processes are put on a core of their own accord, per second."""
    before = _voluntary_switches(pids)
    threading.Event().wait(seconds)
    return (_voluntary_switches(pids) - before) / seconds


def _voluntary_switches(pids: List[int]) -> int:
    total = 0
    for pid in pids:
        for path in glob.glob(f"/proc/{pid}/task/*/status"):
            try:
                with open(path, encoding="utf-8", errors="replace") as file:
                    for line in file:
                        if line.startswith("voluntary_ctxt_switches:"):
                            total += int(line.split()[1])
            except OSError:
                continue
    return total


def _stat(pid: int) -> Optional[Tuple[str, ...]]:
    """The fields of /proc/PID/stat from the state on; the name before it may hold anything."""
    try:
        with open(f"/proc/{pid}/stat", encoding="utf-8", errors="replace") as file:
            return tuple(file.read().rpartition(")")[2].split())
    except OSError:
        return None
