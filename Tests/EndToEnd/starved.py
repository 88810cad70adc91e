# Scorekeeper: a model-serving supervisor.
# SPDX-License-Identifier: Apache-2.0

"""A group of the kernel's that gives whoever is put into it next to no time on a core."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Optional

# The longest period that there is, and the shortest time in it.
PERIOD_MICROSECONDS = 1_000_000
QUOTA_MICROSECONDS = 1_000
PLACES = (Path("/sys/fs/cgroup/cpu"), Path("/sys/fs/cgroup/cpu,cpuacct"), Path("/sys/fs/cgroup"))


class Starved:
    """Whoever is in it gets one millisecond a second."""

    def __init__(self, place: Path) -> None:
        self.home = place / "cgroup.procs"
        self.group = place / f"scorekeeper-starved-{os.getpid()}"
        self.group.mkdir()
        try:
            if (self.group / "cpu.max").exists():
                text = f"{QUOTA_MICROSECONDS} {PERIOD_MICROSECONDS}"
                (self.group / "cpu.max").write_text(text)
            else:
                (self.group / "cpu.cfs_period_us").write_text(str(PERIOD_MICROSECONDS))
                (self.group / "cpu.cfs_quota_us").write_text(str(QUOTA_MICROSECONDS))
        except OSError:
            self.group.rmdir()
            raise

    @staticmethod
    def make() -> Optional[Starved]:
        """A group, or nothing where this machine lets us make none."""
        for place in PLACES:
            if not (place / "cgroup.procs").exists():
                continue
            try:
                return Starved(place)
            except OSError:
                continue
        return None

    def take(self, pid: int) -> None:
        """Every thread of the process, and what it starts from now on."""
        (self.group / "cgroup.procs").write_text(str(pid))

    def throttled(self) -> int:
        """How often its time was up."""
        words = (self.group / "cpu.stat").read_text().split()
        return int(words[words.index("nr_throttled") + 1])

    def end(self) -> None:
        """Lets go of all in it; once it is over does nothing."""
        if not self.group.exists():
            return
        for pid in (self.group / "cgroup.procs").read_text().split():
            try:
                self.home.write_text(pid)
            except ProcessLookupError:
                continue
        self.group.rmdir()
