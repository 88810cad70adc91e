# Scorekeeper: a model-serving supervisor.
# SPDX-License-Identifier: Apache-2.0

"""A script's failure: in one sentence with its line, and whole for the log."""

from __future__ import annotations

import os
import sys
import traceback
from types import TracebackType
from typing import Optional

from .. import failure

_RUNTIME = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "")


def sentence(error: BaseException, root: str) -> str:
    """The exception and the innermost line of it that lies in the script's folder."""
    if isinstance(error, SyntaxError) and error.filename and not _own_frames(error):
        name = os.path.relpath(error.filename, root)
        return f"{type(error).__name__}: {error.msg} ({name}:{error.lineno})"
    return failure.sentence(error.with_traceback(_own_frames(error)), root)


def stack(error: BaseException) -> str:
    """The traceback from the first line on that is not the runtime's own."""
    frames = _own_frames(error)
    return "".join(traceback.format_exception(type(error), error, frames))


def tell(error: BaseException, root: str, what: str) -> str:
    """Writes the failure to the log.

    Returns: the traceback.
    """
    told = stack(error)
    line = sentence(error, root)
    print(f"scorekeeper: {what}: {line}\n{told}", file=sys.stderr, flush=True)
    return told


def _own_frames(error: BaseException) -> Optional[TracebackType]:
    """The traceback without the frames of the runtime and of importing that lead to the script."""
    frames = error.__traceback__
    while frames is not None:
        path = frames.tb_frame.f_code.co_filename
        if not path.startswith("<frozen") and not os.path.abspath(path).startswith(_RUNTIME):
            break
        frames = frames.tb_next
    return frames
