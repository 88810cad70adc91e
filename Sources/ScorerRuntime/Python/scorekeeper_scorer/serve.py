# Scorekeeper: a model-serving supervisor.
# SPDX-License-Identifier: Apache-2.0

"""One scorer's life: attach to the lane, load what is served, answer until told to drain."""

from __future__ import annotations

import faulthandler
import gc
import io
import os
import sys
import time
import traceback
from typing import Any, NoReturn, Protocol

from . import extensions
from .task import Task

DRAINED = 0
LOAD_FAILED = 3
LANE_LOST = 4


class Served(Protocol):
    """What a task's module makes of it once it is loaded."""

    def answer_until_drained(self, scorer: Any) -> None:
        """Takes requests and answers them, until there will be no more."""


def run(task: Task) -> NoReturn:
    """Never returns: the process leaves with the exit code that says how it ended.

    It leaves at once, without waiting for threads that the model's code may have left running:
    by then every answer has been handed over.
    """
    code = LANE_LOST
    try:
        code = _live(task)
    except EOFError:
        say("the lane is gone: neither gateway nor node is there")
    except BaseException:
        traceback.print_exc()
        code = 1
    finally:
        leave(code)


def leave(code: int) -> NoReturn:
    """Ends the process at once, whatever other threads do."""
    _flush()
    os._exit(code)


def prepare_output() -> None:
    """Model code's lines reach the log as they are written, whatever characters they hold."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(
                encoding="utf-8", errors="backslashreplace", line_buffering=True
            )


def show_crashes() -> None:
    """Has the Python lines written to the log at which native code crashes."""
    try:
        faulthandler.enable()
    except (AttributeError, OSError, RuntimeError, ValueError):
        pass  # Standard error is not ours to write to; a crash is then told by its signal alone.


def prepare_mlflow() -> None:
    """What MLflow should know before it is imported: it serves, and it calls nobody."""
    os.environ.setdefault("MLFLOW_DISABLE_TELEMETRY", "true")
    os.environ.setdefault("_MLFLOW_IS_IN_SERVING_ENVIRONMENT", "true")


def say(text: str) -> None:
    """A line of ours in the scorer's log."""
    print(f"scorekeeper: {text}", file=sys.stderr, flush=True)


def _live(task: Task) -> int:
    scorer = extensions.load("_scorer")
    scorer.attach(int(os.environ.get("SCOREKEEPER_LANE_FD", "3")))
    began = time.monotonic()
    loading: Any
    if task.script is None:
        from . import serve_model as loading
    else:
        from .script import serve_script as loading
    show_crashes()
    try:
        served: Served = loading.load(task)
    except BaseException as error:
        sys.stderr.write(loading.stack(error))
        text = loading.sentence(error, task)
        say(f"cannot load the {loading.SUBJECT}: {text}")
        scorer.failed(text)
        return LOAD_FAILED
    say(f"the {loading.SUBJECT} is loaded after {time.monotonic() - began:.2f} s")
    # A full collection would walk every module and the model, tens of milliseconds in the middle of
    # a request, and find nothing: what is here now stays.
    gc.freeze()
    scorer.ready()
    served.answer_until_drained(scorer)
    return DRAINED


def _flush() -> None:
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except (OSError, ValueError):
            pass  # Nobody reads the log any more; there is nothing left to tell.
