# Scorekeeper: a model-serving supervisor.
# SPDX-License-Identifier: Apache-2.0

"""The sides that answer: this runtime in this process, and Azure's server as it was recorded."""

from __future__ import annotations

import base64
import contextlib
import io
import json
import os
import sys
from typing import Any, Dict, Iterator

from scorekeeper_scorer.script import service
from scorekeeper_scorer.script.request import Request
from scorekeeper_scorer.script.settings import Settings, variables
from scorekeeper_scorer.task import Task

from .case import FAILS, PROBE, STARTS, VARIABLES, Case, Reply
from .cases import SCRIPTS

RECORDED = os.path.join(os.path.dirname(os.path.abspath(__file__)), "server_answers.json")


class OurSide:
    """This runtime on one script, without a gateway in front of it."""

    def __init__(self, script: str) -> None:
        folder = os.path.join(SCRIPTS, script)
        task = Task(None, "score.py", folder, os.path.join(folder, "model"))
        said = {**variables(task), **VARIABLES.get(script, {})}
        os.environ.update(said)
        self.failure = ""
        try:
            settings = Settings.read(task, said)
            self._service = service.start(settings, is_alone=True)
        except BaseException as error:
            self.failure = f"{type(error).__name__}: {error}"

    def answer(self, case: Case) -> Reply:
        """What we answer, as a client is sent it."""
        if case.method == PROBE or self.failure:
            return FAILS if self.failure else STARTS
        fields = list(case.sent) + [("host", "localhost")]
        if case.written or case.method in ("POST", "PUT"):
            fields.append(("content-length", str(len(case.written))))
        lines = "".join(f"{name.lower()}: {value}\n" for name, value in fields)
        head = f"{case.method} {case.target}\n{lines}".encode("utf-8")
        reply = self._service.answer(Request(head, memoryview(case.written)))
        body = bytes(reply.body) if reply.parts is None else b"".join(reply.parts)
        sent = [line.split(": ", 1) for line in reply.head.decode("latin-1").splitlines()]
        return Reply.of(
            reply.status,
            [(name, value) for name, value in sent],
            b"" if case.method == "HEAD" else body,
        )


class RecordedSide:
    """Azure's server, as `Scripts/compare-script-servers --record` wrote it down."""

    def __init__(self) -> None:
        with open(RECORDED, encoding="utf-8") as file:
            self._answers: Dict[str, Any] = json.load(file)["answers"]

    def answer(self, case: Case) -> Reply:
        """What Azure's server answered.

        Errors: `KeyError` for a request that was not there when it was asked.
        """
        told = self._answers[case.script][case.name]
        body = told["text"].encode("utf-8") if "text" in told else base64.b64decode(told["base64"])
        return Reply(told["status"], [tuple(pair) for pair in told["fields"]], body)


@contextlib.contextmanager
def hushed() -> Iterator[None]:
    """Nothing of what the scripts say reaches the terminal; environment and path stay theirs."""
    before, path = dict(os.environ), list(sys.path)
    try:
        with contextlib.redirect_stderr(io.StringIO()), contextlib.redirect_stdout(io.StringIO()):
            yield
    finally:
        os.environ.clear()
        os.environ.update(before)
        sys.path[:] = path
