# Scorekeeper: a model-serving supervisor.
# SPDX-License-Identifier: Apache-2.0

"""The list of requests, asked of this runtime and compared with what Azure's server answered."""

from __future__ import annotations

from typing import Dict, List, NamedTuple, Sequence

from .case import Case, Reply
from .differences import explain
from .sides import OurSide, RecordedSide, hushed


class Verdict(NamedTuple):
    """One request, what came back, and the names of the differences between the two."""

    case: Case
    theirs: Reply
    ours: Reply
    names: List[str]

    @property
    def is_as_declared(self) -> bool:
        """Whether the differences are those that the request names."""
        return tuple(self.names) == self.case.differs


def with_replies(cases: Sequence[Case], theirs: Sequence[Reply]) -> List[Verdict]:
    """Asks us each request; one script after the other, since a process has room for one."""
    ours: Dict[int, Reply] = {}
    for script in dict.fromkeys(case.script for case in cases):
        with hushed():
            side = OurSide(script)
            for place, case in enumerate(cases):
                if case.script == script:
                    ours[place] = side.answer(case)
    return [
        Verdict(case, reply, ours[place], explain(case, reply, ours[place]))
        for place, (case, reply) in enumerate(zip(cases, theirs))
    ]


def with_recorded(cases: Sequence[Case]) -> List[Verdict]:
    """The same with what was written down of Azure's server."""
    side = RecordedSide()
    return with_replies(cases, [side.answer(case) for case in cases])
