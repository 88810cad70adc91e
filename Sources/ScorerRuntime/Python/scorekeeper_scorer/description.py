# Scorekeeper: a model-serving supervisor.
# SPDX-License-Identifier: Apache-2.0

"""What a loaded model says about itself: the source of its `swagger.json` and of its page.

Everything here comes from the model's own files, so whoever shows it must escape it.
"""

from __future__ import annotations

import os
from typing import Any, Dict, List, NamedTuple, Optional

from .example import Example
from .loaded_model import LoadedModel

Spec = Dict[str, Any]

LANGUAGE_KEYS = ("messages", "prompt", "input")


class Description(NamedTuple):
    """A signature as `MLmodel` writes it: specs of columns or tensors, or None."""

    title: str
    mlflow_version: str
    flavors: List[str]
    inputs: Optional[List[Spec]]
    outputs: Optional[List[Spec]]
    params: List[Spec]
    example: Optional[Example]
    is_from_type_hint: bool

    @classmethod
    def of(cls, model: LoadedModel) -> "Description":
        """Reads what MLflow has loaded, of whichever version, and the example beside it."""
        signature = getattr(model.metadata, "signature", None)
        inputs = _specs(getattr(signature, "inputs", None))
        return cls(
            title=os.environ.get("SCOREKEEPER_ENDPOINT", "model"),
            mlflow_version=model.mlflow_version,
            flavors=sorted(model.flavors),
            inputs=inputs,
            outputs=_specs(getattr(signature, "outputs", None)),
            params=_params(getattr(signature, "params", None)),
            example=Example.of(model, inputs),
            is_from_type_hint=_is_from_type_hint(model.metadata),
        )

    @property
    def takes_language_keys(self) -> bool:
        """Whether a body may be the model's input itself, as clients of language models send it."""
        if self.inputs is None:
            body = self.example.body if self.example else {}
            return any(key in body for key in LANGUAGE_KEYS)
        return any(spec.get("name") in LANGUAGE_KEYS for spec in self.inputs)


def is_tensor(spec: Spec) -> bool:
    """Whether a spec is of a tensor, not of a column."""
    return bool(spec["type"] == "tensor")


def is_required(spec: Spec) -> bool:
    """Whether the column, tensor or property must be there.

    Source: MLflow wrote `optional` before 2.10 and writes `required` since.
    """
    return bool(spec.get("required", not spec.get("optional", False)))


def words(spec: Spec) -> str:
    """A type in words: `list of {content: string, role: string}`."""
    if is_tensor(spec):
        shape = ", ".join("any" if size < 0 else str(size) for size in spec["tensor-spec"]["shape"])
        return f"tensor of {spec['tensor-spec']['dtype']} ({shape})"
    kind = spec["type"]
    if kind == "array":
        return "list of " + words(spec["items"])
    if kind == "map":
        return "map to " + words(spec["values"])
    if kind == "object":
        parts = [
            f"{name}{'' if is_required(part) else '?'}: {words(part)}"
            for name, part in spec["properties"].items()
        ]
        return "{" + ", ".join(parts) + "}"
    return str(kind)


def _specs(schema: Any) -> Optional[List[Spec]]:
    return None if schema is None else list(schema.to_dict())


def _params(schema: Any) -> List[Spec]:
    """MLflow 2.6 called a parameter's type `dtype`."""
    return [{"type": spec.get("dtype"), **spec} for spec in _specs(schema) or []]


def _is_from_type_hint(metadata: Any) -> bool:
    ask = getattr(metadata, "_is_signature_from_type_hint", None)
    return bool(ask()) if ask else False
