# Scorekeeper: a model-serving supervisor.
# SPDX-License-Identifier: Apache-2.0

"""A model whose next result is known already, for the exact way to tell."""

from __future__ import annotations

from typing import Any, Optional

from .loaded_model import LoadedModel, Parsed


class KnownOutcome(LoadedModel):
    """The model as it is, but that `predict` calls nobody."""

    def __init__(
        self, model: LoadedModel, result: Any = None, error: Optional[BaseException] = None
    ) -> None:
        self.__dict__.update(model.__dict__)
        self._result = result
        self._error = error

    def predict(self, parsed: Parsed) -> Any:
        """The known result.

        Errors: the known error.
        """
        if self._error is not None:
            raise self._error
        return self._result
