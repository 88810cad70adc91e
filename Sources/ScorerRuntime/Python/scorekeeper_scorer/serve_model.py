# Scorekeeper: a model-serving supervisor.
# SPDX-License-Identifier: Apache-2.0

"""Serves one MLflow model over the lane."""

from __future__ import annotations

import traceback
from typing import Any

from . import failure, serve
from .exchange import Request
from .facts import Facts
from .task import Task

SUBJECT = "model"


class ServedModel:
    """A loaded model, its ways, and what is told of it."""

    def __init__(self, ways: Any, facts: Facts) -> None:
        self._ways = ways
        self._facts = facts

    def answer_until_drained(self, scorer: Any) -> None:
        """Takes one request at a time, or those that wait together where they can be merged.

        One that waits in the lane untaken can still go elsewhere.
        """
        ways, facts = self._ways, self._facts
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


def load(task: Task) -> ServedModel:
    """Loads the model and scores its own example.

    Errors: whatever loading it raises; `sentence` tells it to a person.
    """
    serve.prepare_mlflow()
    from . import example_check
    from .loaded_model import LoadedModel
    from .ways import Ways

    ways = Ways(LoadedModel.load(str(task.model)))
    if ways.why_not_fast:
        serve.say(f"every request goes the exact way: {ways.why_not_fast}")
    facts = Facts()
    example = example_check.run(ways.model, ways.answer)
    serve.say(example_check.sentence(example))
    facts.update(**example)
    return ServedModel(ways, facts)


def sentence(error: BaseException, task: Task) -> str:
    """Why the model cannot be loaded."""
    return failure.sentence(error, str(task.model))


def stack(error: BaseException) -> str:
    """The traceback for the log."""
    return "".join(traceback.format_exception(type(error), error, error.__traceback__))
