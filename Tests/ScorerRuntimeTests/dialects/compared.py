# Scorekeeper: a model-serving supervisor.
# SPDX-License-Identifier: Apache-2.0

"""The list of requests, asked of MLflow's server, of Azure's (as recorded) and of this runtime."""

from __future__ import annotations

import contextlib
import tempfile
from typing import Dict, Iterator, List, NamedTuple, Sequence

from . import models
from .azure_differences import AZURE
from .case import Case, Reply
from .differences import MLFLOW, explain
from .sides import AzureSide, MLflowSide, OurSide, hushed


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
    """Asks MLflow's server and us each request, at `/invocations`."""
    with _saved(cases) as directories:
        theirs_by_model = {name: MLflowSide(path) for name, path in directories.items()}
        ours_by_model = {name: OurSide(path) for name, path in directories.items()}
        for case in cases:
            theirs = theirs_by_model[case.model].answer(case)
            ours = ours_by_model[case.model].answer(case)
            all_told = ours_by_model[case.model].answer(case, tells_all=True)
            names = explain(case, theirs, ours, MLFLOW)
            with_all_told = explain(case, theirs, all_told, MLFLOW, tells_all=True)
            yield Verdict(case, theirs, ours, names, with_all_told)


def with_azure(cases: Sequence[Case]) -> Iterator[Verdict]:
    """Asks us each request, at `/score`, and compares with what Azure's script answered."""
    azure = AzureSide()
    with _saved(cases) as directories:
        ours_by_model = {name: OurSide(path) for name, path in directories.items()}
        for case in cases:
            theirs = azure.answer(case)
            ours = ours_by_model[case.model].answer(case, "/score")
            names = explain(case, theirs, ours, AZURE)
            yield Verdict(case, theirs, ours, names, names)


@contextlib.contextmanager
def _saved(cases: Sequence[Case]) -> Iterator[Dict[str, str]]:
    """The directories of the models of these requests, and silence."""
    with tempfile.TemporaryDirectory() as folder, hushed():
        yield models.save(sorted({case.model for case in cases}), folder)
