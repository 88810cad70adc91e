# Scorekeeper: a model-serving supervisor.
# SPDX-License-Identifier: Apache-2.0

"""A failure inside the model's code while it scored."""

from __future__ import annotations

import sys
import traceback

from . import failure


class ModelFailure(Exception):
    """What the model's code raised; `stack` is for the log and for those who asked to see it."""

    def __init__(self, sentence: str, stack: str) -> None:
        super().__init__(sentence)
        self.stack = stack

    @classmethod
    def of(cls, error: BaseException, model_directory: str) -> "ModelFailure":
        """The failure, told to the model's log on the way."""
        stack = "".join(traceback.format_exception(type(error), error, error.__traceback__))
        sentence = failure.sentence(error, model_directory)
        print(f"scorekeeper: the model failed: {sentence}\n{stack}", file=sys.stderr, flush=True)
        return cls(sentence, stack)
