# Scorekeeper: a model-serving supervisor.
# SPDX-License-Identifier: Apache-2.0

"""What the tests of both dialects share: the sample, the obedient model, one call."""

from __future__ import annotations

import contextlib
import io
import json
import os
import tempfile
import unittest
from typing import Any, Optional

import runtime_path
from scorekeeper_scorer import serve

serve.prepare_mlflow()

import mlflow.pyfunc  # noqa: E402
from obedient_model import Obedient  # noqa: E402
from scorekeeper_scorer import routes  # noqa: E402
from scorekeeper_scorer.exchange import Answer, Request  # noqa: E402
from scorekeeper_scorer.loaded_model import LoadedModel  # noqa: E402

JSON = "application/json"


class DialectCase(unittest.TestCase):
    """Loads the models once; `log` holds what the last call wrote to the scorer's log."""

    iris: LoadedModel
    obedient: LoadedModel
    log: str

    @classmethod
    def setUpClass(cls) -> None:
        cls.iris = LoadedModel.load(runtime_path.SAMPLE)
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        path = os.path.join(folder.name, "obedient")
        with contextlib.redirect_stderr(io.StringIO()):
            mlflow.pyfunc.save_model(
                path, python_model=Obedient(), pip_requirements=["mlflow"], signature=None
            )
            cls.obedient = LoadedModel.load(path)

    def sample_request(self) -> bytes:
        with open(os.path.join(runtime_path.SAMPLE, "request.json"), "rb") as file:
            return file.read()

    def call(
        self,
        model: LoadedModel,
        path: str,
        body: Any,
        content_type: Optional[str] = JSON,
        method: str = "POST",
    ) -> Answer:
        """One request as the loop would answer it; a body that is not bytes is written as JSON."""
        head = f"{method} {path}\n"
        if content_type is not None:
            head += f"content-type: {content_type}\n"
        written = body if isinstance(body, bytes) else json.dumps(body).encode()
        log = io.StringIO()
        with contextlib.redirect_stderr(log):
            answer = routes.answer(model, Request.from_lane(head.encode(), memoryview(written)))
        self.log = log.getvalue()
        return answer

    def content(self, answer: Answer) -> Any:
        """The answer's body, which must be JSON that every reader accepts."""

        def refuse(name: str) -> Any:
            self.fail(f"the answer holds a bare {name}")

        return json.loads(answer.body, parse_constant=refuse)
