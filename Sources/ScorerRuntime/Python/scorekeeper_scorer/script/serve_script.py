# Scorekeeper: a model-serving supervisor.
# SPDX-License-Identifier: Apache-2.0

"""Serves one script over the lane."""

from __future__ import annotations

import os
import threading
import traceback
from typing import Any

from .. import serve
from ..task import Task
from . import script_failure, settings
from .request import Request
from .reply import Reply
from .service import ScriptService, start
from .settings import InvalidSetting, Settings
from .text_way import TextWay
from .user_script import UnfitScript

SUBJECT = "script"


class ServedScript:
    """A script that is ready, and the threads that call it."""

    def __init__(self, service: ScriptService) -> None:
        self._service = service

    def answer_until_drained(self, scorer: Any) -> None:
        """Answers one request at a time, or as many at once as the deployment's settings allow.

        Errors: `EOFError` where the lane is gone.
        """
        more = [
            threading.Thread(target=self._answer_or_die, args=(scorer,), daemon=True)
            for _ in range(scorer.calls() - 1)
        ]
        for thread in more:
            thread.start()
        self._answer(scorer)
        for thread in more:
            thread.join()

    def _answer_or_die(self, scorer: Any) -> None:
        """The work of one thread more: where it cannot go on, the process must not seem well."""
        try:
            self._answer(scorer)
        except EOFError:
            pass  # The main thread is told the same.
        except BaseException:
            traceback.print_exc()
            serve.leave(1)

    def _answer(self, scorer: Any) -> None:
        take, answer, service = scorer.take, scorer.answer, self._service
        short = TextWay.of(service)
        while True:
            taken = take(1)
            if taken is None:
                return
            ticket, _, head, body, _ = taken[0]
            reply = None if short is None else short.answer(head, body)
            if reply is None:
                reply = service.answer(Request(head, body))
            status, lines, written, parts = reply
            if parts is not None:
                _send_parts(scorer, ticket, Reply(*reply), service)
                continue
            try:
                answer(ticket, status, lines, written)
            except ValueError:
                # No lane carries such a head: the script made it.
                unsent = service.unsent()
                answer(ticket, unsent.status, unsent.head, unsent.body)


def _send_parts(scorer: Any, ticket: int, reply: Reply, service: ScriptService) -> None:
    """Sends each part when it is made, until there is no more or nobody wants it.

    Where the script fails on the way its client is cut off: it must not take a part for the whole.
    """
    parts = reply.parts
    assert parts is not None
    has_begun = False
    try:
        for part in parts:
            if part:
                has_begun = True
                if not scorer.part(ticket, reply.status, reply.head, part):
                    break
    except EOFError:
        raise
    except BaseException as failure:
        service.broken(failure)
        if has_begun:
            scorer.break_off(ticket)
        else:
            scorer.answer(ticket, *service.unmade()[:3])
        return
    finally:
        parts.close()
    scorer.answer(ticket, reply.status, reply.head, b"")


def load(task: Task) -> ServedScript:
    """Loads the script and calls its `init`.

    Errors: `UnfitScript`, `InvalidSetting`, and whatever the script raises.
    """
    os.environ.update(settings.variables(task))
    os.environ.setdefault("WORKER_COUNT", "1")
    said = Settings.read(task, os.environ)
    os.chdir(said.root)
    return ServedScript(start(said))


def sentence(error: BaseException, task: Task) -> str:
    """Why the script cannot be served."""
    if isinstance(error, (UnfitScript, InvalidSetting)):
        return str(error)
    told = script_failure.sentence(error, os.path.abspath(str(task.source_directory)))
    if isinstance(error, ModuleNotFoundError):
        told += "; add the package that has it to 'environment', or the file to 'code'"
    return told


def stack(error: BaseException) -> str:
    """The traceback for the log, from the script's first line on."""
    return script_failure.stack(error)
