# Scorekeeper: a model-serving supervisor.
# SPDX-License-Identifier: Apache-2.0

"""One scorer's life: attach to the lane, load the model, answer until told to drain."""

from __future__ import annotations

import gc
import io
import os
import sys
import time
import traceback
from typing import Any, NoReturn

from . import extensions, failure
from .exchange import Request
from .facts import Facts

DRAINED = 0
LOAD_FAILED = 3
LANE_LOST = 4


def run(model_directory: str) -> NoReturn:
    """Never returns: the process leaves with the exit code that says how it ended.

    It leaves at once, without waiting for threads that the model's code may have left running:
    by then every answer has been handed over.
    """
    code = LANE_LOST
    try:
        code = _live(model_directory)
    except EOFError:
        _say("the lane is gone: neither gateway nor node is there")
    except BaseException:
        traceback.print_exc()
        code = 1
    finally:
        _flush()
        os._exit(code)


def prepare_output() -> None:
    """Model code's lines reach the log as they are written, whatever characters they hold."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(
                encoding="utf-8", errors="backslashreplace", line_buffering=True
            )


def prepare_mlflow() -> None:
    """What MLflow should know before it is imported: it serves, and it calls nobody."""
    os.environ.setdefault("MLFLOW_DISABLE_TELEMETRY", "true")
    os.environ.setdefault("_MLFLOW_IS_IN_SERVING_ENVIRONMENT", "true")


def _live(model_directory: str) -> int:
    scorer = extensions.load("_scorer")
    scorer.attach(int(os.environ.get("SCOREKEEPER_LANE_FD", "3")))
    prepare_mlflow()
    began = time.monotonic()
    try:
        from . import example_check
        from .loaded_model import LoadedModel
        from .ways import Ways

        ways = Ways(LoadedModel.load(model_directory))
    except BaseException as error:
        traceback.print_exc()
        text = failure.sentence(error, model_directory)
        _say(f"cannot load the model: {text}")
        scorer.failed(text)
        return LOAD_FAILED
    _say(f"the model is loaded after {time.monotonic() - began:.2f} s")
    if ways.why_not_fast:
        _say(f"every request goes the exact way: {ways.why_not_fast}")
    facts = Facts()
    example = example_check.run(ways.model, ways.answer)
    _say(example_check.sentence(example))
    facts.update(**example)
    # A full collection would walk every module and the model, tens of milliseconds in the middle of
    # a request, and find nothing: what is here now stays.
    gc.freeze()
    scorer.ready()
    _answer_until_drained(scorer, ways, facts)
    return DRAINED


def _answer_until_drained(scorer: Any, ways: Any, facts: Facts) -> None:
    """Takes one request at a time, or those that wait together where they can be merged.

    One that waits in the lane untaken can still go elsewhere.
    """
    shared = 1
    while True:
        if facts.is_due():
            facts.update(**ways.facts())
            facts.flush(scorer)
        if ways.takes != shared:
            shared = ways.takes
            scorer.shares(shared)
        taken = scorer.take(shared)
        if taken is None:
            return
        requests = []
        for _, _, head, body, _ in taken:
            requests.append(Request.from_lane(head, body))
            body.release()
        for position, reply in ways.answer_all(requests):
            scorer.answer(taken[position][0], reply.status, reply.head, reply.body)
        ways.between_requests()


def _say(text: str) -> None:
    print(f"scorekeeper: {text}", file=sys.stderr, flush=True)


def _flush() -> None:
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except (OSError, ValueError):
            pass  # Nobody reads the log any more; there is nothing left to tell.
