# Scorekeeper: a model-serving supervisor.
# SPDX-License-Identifier: Apache-2.0

"""The small corpora that the tests run: a file for each target, one input a line, in base64.

An input with a name before it was put there by a person, for what it once showed, and stays.
"""

from __future__ import annotations

import base64
from pathlib import Path
from typing import Iterable, List

HEAD = """\
# Scorekeeper: a model-serving supervisor.
# SPDX-License-Identifier: Apache-2.0

# Inputs for a fuzz target, one a line, in base64; one with a name was put there by a person.
"""


def unpack(corpus: Path, folder: Path) -> None:
    """Writes each input into a file of its own."""
    folder.mkdir(parents=True, exist_ok=True)
    for number, line in enumerate(_lines(corpus)):
        (folder / str(number)).write_bytes(base64.b64decode(line.split()[-1]))


def replace(corpus: Path, inputs: Iterable[bytes]) -> None:
    """Replaces all inputs without a name."""
    named = [line for line in _lines(corpus) if " " in line]
    others = sorted(base64.b64encode(one).decode("ascii") for one in inputs if one)
    corpus.parent.mkdir(parents=True, exist_ok=True)
    corpus.write_text(HEAD + "".join(f"{line}\n" for line in named + others), "ascii")


def _lines(corpus: Path) -> List[str]:
    if not corpus.exists():
        return []
    lines = corpus.read_text("ascii").splitlines()
    return [line for line in lines if line and not line.startswith("#")]
