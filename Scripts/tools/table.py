# Scorekeeper: a model-serving supervisor.
# SPDX-License-Identifier: Apache-2.0

"""A table for a terminal that is also Markdown."""

from __future__ import annotations

import os
from typing import List, Sequence


def show(title: str, header: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Prints the title, then the table."""
    cells = [list(header), *[list(row) for row in rows]]
    widths = [max(len(row[column]) for row in cells) for column in range(len(header))]
    print(f"\n{title}\n")
    print(_line(cells[0], widths))
    print("|" + "|".join("-" * (width + 2) for width in widths) + "|")
    for row in cells[1:]:
        print(_line(row, widths))


def machine() -> str:
    """What the figures were taken on, in one line."""
    load = os.getloadavg()[0]
    return f"{os.cpu_count()} cores, Linux {os.uname().release}, load average before: {load:.2f}"


def _line(row: List[str], widths: List[int]) -> str:
    return "| " + " | ".join(cell.ljust(width) for cell, width in zip(row, widths)) + " |"
