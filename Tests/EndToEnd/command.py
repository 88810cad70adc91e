# Scorekeeper: a model-serving supervisor.
# SPDX-License-Identifier: Apache-2.0

"""Subcommands as a person types them: what they print, and what they leave with."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from typing import Any, Dict, List, NamedTuple, Optional, Union

from harness import program

PATIENCE_SECONDS = 90.0

# Exit statuses, as `scorekeeper --help` tells them.
DONE = 0
FAILED = 1
BAD_INPUT = 2
NO_SERVER = 3
NOT_FOUND = 4
NO_ROOM = 5
NO_COMMAND = 64


class Done(NamedTuple):
    """How a subcommand ended."""

    code: int
    out: str
    err: str

    @property
    def content(self) -> Any:
        """What it printed for programs."""
        return json.loads(self.out)


def variables(**more: str) -> Dict[str, str]:
    """Our own environment, without a word about where a server is."""
    known = {name: value for name, value in os.environ.items() if name != "SCOREKEEPER_STATE"}
    return {**known, **more}


def line(*arguments: Union[str, Path], state: Optional[Path] = None) -> List[str]:
    """A subcommand's words; `state` is the server that is meant."""
    meant = [] if state is None else ["--state", str(state)]
    return [str(program()), *map(str, arguments), *meant]


def run(
    *arguments: Union[str, Path],
    state: Optional[Path] = None,
    env: Optional[Dict[str, str]] = None,
    stdin: bytes = b"",
    patience: float = PATIENCE_SECONDS,
) -> Done:
    """Runs a subcommand to its end; `state` is the server that is meant."""
    done = subprocess.run(
        line(*arguments, state=state),
        input=stdin,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=variables() if env is None else env,
        timeout=patience,
    )
    out, err = (text.decode("utf-8", "replace") for text in (done.stdout, done.stderr))
    return Done(done.returncode, out, err)
