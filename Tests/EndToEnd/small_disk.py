# Scorekeeper: a model-serving supervisor.
# SPDX-License-Identifier: Apache-2.0

"""A disk of a test's own, small enough to be filled; it takes root to have one."""

from __future__ import annotations

import subprocess
import unittest
from pathlib import Path


def mount(folder: Path, mebibytes: int) -> None:
    """Makes the folder such a disk.

    Errors: `SkipTest` where this machine does not let one be mounted.
    """
    size = f"size={mebibytes}m,mode=700"
    command = ["mount", "-t", "tmpfs", "-o", size, "scorekeeper-test", str(folder)]
    done = subprocess.run(command, stderr=subprocess.PIPE)
    if done.returncode != 0:
        told = done.stderr.decode("utf-8", "replace").strip()
        raise unittest.SkipTest(f"a disk of its own cannot be mounted: {told}")


def unmount(folder: Path) -> None:
    """Takes the small disk away; what still runs there keeps it until it ends."""
    if folder.is_mount():
        subprocess.run(["umount", "--lazy", str(folder)], check=True)
