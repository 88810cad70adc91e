# Scorekeeper: a model-serving supervisor.
# SPDX-License-Identifier: Apache-2.0

"""A script behind its routes: the one answer to each request."""

from __future__ import annotations

import os
import time
from typing import Any, Callable, Dict, List

from .. import serve
from . import description, http_types, identifiers, inputs, logs, results, script_failure
from .cross_origin import CrossOrigin
from .inputs import Refusal
from .parts import EarlyFailure
from .reply import JSON_LINE, SUCCEEDED, Reply, error
from .request import Request
from .settings import Settings
from .time_limit import Late, TimeLimit
from .user_script import ARGUMENTS, HTTP, TEXT, UserScript

_HEALTHY = b"content-type: text/html; charset=utf-8\n"
_IN_SCRIPT = "An unexpected error occurred in scoring script. Check the logs for more info."
_IN_SERVER = "An unexpected internal error occurred. Check the logs for more info."
_NOT_ALLOWED = "The method is not allowed for the requested URL."
_NOWHERE = (
    "The requested URL was not found on the server."
    " If you entered the URL manually please check your spelling and try again."
)


class ScriptService:
    """Answers requests with a script whose `init` has been called.

    `tells_all` is whether clients are told a failure's traceback, `is_alone` whether there is no
    gateway in front, which makes and echoes the identifiers of requests.
    """

    def __init__(
        self, script: UserScript, settings: Settings, is_alone: bool = False
    ) -> None:
        self.script = script
        self._settings = settings
        self._is_alone = is_alone
        self.tells_all = settings.shows_failures
        self._descriptions = description.of(script, settings)
        self._origins = CrossOrigin(settings.cors_origins) if settings.cors_origins else None
        milliseconds = settings.scoring_timeout_ms
        self._limit = None if milliseconds is None else TimeLimit(milliseconds)
        self._call = self._unlimited if self._limit is None else self._limit.call
        self._name = script.parameters[0].name
        self._version = settings.server_version

    def answer(self, request: Request) -> Reply:
        """The answer to any request."""
        path, method = request.path, request.method
        if path == "/score":
            route: Callable[[Request], Reply] = self._score
            allowed = ("GET", "POST", "HEAD", "OPTIONS")
        elif path == "/":
            route, allowed = self._health, ("GET", "HEAD")
        elif path == "/swagger.json":
            route, allowed = self._description, ("GET", "HEAD")
        else:
            return error(404, _NOWHERE)
        if method not in allowed:
            return error(405, _NOT_ALLOWED)
        try:
            identified = identifiers.lines(request, self._is_alone)
        except identifiers.TooLong as refusal:
            reply = error(refusal.status, refusal.text)
            return self._finished(request, reply, refusal.sent)
        return self._finished(request, route(request), identified)

    @property
    def is_plain(self) -> bool:
        """Whether no setting changes how a request is answered."""
        is_set = self._limit or self._version or self._origins
        return not (is_set or self._is_alone or self.tells_all)

    def returned(self, head: bytes, value: Any, milliseconds: float) -> Reply:
        """The answer to a request for which `run` has returned."""
        return self._finish_run(Request(head, b""), self._written(value, milliseconds))

    def failed_run(self, head: bytes, failure: BaseException) -> Reply:
        """The answer to a request for which `run` has raised."""
        reply = self._failed(failure, "run() failed", _IN_SCRIPT, True)
        return self._finish_run(Request(head, b""), reply)

    def _finish_run(self, request: Request, reply: Reply) -> Reply:
        return self._finished(request, reply, identifiers.lines(request, self._is_alone))

    def unsent(self) -> Reply:
        """The answer where the lane would not carry the script's own."""
        serve.say("a response's header fields take more room than a lane has; 500 was sent")
        return error(500, _IN_SERVER)

    def unmade(self) -> Reply:
        """The answer where the first part of the script's own could not be made."""
        return error(500, _IN_SCRIPT, True)

    def broken(self, failure: BaseException) -> None:
        """Tells of a script that failed while its answer was being made in parts."""
        script_failure.tell(failure, self._settings.root, "run() failed in a part of its answer")

    def _finished(self, request: Request, reply: Reply, identified: bytes) -> Reply:
        head = reply.head + identified
        if self._version:
            head += b"x-ms-server-version: " + self._version.encode("latin-1", "replace") + b"\n"
        if self._origins is not None:
            head += self._origins.lines(request)
        return reply._replace(head=head)

    def _score(self, request: Request) -> Reply:
        script = self.script
        try:
            if script.kind == TEXT:
                arguments: Dict[str, Any] = {self._name: inputs.text(request)}
            elif script.kind == ARGUMENTS:
                arguments = inputs.arguments(request, script.parameters)
            else:
                arguments = {}
            if script.wants_headers:
                arguments["request_headers"] = request.headers
        except Refusal as refusal:
            if refusal.status == 405 and request.method == "OPTIONS":
                return Reply(200, _HEALTHY + SUCCEEDED, b"")
            return error(refusal.status, refusal.text)
        except Exception as failure:
            return self._failed(failure, "cannot read the request", _IN_SERVER, False)
        if script.kind == HTTP or script.uses_flask:
            with http_types.opened(request) as opened:
                if script.kind == HTTP:
                    arguments[self._name] = opened
                return self._scored(arguments)
        return self._scored(arguments)

    def _scored(self, arguments: Any) -> Reply:
        began = time.perf_counter()
        try:
            value = self._call(self.script.run, arguments)
        except Late as late:
            assert self._limit is not None
            text = f"Scoring timeout after {self._limit.milliseconds} ms"
            return self._failed(late, "run() was stopped", text, True)
        except KeyboardInterrupt as failure:
            if self._is_alone:
                raise  # Of the person at the terminal.
            return self._failed(failure, "run() failed", _IN_SCRIPT, True)
        except BaseException as failure:
            return self._failed(failure, "run() failed", _IN_SCRIPT, True)
        return self._written(value, (time.perf_counter() - began) * 1_000)

    def _written(self, value: Any, milliseconds: float) -> Reply:
        try:
            return results.reply(value, milliseconds)
        except EarlyFailure as failure:
            cause = failure.__cause__ or failure
            return self._failed(cause, "run() failed", _IN_SCRIPT, True)
        except Exception as failure:
            return self._failed(failure, "what run() returned has no JSON", _IN_SERVER, False)

    def _failed(self, failure: BaseException, what: str, text: str, is_scripts: bool) -> Reply:
        stack = script_failure.tell(failure, self._settings.root, what)
        return error(500, stack if self.tells_all else text, is_scripts)

    def _health(self, request: Request) -> Reply:
        return Reply(200, _HEALTHY, b"Healthy")

    def _description(self, request: Request) -> Reply:
        try:
            body = description.find(self._descriptions, request.query)
        except Refusal as refusal:
            return error(refusal.status, refusal.text)
        return Reply(200, JSON_LINE + SUCCEEDED, body)

    @staticmethod
    def _unlimited(function: Callable[..., Any], arguments: Any) -> Any:
        return function(**arguments)


def start(settings: Settings, is_alone: bool = False) -> ScriptService:
    """Loads the script and calls its `init`.

    Errors: `UnfitScript`, `InvalidSetting`, and whatever the script raises.
    """
    logs.prepare(settings)
    script = UserScript.load(settings.script, *_folders(settings))
    script.init()
    return ScriptService(script, settings, is_alone)


def _folders(settings: Settings) -> List[str]:
    more = settings.source_directory
    return [settings.root] + ([os.path.join(settings.root, more)] if more else [])
