# Scorekeeper: a model-serving supervisor.
# SPDX-License-Identifier: Apache-2.0

"""The closed list of the ways in which our answers differ from MLflow's server.

Each difference says what the other side's answer would have been, had it done it our way. An answer
is explained when the differences that a request names, and none other, turn the other side's answer
into ours. The README has the same names; a test holds the two together.
"""

from __future__ import annotations

import json
import re
from typing import Any, Callable, List, NamedTuple, Optional

from .case import JSON, Case, Reply
from .sides import SERVER_ENDED

BAD_JSON = "Invalid input. Ensure that input is a valid JSON formatted string. Error: '"
LONGEST_MESSAGE = 2_000

Rewrite = Callable[[Case, Reply, Reply], Optional[Reply]]


class Difference(NamedTuple):
    """One name of the list.

    `rewrite` is given the request, the other side's answer and ours; it returns the other side's
    answer as it should be, or nothing where it has no say.
    """

    name: str
    rewrite: Rewrite


def explain(
    case: Case,
    theirs: Reply,
    ours: Reply,
    differences: List[Difference],
    tells_all: bool = False,
) -> List[str]:
    """The names of the differences that lead from their answer to ours.

    Shape: empty where the answers are equal; ends with ``unnamed`` where nothing leads there.
    """
    names = []
    for difference in differences:
        if same(theirs, ours, tells_all):
            break
        if tells_all and difference.name in ("no-echo", "no-stack"):
            continue
        rewritten = difference.rewrite(case, theirs, ours)
        if rewritten is not None and not same(rewritten, theirs, tells_all):
            theirs = rewritten
            names.append(difference.name)
    return names if same(theirs, ours, tells_all) else names + ["unnamed"]


def same(one: Reply, other: Reply, tells_all: bool = False) -> bool:
    """Whether two answers are equal: status, type, and the body as JSON with its types.

    Of two stacks the last line counts: what is above it is MLflow's own code and ours.
    """
    if one.status != other.status:
        return False
    if one.content_type.partition(";")[0] != other.content_type.partition(";")[0]:
        return False
    if one.body == other.body:
        return True
    if not one.content_type.startswith(JSON):
        return False
    return _typed(one.content, tells_all) == _typed(other.content, tells_all)


def _typed(value: Any, tells_all: bool) -> Any:
    """A value that is equal only to one of the same types: 1 is not 1.0, NaN is itself."""
    if isinstance(value, dict):
        parts = {key: _typed(part, tells_all) for key, part in value.items()}
        if tells_all and isinstance(value.get("stack_trace"), str):
            parts["stack_trace"] = value["stack_trace"].strip().rpartition("\n")[2]
        return parts
    if isinstance(value, list):
        return [_typed(part, tells_all) for part in value]
    return (type(value).__name__, repr(value))


def _missing_content_type(case: Case, theirs: Reply, ours: Reply) -> Optional[Reply]:
    """MLflow's server fails; ours says what is missing."""
    if case.content_type or theirs.status not in (415, 500):
        return None
    return ours._replace(status=415)


def strict_json(case: Case, theirs: Reply, ours: Reply) -> Optional[Reply]:
    """JSON that not every reader accepts is refused, whatever they would make of it."""
    message = _message(ours)
    if ours.status != 400 or not any(words in message for words in STRICT_WORDS):
        return None
    return None if "UnicodeDecodeError" in _message(theirs) else ours


STRICT_WORDS = (
    "is not a JSON number",
    "is too large for a double",
    "are accepted",
    "stands twice in one object",
    "nested deeper than",
    "half of a surrogate pair",
    "the body is not UTF-8",
)


def survived_exit(case: Case, theirs: Reply, ours: Reply) -> Optional[Reply]:
    """A model that leaves the process takes MLflow's server with it; here it is an exception."""
    if theirs != SERVER_ENDED:
        return None
    return ours if ours.status in (400, 500) else None


def _unwritable_result(case: Case, theirs: Reply, ours: Reply) -> Optional[Reply]:
    """Where MLflow's server breaks on a result, ours says which kind has no JSON form."""
    content = ours.content
    if theirs.status != 500 or theirs.body != b"Internal Server Error":
        return None
    if not isinstance(content, dict) or "has no JSON form" not in content.get("message", ""):
        return None
    return Reply(500, JSON, ours.body)


def _unreadable_input(case: Case, theirs: Reply, ours: Reply) -> Optional[Reply]:
    """Where MLflow's server breaks on a body, it is the body that is refused."""
    if theirs.body != b"Internal Server Error" or ours.status != 400:
        return None
    return ours if _message(ours).startswith("Invalid input. ") else None


def sandbox_hint(case: Case, theirs: Reply, ours: Reply) -> Optional[Reply]:
    """Where the sandbox may be what failed the model, the message says which setting to look at."""
    message, hint = _message(theirs), _message(ours).partition(" Note: ")[2]
    if not message or " 'egress_public_network_access" not in hint:
        return None
    return theirs.with_content({**theirs.content, "message": f"{message} Note: {hint}"})


def non_finite_null(case: Case, theirs: Reply, ours: Reply) -> Optional[Reply]:
    """Bare NaN and Infinity are not JSON."""
    if theirs.status != 200:
        return None
    try:
        return theirs.with_content(json.loads(theirs.body, parse_constant=lambda name: None))
    except ValueError:
        return None


_PREDICTING = re.compile(r"^Failed to predict data '.*?'\. \nError: ", re.DOTALL)
_ENFORCING = re.compile(r"Failed to enforce schema of data '.*' with schema '", re.DOTALL)
_BYTES = re.compile(r"UnicodeDecodeError\('utf-8', .*, (\d+), \d+, '(.*?)'\)", re.DOTALL)
_INPUT = re.compile(r"\nInput: \n.*", re.DOTALL)


def _no_echo(case: Case, theirs: Reply, ours: Reply) -> Optional[Reply]:
    """MLflow's copies of the data in its messages, and all beyond 2,000 characters."""
    message = _message(theirs)
    short = _PREDICTING.sub("Failed to predict data. \nError: ", message)
    short = _ENFORCING.sub("Failed to enforce schema of data with schema '", short)
    short = _BYTES.sub(r"the body is not UTF-8: byte \1 \2", _INPUT.sub("", short))
    if len(short) > LONGEST_MESSAGE:
        short = short[: LONGEST_MESSAGE - 1] + "\u2026"
    if short == message:
        return None
    return theirs.with_content({**theirs.content, "message": short})


def _no_stack(case: Case, theirs: Reply, ours: Reply) -> Optional[Reply]:
    """The stack stays in the log."""
    content = theirs.content
    if not isinstance(content, dict) or "stack_trace" not in content:
        return None
    content.pop("stack_trace")
    return theirs.with_content(content)


def _message(reply: Reply) -> str:
    content = reply.content
    message = content.get("message") if isinstance(content, dict) else None
    return message if isinstance(message, str) else ""


MLFLOW: List[Difference] = [
    Difference("missing-content-type", _missing_content_type),
    Difference("strict-json", strict_json),
    Difference("survived-exit", survived_exit),
    Difference("unwritable-result", _unwritable_result),
    Difference("unreadable-input", _unreadable_input),
    Difference("non-finite-null", non_finite_null),
    Difference("sandbox-hint", sandbox_hint),
    Difference("no-echo", _no_echo),
    Difference("no-stack", _no_stack),
]
