# Scorekeeper: a model-serving supervisor.
# SPDX-License-Identifier: Apache-2.0

"""Keeps header and library of a version as they are now: freeze.py VERSION.

Run once, when the version is released. The library becomes one file: what it includes is written
in its place, but for the two headers that a scorer's author has.
"""

from __future__ import annotations

import re
import shutil
import sys
from pathlib import Path
from typing import Set

HERE = Path(__file__).resolve().parent
SOURCES = HERE.parents[1] / "Sources" / "CScorerABI"
HEADERS = ("scorer.h", "scorer_abi.h")
INCLUDE = re.compile(r'^#include "(.+)"\n', re.MULTILINE)


def in_one(file: Path, seen: Set[Path]) -> str:
    """The file's text, with what it includes written in its place once."""
    seen.add(file)

    def replace(match: "re.Match[str]") -> str:
        included = (file.parent / match[1]).resolve()
        if included.name in HEADERS:
            return match[0]
        return "" if included in seen else in_one(included, seen)

    return INCLUDE.sub(replace, file.read_text(encoding="utf-8"))


def main(version: str) -> None:
    """Writes the folder of that version, which must not be there yet."""
    folder = HERE / version
    folder.mkdir()
    for name in HEADERS:
        shutil.copyfile(SOURCES / "include" / name, folder / name)
    library = in_one(SOURCES / "libscorer.c", set())
    (folder / "libscorer.c").write_text(library, encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1])
