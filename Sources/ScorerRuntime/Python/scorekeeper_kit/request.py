# Scorekeeper: a model-serving supervisor.
# SPDX-License-Identifier: Apache-2.0

"""A request in hand."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING, Any, Dict, Optional, Tuple

from .answer import Answer

if TYPE_CHECKING:
    from .scorer import Scorer

NEVER = 2**64 - 1


class Request:
    """One request: it belongs to one thread at a time and is answered once.

    Whole by `answer` or `fail`, or in parts by `send` and `finish`. `body` is a view that is no
    more once it is answered: copy what you keep.
    """

    def __init__(self, scorer: "Scorer", taken: Tuple[int, int, bytes, memoryview, int]) -> None:
        self._scorer = scorer
        self._ticket, _, self._head, self.body, self._deadline = taken
        self.is_answered = False
        self.has_parts = False

    @property
    def line(self) -> str:
        """Method and target: ``POST /score``."""
        return self._head.partition(b"\n")[0].decode("utf-8", "replace")

    @property
    def headers(self) -> Dict[str, str]:
        """The header fields, by their names in lower case."""
        lines = self._head.decode("utf-8", "replace").split("\n")[1:]
        fields = (line.partition(":") for line in lines if line)
        return {name: value.strip() for name, _, value in fields}

    def json(self) -> Any:
        """The body, read as JSON; say `Scorer.expect_json`, and it is."""
        return json.loads(bytes(self.body))

    def tensor(self) -> memoryview:
        """The tensor that the scorer expects, with its shape; NumPy takes it without copying.

        Errors: `ValueError` where no tensor is expected.
        """
        letter, shape = self._scorer.form
        rows = self._scorer.library.rows(self._ticket)
        sizes = [rows if size is None else size for size in shape]
        return self.body.cast("B").cast(letter, sizes)

    @property
    def seconds_left(self) -> Optional[float]:
        """Until its deadline: 0 once that has passed, nothing where there is none."""
        if self._deadline == NEVER:
            return None
        return max(0.0, self._deadline / 1e9 - time.clock_gettime(time.CLOCK_MONOTONIC))

    @property
    def is_cancelled(self) -> bool:
        """Whether nobody wants the answer any more."""
        return not self.is_answered and bool(self._scorer.library.is_cancelled(self._ticket))

    def answer(self, answer: Answer) -> None:
        """Answers it whole.

        Errors: `ValueError` where it is answered already or the status is none, `EOFError` where
        gateway and node are gone.
        """
        library = self._scorer.library
        library.answer(self._ticket, answer.status, answer.head, answer.body)
        self.is_answered = True

    def fail(self, status: int, text: str) -> None:
        """Answers that it cannot be scored, in the words of the house; a status from 400 on."""
        self._scorer.library.fail(self._ticket, status, text)
        self.is_answered = True

    def send(self, part: Answer) -> bool:
        """Sends a part of the answer; waits while the client is slow.

        Shape: status and head count with the first part. False: nobody wants the rest.
        """
        wanted = self._scorer.library.part(self._ticket, part.status, part.head, part.body)
        self.has_parts = self.has_parts or wanted
        return bool(wanted)

    def finish(self) -> None:
        """Ends an answer in parts, one that nobody wanted from its first part on too."""
        self._scorer.library.answer(self._ticket, 200, b"", b"")
        self.is_answered = True
