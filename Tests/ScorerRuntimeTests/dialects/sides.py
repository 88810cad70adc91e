# Scorekeeper: a model-serving supervisor.
# SPDX-License-Identifier: Apache-2.0

"""The sides that answer: MLflow's server, this runtime, and Azure's script as it was recorded."""

from __future__ import annotations

import asyncio
import contextlib
import io
import json
import logging
import os
import warnings
from typing import Any, Dict, Iterator, List

import mlflow.pyfunc
import mlflow.pyfunc.scoring_server as scoring_server
from scorekeeper_scorer import routes
from scorekeeper_scorer.exchange import Request
from scorekeeper_scorer.loaded_model import LoadedModel

from .case import Case, Reply

RECORDED = os.path.join(os.path.dirname(os.path.abspath(__file__)), "azure_answers.json")
SERVER_ENDED = Reply(0, "", b"the server's process ended")
NOT_LOADED = Reply(0, "", b"the script could not load the model")


class MLflowSide:
    """MLflow's own application, asked over ASGI as uvicorn would ask it."""

    def __init__(self, directory: str) -> None:
        self._app = scoring_server.init(mlflow.pyfunc.load_model(directory))

    def answer(self, case: Case, path: str = "/invocations") -> Reply:
        """What MLflow's server answers; an error of the application's is uvicorn's 500."""
        try:
            return asyncio.run(self._ask(case, path))
        except Exception:
            return Reply(500, "text/plain; charset=utf-8", b"Internal Server Error")
        except SystemExit:
            return SERVER_ENDED

    async def _ask(self, case: Case, path: str) -> Reply:
        # A task that ended with SystemExit is not worth a word when it is collected.
        asyncio.get_running_loop().set_exception_handler(lambda loop, context: None)
        sent: List[Dict[str, Any]] = []
        headers = [(b"content-length", str(len(case.written)).encode("ascii"))]
        if case.content_type is not None:
            headers.append((b"content-type", case.content_type.encode("latin-1")))
        scope = {"type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1"}
        scope.update(scheme="http", method="POST", path=path, raw_path=path.encode("ascii"))
        scope.update(query_string=b"", root_path="", headers=headers, server=("localhost", 80))
        waiting: List[Dict[str, Any]] = [{"type": "http.request", "body": case.written}]

        async def receive() -> Dict[str, Any]:
            if waiting:
                return waiting.pop()
            await asyncio.Event().wait()
            return {"type": "http.disconnect"}

        async def send(message: Dict[str, Any]) -> None:
            sent.append(message)

        await self._app(scope, receive, send)
        kinds = [value for name, value in sent[0]["headers"] if name == b"content-type"]
        body = b"".join(message.get("body", b"") for message in sent[1:])
        return Reply(sent[0]["status"], kinds[0].decode("latin-1") if kinds else "", body)


class OurSide:
    """This runtime, asked as the loop asks it."""

    def __init__(self, directory: str) -> None:
        self.model = LoadedModel.load(directory)

    def answer(self, case: Case, path: str = "/invocations", tells_all: bool = False) -> Reply:
        """What we answer; `tells_all` is `scorekeeper.debug_errors: on`."""
        self.model.shows_failures = tells_all
        head = f"POST {path}\n"
        if case.content_type is not None:
            head += f"content-type: {case.content_type}\n"
        request = Request.from_lane(head.encode("utf-8"), memoryview(case.written))
        answer = routes.answer(self.model, request)
        return Reply(answer.status, answer.content_type, answer.body)


class AzureSide:
    """Azure's script under Azure's server, as `Scripts/tools/record_azure.py` wrote it down."""

    def __init__(self) -> None:
        with open(RECORDED, encoding="utf-8") as file:
            self._answers: Dict[str, Dict[str, Any]] = json.load(file)["answers"]

    def answer(self, case: Case) -> Reply:
        """What Azure answered.

        Errors: `KeyError` for a request that was not there when it was asked.
        """
        answers = self._answers[case.model]
        if not answers:
            return NOT_LOADED
        answer = answers[case.name]
        return Reply(answer["status"], answer["type"], answer["body"].encode("utf-8"))


@contextlib.contextmanager
def hushed() -> Iterator[None]:
    """Nothing of what the models and libraries say reaches the terminal."""
    before = logging.root.manager.disable
    logging.disable(logging.CRITICAL)
    try:
        with contextlib.redirect_stderr(io.StringIO()), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        logging.disable(before)
