# Scorekeeper: a model-serving supervisor.
# SPDX-License-Identifier: Apache-2.0

"""The closed list of the ways in which our answers differ from those of Azure's scoring server."""

from __future__ import annotations

import json
from typing import Any, Callable, List, NamedTuple, Optional

from .case import ENDED, Case, Reply

_FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")
_IN_SCRIPT = "An unexpected error occurred in scoring script. Check the logs for more info."
_IN_SERVER = "An unexpected internal error occurred. Check the logs for more info."


class Difference(NamedTuple):
    """One name of the list; `rewrite` makes their answer ours, where it has a say."""

    name: str
    rewrite: Callable[[Case, Reply, Reply], Optional[Reply]]


def explain(case: Case, theirs: Reply, ours: Reply) -> List[str]:
    """The names of the differences that lead from their answer to ours.

    Shape: empty where the answers are equal; ends with ``unnamed`` where nothing leads there.
    """
    names = []
    for difference in DIFFERENCES:
        if same(theirs, ours):
            break
        rewritten = difference.rewrite(case, theirs, ours)
        if rewritten is not None and not same(rewritten, theirs):
            theirs = rewritten
            names.append(difference.name)
    return names if same(theirs, ours) else names + ["unnamed"]


def same(one: Reply, other: Reply) -> bool:
    """Whether two answers are equal to the byte, fields included."""
    return one == other


def _form_body(case: Case, theirs: Reply, ours: Reply) -> Optional[Reply]:
    """A body with a form's content type is the script's like any other."""
    if (case.content_type or "").partition(";")[0] not in _FORMS:
        return None
    return ours if theirs.status == ours.status == 200 else None


def _survived_exit(case: Case, theirs: Reply, ours: Reply) -> Optional[Reply]:
    """A script that calls `exit` has failed that request; the process stays."""
    return ours if _is_gone(theirs) and _fails(ours, _IN_SCRIPT) else None


def _told_500(case: Case, theirs: Reply, ours: Reply) -> Optional[Reply]:
    """A body that cannot be sent is told like every other failure, not by the web server."""
    return ours if _is_gone(theirs) and _fails(ours, _IN_SERVER) else None


def _own_timeout(case: Case, theirs: Reply, ours: Reply) -> Optional[Reply]:
    """A TimeoutError of the script's own is a failure of it, not the end of its time."""
    content = theirs.content
    if not isinstance(content, dict) or "Scoring timeout" not in content.get("message", ""):
        return None
    return ours if _fails(ours, _IN_SCRIPT) else None


def _streaming(case: Case, theirs: Reply, ours: Reply) -> Optional[Reply]:
    """An iterator that `run` returns is sent in parts."""
    return ours if _fails(theirs, _IN_SERVER) and ours.status == 200 else None


def _server(case: Case, theirs: Reply, ours: Reply) -> Optional[Reply]:
    """We do not say that we are Azure's server."""
    kept = [pair for pair in theirs.fields if pair[0] != "x-ms-server-version"]
    return theirs._replace(fields=kept)


def _words(case: Case, theirs: Reply, ours: Reply) -> Optional[Reply]:
    """A document's descriptions are in words of ours; all that programs read is the same."""
    if not case.target.startswith("/swagger.json") or theirs.status != 200:
        return None
    alike = without_words(theirs.content) == without_words(ours.content)
    return theirs._replace(body=ours.body) if alike else None


def without_words(value: Any) -> Any:
    """A document with every description emptied."""
    if isinstance(value, list):
        return [without_words(part) for part in value]
    if not isinstance(value, dict):
        return value
    parts = {key: without_words(part) for key, part in value.items()}
    if isinstance(parts.get("description"), str):
        parts["description"] = ""
    return parts


def _is_gone(reply: Reply) -> bool:
    return reply == ENDED or b"<h1><p>Internal Server Error</p></h1>" in reply.body


def _fails(reply: Reply, message: str) -> bool:
    return reply.status == 500 and reply.body == json.dumps({"message": message}).encode("ascii")


DIFFERENCES: List[Difference] = [
    Difference("form-body", _form_body),
    Difference("survived-exit", _survived_exit),
    Difference("told-500", _told_500),
    Difference("own-timeout", _own_timeout),
    Difference("streaming", _streaming),
    Difference("server", _server),
    Difference("words", _words),
]
