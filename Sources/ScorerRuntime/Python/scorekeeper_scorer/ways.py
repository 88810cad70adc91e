# Scorekeeper: a model-serving supervisor.
# SPDX-License-Identifier: Apache-2.0

"""Which way a request is answered: the one place that knows there is more than one.

The exact way (`routes`) answers every request; the fast way stands in front of it where it was
seen to answer alike; and requests that wait together are merged where the model has shown that it
scores each row for itself.
"""

from __future__ import annotations

from typing import Any, Dict, Iterator, List, Optional, Sequence, Tuple

from . import merging, routes
from .decode_plan import NotCovered
from .exchange import Answer, Request
from .fast_way import PATHS, Call, FastWay
from .loaded_model import LoadedModel
from .merge_proof import MergeProof
from .merging import Merging


class Ways:
    """One model's ways, and how many requests took which."""

    def __init__(self, model: LoadedModel) -> None:
        self.model = model
        self._fast: Optional[FastWay] = None
        self._merging: Optional[Merging] = None
        self.why_not_fast = ""
        self.counts = {"fast": 0, "exact": 0, "merged": 0, "merged_calls": 0}
        try:
            self._fast = FastWay(model, routes.answer)
            self._merging = Merging(model, self._fast)
        except NotCovered as reason:
            self.why_not_fast = str(reason)
        except Exception as error:  # Nothing of it may keep a model from being served.
            self.why_not_fast = f"the trial failed: {type(error).__name__}: {error}"

    @property
    def takes(self) -> int:
        """How many waiting requests to take at once."""
        return merging.REQUESTS_MOST if self._is_merging() else 1

    def answer(self, request: Request) -> Answer:
        """The answer to any request."""
        call = None if self._fast is None else self._fast.read(request)
        return self._exactly(request) if call is None else self._alone(call)

    def answer_all(self, requests: Sequence[Request]) -> Iterator[Tuple[int, Answer]]:
        """The answers to requests that were taken together, each with its request's position."""
        if len(requests) == 1 or self._fast is None or not self._is_merging():
            for position, request in enumerate(requests):
                yield position, self.answer(request)
            return
        positions: Dict[int, int] = {}
        calls: List[Call] = []
        rest: List[int] = []
        for position, request in enumerate(requests):
            call = self._fast.read(request)
            if call is not None and merging.may_merge(call):
                positions[id(call)] = position
                calls.append(call)
            else:
                rest.append(position)
        assert self._merging is not None
        for group in self._merging.groups(calls):
            for call, answer in zip(group, self._together(group)):
                yield positions[id(call)], answer
        for position in rest:
            yield position, self.answer(requests[position])

    def between_requests(self) -> None:
        """What may be done while nobody has been taken: a step of the proof of merging."""
        if self._merging is not None:
            self._merging.step()

    def facts(self) -> Dict[str, Any]:
        """What a person may want to know of it."""
        if self._merging is not None:
            verdict = self._merging.facts()
        else:
            proof = MergeProof()
            proof.refuse(self.why_not_fast)
            verdict = proof.facts(merging.setting())
        return {"ways": dict(self.counts), "why_not_fast": self.why_not_fast, "merging": verdict}

    def _is_merging(self) -> bool:
        return self._merging is not None and self._merging.is_on

    def _exactly(self, request: Request) -> Answer:
        if request.path in PATHS:
            self.counts["exact"] += 1
        return routes.answer(self.model, request)

    def _alone(self, call: Call) -> Answer:
        assert self._fast is not None and self._merging is not None
        self.counts["fast"] += 1
        self._merging.learn(call)
        return self._fast.answer(call)

    def _together(self, calls: List[Call]) -> List[Answer]:
        assert self._merging is not None
        answers = self._merging.answers(calls) if len(calls) > 1 and self._is_merging() else None
        if answers is None:
            return [self._alone(call) for call in calls]
        self.counts["merged"] += len(calls)
        self.counts["merged_calls"] += 1
        return answers
