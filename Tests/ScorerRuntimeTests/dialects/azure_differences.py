# Scorekeeper: a model-serving supervisor.
# SPDX-License-Identifier: Apache-2.0

"""The ways in which our answers differ from those of Azure's script and server alone."""

from __future__ import annotations

import re
from typing import Any, List, Optional

from .case import Case, Reply
from .differences import (
    Difference,
    non_finite_null,
    sandbox_hint,
    strict_json,
    survived_exit,
)
from .sides import NOT_LOADED

_DOUBLE = re.compile(rb"\d+\.\d+")
IN_THE_SCRIPT = "An unexpected error occurred in scoring script. Check the logs for more info."
IN_THE_SERVER = "An unexpected internal error occurred. Check the logs for more info."


def _unfit_400(case: Case, theirs: Reply, ours: Reply) -> Optional[Reply]:
    """Azure's script fails with 500 on a body that does not fit the model; ours says why."""
    return ours if _fails(theirs, IN_THE_SCRIPT) and ours.status == 400 else None


def _more_forms(case: Case, theirs: Reply, ours: Reply) -> Optional[Reply]:
    """Bodies that Azure's script fails on and that can be scored."""
    return ours if _fails(theirs, IN_THE_SCRIPT) and ours.status == 200 else None


def _more_results(case: Case, theirs: Reply, ours: Reply) -> Optional[Reply]:
    """Results that Azure's server cannot write and MLflow's can."""
    return ours if _fails(theirs, IN_THE_SERVER) and ours.status == 200 else None


def _more_models(case: Case, theirs: Reply, ours: Reply) -> Optional[Reply]:
    """Models that Azure's script cannot load."""
    return ours if theirs == NOT_LOADED else None


def _table_without_index(case: Case, theirs: Reply, ours: Reply) -> Optional[Reply]:
    """Without a signature, Azure takes columns and data for the names of two arrays."""
    if '[["\'columns\'", {"array"' not in theirs.body.decode("utf-8"):
        return None
    return ours if "columns" in _input(ours) else None


def _whole_texts(case: Case, theirs: Reply, ours: Reply) -> Optional[Reply]:
    """Azure cuts each text in an array to its first character."""
    if _input(theirs).get("array") != "<U1":
        return None
    cut = [repr(element[1]) for element in _input(ours).get("elements", [])]
    return ours if cut == _input(theirs)["elements"] else None


def _exact_doubles(case: Case, theirs: Reply, ours: Reply) -> Optional[Reply]:
    """Azure reads no more than fifteen digits of the doubles in a table."""
    if theirs.status != 200 or _DOUBLE.sub(b"", theirs.body) != _DOUBLE.sub(b"", ours.body):
        return None
    pairs = zip(_doubles(theirs), _doubles(ours))
    return ours if all(abs(a - b) <= 1e-13 * abs(b) for a, b in pairs) else None


def _fails(reply: Reply, message: str) -> bool:
    return reply.status == 500 and reply.content == {"message": message}


def _input(reply: Reply) -> Any:
    content = reply.content
    described = content.get("input") if isinstance(content, dict) else None
    return described if isinstance(described, dict) else {}


def _doubles(reply: Reply) -> List[float]:
    return [float(digits) for digits in _DOUBLE.findall(reply.body)]


AZURE: List[Difference] = [
    Difference("more-models", _more_models),
    Difference("strict-json", strict_json),
    Difference("survived-exit", survived_exit),
    Difference("unfit-400", _unfit_400),
    Difference("more-forms", _more_forms),
    Difference("more-results", _more_results),
    Difference("table-without-index", _table_without_index),
    Difference("whole-texts", _whole_texts),
    Difference("non-finite-null", non_finite_null),
    Difference("sandbox-hint", sandbox_hint),
    Difference("exact-doubles", _exact_doubles),
]
