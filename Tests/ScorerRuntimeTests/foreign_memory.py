# Scorekeeper: a model-serving supervisor.
# SPDX-License-Identifier: Apache-2.0

"""Looks into another process, as that process could look into itself."""

from __future__ import annotations

from typing import Iterator, Tuple

PIECE = 16 << 20


def mapped(pid: int) -> str:
    """The kernel's list of what the process has mapped."""
    with open(f"/proc/{pid}/maps", encoding="utf-8", errors="surrogateescape") as file:
        return file.read()


def holds(pid: int, wanted: bytes) -> bool:
    """Whether `wanted` stands anywhere in the memory that the process can read.

    Errors: `PermissionError` where this process may not look.
    """
    with open(f"/proc/{pid}/mem", "rb", buffering=0) as memory:
        for first, end in _readable(pid):
            kept = b""
            for at in range(first, end, PIECE):
                try:
                    memory.seek(at)
                    kept += memory.read(min(PIECE, end - at))
                except (OSError, OverflowError):
                    break  # Beyond a file's end, or a page of the kernel's.
                if wanted in kept:
                    return True
                kept = kept[-len(wanted) :]
    return False


def _readable(pid: int) -> Iterator[Tuple[int, int]]:
    for line in mapped(pid).splitlines():
        span, rights = line.split()[:2]
        if "r" in rights:
            first, end = span.split("-")
            yield int(first, 16), int(end, 16)
