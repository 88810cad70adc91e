# Scorekeeper: a model-serving supervisor.
# SPDX-License-Identifier: Apache-2.0

"""The list of requests, asked of MLflow's server and of this runtime."""

from __future__ import annotations

import tempfile
from typing import Dict, Iterator, List, NamedTuple, Sequence, Tuple

from . import models
from .case import Case, Reply
from .differences import explain
from .sides import MLflowSide, OurSide, hushed


class Verdict(NamedTuple):
    """One request, what came back, and the names of the differences between the two."""

    case: Case
    theirs: Reply
    ours: Reply
    names: List[str]
    names_with_all_told: List[str]

    @property
    def is_as_declared(self) -> bool:
        """Whether the differences are those that the request names."""
        return tuple(self.names) == self.case.differs

    @property
    def is_whole_with_all_told(self) -> bool:
        """Whether, with `scorekeeper.debug_errors: on`, echo and stack are as in MLflow."""
        left = [name for name in self.names if name not in ("no-echo", "no-stack")]
        return self.names_with_all_told == left


def with_mlflow(cases: Sequence[Case]) -> Iterator[Verdict]:
    """Asks both sides each request; the models are saved and loaded first."""
    names = sorted({case.model for case in cases})
    with tempfile.TemporaryDirectory() as folder, hushed():
        directories = models.save(names, folder)
        sides: Dict[str, Tuple[MLflowSide, OurSide]] = {
            name: (MLflowSide(directory), OurSide(directory))
            for name, directory in directories.items()
        }
        for case in cases:
            mlflow_side, our_side = sides[case.model]
            theirs = mlflow_side.answer(case)
            ours = our_side.answer(case)
            all_told = our_side.answer(case, tells_all=True)
            yield Verdict(
                case,
                theirs,
                ours,
                explain(case, theirs, ours),
                explain(case, theirs, all_told, tells_all=True),
            )
