# Scorekeeper: a model-serving supervisor.
# SPDX-License-Identifier: Apache-2.0

"""Which way a request is answered: the one place that knows there is more than one.

The exact way (`routes`) answers every request; the fast way stands in front of it where it was
seen to answer alike.
"""

from __future__ import annotations

from typing import Any, Dict, Optional

from . import routes
from .decode_plan import NotCovered
from .exchange import Answer, Request
from .fast_way import PATHS, FastWay
from .loaded_model import LoadedModel


class Ways:
    """One model's ways, and how many requests took which."""

    def __init__(self, model: LoadedModel) -> None:
        self._model = model
        self._fast: Optional[FastWay] = None
        self.why_not_fast = ""
        self.counts = {"fast": 0, "exact": 0}
        try:
            self._fast = FastWay(model, routes.answer)
        except NotCovered as reason:
            self.why_not_fast = str(reason)
        except Exception as error:  # Nothing of it may keep a model from being served.
            self.why_not_fast = f"the trial failed: {type(error).__name__}: {error}"

    def answer(self, request: Request) -> Answer:
        """The answer to any request."""
        call = None if self._fast is None else self._fast.read(request)
        if call is None:
            if request.path in PATHS:
                self.counts["exact"] += 1
            return routes.answer(self._model, request)
        assert self._fast is not None
        self.counts["fast"] += 1
        return self._fast.answer(call)

    def facts(self) -> Dict[str, Any]:
        """What a person may want to know of it."""
        return {"ways": dict(self.counts)}
