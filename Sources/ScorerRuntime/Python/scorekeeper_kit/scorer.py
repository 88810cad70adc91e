# Scorekeeper: a model-serving supervisor.
# SPDX-License-Identifier: Apache-2.0

"""The scorer: how it works, and its loop."""

from __future__ import annotations

import json
import os
import sys
import threading
import traceback
from typing import Any, Callable, Iterator, List, Optional, Sequence, Tuple

from .answer import Answer, Refusal
from .library import load
from .request import Request

# Of `struct scorer_tensor`; and the letters of `memoryview` and of the module `array`.
ELEMENTS = {
    "float64": (1, "d"), "float32": (2, "f"), "int64": (3, "q"), "int32": (4, "i"),
    "int16": (5, "h"), "int8": (6, "b"), "uint64": (7, "Q"), "uint32": (8, "I"),
    "uint16": (9, "H"), "uint8": (10, "B"), "bool": (11, "?"),
}  # fmt: skip

GONE = 4

Handler = Callable[[Request], Optional[Answer]]


class Scorer:
    """The scorer's end of its lane, attached; a process has one."""

    def __init__(self, library: Any) -> None:
        self.library = library
        self._form: Optional[Tuple[str, Sequence[Optional[int]]]] = None

    # How it works: said before `ready`.

    @property
    def allowed_calls(self) -> int:
        """Calls of the model at once that the deployment allows."""
        return int(self.library.calls())

    def threads(self, count: int) -> None:
        """Says on how many requests it works at once; `serve` says so itself."""
        self.library.threads(count)

    def shares(self, most: int) -> None:
        """Says how many requests one call of the model may have: `take` brings them together."""
        self.library.shares(most)

    def tell(self, facts: Any) -> None:
        """Tells facts about the model for `scorekeeper status`: JSON of at most 4,096 bytes."""
        self.library.tell(json.dumps(facts).encode())

    def expect_json(self) -> None:
        """Expects JSON: other requests are refused before they are taken."""
        self.library.expect_json()

    def expect_tensor(self, element: str, shape: Sequence[Optional[int]]) -> None:
        """Expects a tensor: `Request.tensor` shows it, other requests are refused.

        Shape: `element` as NumPy names it, one to eight dimensions, at most one of them `None`.
        Errors: `KeyError` and `ValueError` for others.
        """
        number, letter = ELEMENTS[element]
        sizes = tuple(-1 if size is None else size for size in shape)
        self.library.expect_tensor(number, *sizes)
        self._form = (letter, tuple(shape))

    @property
    def form(self) -> Tuple[str, Sequence[Optional[int]]]:
        """Letter and shape of the tensor that is expected.

        Errors: `ValueError` where none is.
        """
        if self._form is None:
            raise ValueError("no tensor is expected; say so with expect_tensor")
        return self._form

    def ready(self) -> None:
        """Says that requests may come."""
        self.library.ready()

    def failed(self, reason: str) -> None:
        """Says why it cannot start."""
        self.library.failed(reason)

    # Requests.

    def take(self, most: int = 1) -> List[Request]:
        """Waits for a request, and takes up to `most` that may share a call of the model.

        Shape: none once it was told to leave.
        Errors: `EOFError` where gateway and node are gone.
        """
        return [Request(self, taken) for taken in self.library.take(most) or []]

    def __iter__(self) -> Iterator[Request]:
        """One request after the other, until it is told to leave."""
        while True:
            taken = self.take()
            if not taken:
                return
            yield taken[0]

    def serve(self, answer: Handler, threads: int = 1) -> None:
        """Says ready and answers requests until it is told to leave.

        Shape: `answer` runs on so many threads at once; where it answers nothing, it has answered
        the request itself. The process ends with code 4 where gateway and node are gone.
        """
        self.threads(threads)
        self.ready()
        helpers = [
            threading.Thread(target=self._work, args=(answer,), daemon=True)
            for _ in range(threads - 1)
        ]
        for helper in helpers:
            helper.start()
        self._work(answer)
        for helper in helpers:
            helper.join()

    def _work(self, answer: Handler) -> None:
        try:
            for request in self:
                self._score(answer, request)
        except EOFError:
            sys.stderr.flush()
            os._exit(GONE)

    @staticmethod
    def _score(answer: Handler, request: Request) -> None:
        try:
            result = answer(request)
            if result is not None:
                request.answer(result)
        except EOFError:
            raise
        except Refusal as refusal:
            _end(request, refusal.status, refusal.text)
        except Exception as error:
            traceback.print_exc()
            _end(request, 500, f"{type(error).__name__}: {error}")
        else:
            if not request.is_answered:
                _end(request, 500, "the scorer let the request go unanswered")

    # Figures of the server's /metrics.

    def count(self, name: str, by: float = 1.0) -> None:
        """Adds to a counter.

        Errors: `ValueError` for a name that Prometheus does not know or that is a gauge's, for a
        65th name, for a number below zero.
        """
        self.library.metric_add(name, by)

    def gauge(self, name: str, value: float) -> None:
        """Sets a gauge."""
        self.library.metric_set(name, value)


def _end(request: Request, status: int, text: str) -> None:
    if request.has_parts and not request.is_answered:
        request.finish()
    elif not request.is_answered:
        request.fail(status, text)


def attach(descriptor: Optional[int] = None) -> Scorer:
    """Waits for the gateway's greeting on the lane's socket, which the environment names.

    Errors: `EOFError` where nobody is at its other end, `RuntimeError` for another version,
    `OSError` where there is no lane, as when the program is run by hand.
    """
    library = load()
    try:
        library.attach(-1 if descriptor is None else descriptor)
    except OSError as error:
        raise OSError(
            "cannot attach: this process was given no lane; deploy the program, or try it with "
            "'scorekeeper debug --scorer PROGRAM'"
        ) from error
    return Scorer(library)
