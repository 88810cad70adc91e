# Scorekeeper: a model-serving supervisor.
# SPDX-License-Identifier: Apache-2.0

"""Makes one executable file of a program, the kit and its extension.

    python3 -m scorekeeper_kit.bundle program.py program [more.py ...]

A scorer sees nothing of the machine but the file that was deployed and the system's Python: what
the program imports besides goes into the same file.
"""

from __future__ import annotations

import os
import sys
import zipfile
from typing import List

from .library import FILE, path

PACKAGE = os.path.dirname(os.path.abspath(__file__))


def bundle(program: str, target: str, more: List[str]) -> None:
    """Writes `target`: a zip archive that Python runs, with `program` as its main module."""
    with open(target, "wb") as file:
        file.write(b"#!/usr/bin/env python3\n")
        with zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as archive:
            archive.write(program, "__main__.py")
            for name in more:
                archive.write(name, os.path.basename(name))
            for name in sorted(os.listdir(PACKAGE)):
                if name.endswith(".py"):
                    archive.write(os.path.join(PACKAGE, name), f"scorekeeper_kit/{name}")
            archive.write(path(), f"scorekeeper_kit/{FILE}")
    os.chmod(target, 0o755)


if __name__ == "__main__":
    if len(sys.argv) < 3:
        sys.exit("usage: python3 -m scorekeeper_kit.bundle PROGRAM.py TARGET [MORE.py ...]")
    bundle(sys.argv[1], sys.argv[2], sys.argv[3:])
