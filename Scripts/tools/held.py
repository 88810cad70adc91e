# Scorekeeper: a model-serving supervisor.
# SPDX-License-Identifier: Apache-2.0

"""What a process holds while bodies go through it: its own memory, and pages of long bodies."""

from __future__ import annotations

import os
import re
import threading
from pathlib import Path
from typing import List, Tuple

MEBIBYTE = 1 << 20
_LOOK_SECONDS = 0.02


def forget_peak(pid: int) -> None:
    """Has the kernel begin anew with the most that the process had resident."""
    Path(f"/proc/{pid}/clear_refs").write_text("5")


def peak_mebibytes(pid: int) -> float:
    """Most memory that the process had resident since then."""
    status = Path(f"/proc/{pid}/status").read_text(encoding="utf-8", errors="replace")
    found = re.search(r"VmHWM:\s+(\d+) kB", status)
    if found is None:
        raise ProcessLookupError(f"process {pid} has no memory")
    return int(found.group(1)) / 1024


def bodies(pid: int) -> List[int]:
    """The bytes of memory that each long body takes which the process holds open."""
    sizes = []
    for path in Path(f"/proc/{pid}/fd").iterdir():
        try:
            if "scorekeeper-body" in os.readlink(path):
                sizes.append(path.stat().st_blocks * 512)
        except OSError:
            continue  # It was closed meanwhile.
    return sizes


class Watch:
    """Looks at a process until it is told to stop."""

    def __init__(self, pid: int) -> None:
        self._pid = pid
        forget_peak(pid)
        self._before = peak_mebibytes(pid)
        self._most = 0
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._look)
        self._thread.start()

    def stop(self) -> Tuple[float, float]:
        """MiB that it grew by at most, and most MiB of long bodies that were seen."""
        self._ended.set()
        self._thread.join()
        return peak_mebibytes(self._pid) - self._before, self._most / MEBIBYTE

    def _look(self) -> None:
        while not self._ended.wait(_LOOK_SECONDS):
            self._most = max(self._most, sum(bodies(self._pid)))
