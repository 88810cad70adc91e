# Scorekeeper: a model-serving supervisor.
# SPDX-License-Identifier: Apache-2.0

"""Whatever `swagger.json` says that a model takes, a model of that signature takes."""

from __future__ import annotations

import contextlib
import io
import os
import tempfile
import unittest
from typing import Any, Dict, List, Optional

import mlflow.pyfunc
import openapi_check
import signed_model
from dialect_case import DialectCase
from mlflow.models import ModelSignature
from openapi_values import Values
from scorekeeper_scorer.loaded_model import LoadedModel

ROLE = {"type": "object", "properties": {"role": {"type": "string", "required": True}}}
CELLS: Dict[str, Any] = {
    "boolean": True,
    "integer": 1,
    "long": 1,
    "float": 1.5,
    "double": 1.5,
    "string": "x",
    "binary": "AAAA",
    "datetime": "2026-01-31T12:00:00",
    "array": [{"role": "x"}],
    "map": {"a": 1},
    "any": None,
}


def column(kind: str, name: Optional[str], **more: Any) -> Dict[str, Any]:
    """A column's spec."""
    return {"type": kind, "required": True, **({} if name is None else {"name": name}), **more}


def tensor(name: Optional[str], dtype: str, *shape: int) -> Dict[str, Any]:
    """A tensor's spec."""
    spec = {"type": "tensor", "tensor-spec": {"dtype": dtype, "shape": list(shape)}}
    return spec if name is None else {**spec, "name": name}


SIGNATURES: Dict[str, List[Dict[str, Any]]] = {
    "named tensors": [tensor("a", "float64", -1, 2), tensor("b", "int64", -1)],
    "one named tensor": [tensor("a", "float32", -1, 2, 3)],
    "texts": [tensor(None, "str", -1)],
    "switches": [tensor(None, "bool", -1, 2)],
    "columns without names": [column("double", None), column("double", None)],
    "mixed columns without names": [column("double", None), column("string", None)],
    "one column without a name": [column("string", None)],
    "every scalar": [column(kind, kind) for kind in list(CELLS)[:8]],
    "an optional column": [column("double", "a"), column("string", "b", required=False)],
    "lists": [column("array", "said", items=ROLE)],
    "nested": [
        column("array", "said", items=ROLE),
        column("map", "counts", values={"type": "long"}),
        column("any", "rest"),
    ],
}


class Indifferent(mlflow.pyfunc.PythonModel):  # type: ignore[misc]
    """Takes whatever its signature lets through."""

    def predict(
        self, context: Any, model_input: Any, params: Optional[Dict[str, Any]] = None
    ) -> List[float]:
        return [1.0]


class DescribedBodies(DialectCase):
    @classmethod
    def setUpClass(cls) -> None:
        pass

    def saved(self, specs: List[Dict[str, Any]]) -> LoadedModel:
        """A real model of that signature: MLflow itself enforces it."""
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        path = os.path.join(folder.name, "model")
        with contextlib.redirect_stderr(io.StringIO()):
            mlflow.pyfunc.save_model(
                path,
                python_model=Indifferent(),
                signature=ModelSignature(signed_model.columns(*specs)),
                pip_requirements=["mlflow"],
            )
            return LoadedModel.load(path)

    def test_every_alternative_is_accepted(self) -> None:
        for name, specs in SIGNATURES.items():
            model = self.saved(specs)
            document = self.content(self.call(model, "/swagger.json?version=3", b"", None, "GET"))
            self.assertEqual(openapi_check.problems(document), [])
            row = {
                spec.get("name", str(number)): CELLS[spec["type"]]
                for number, spec in enumerate(specs)
                if spec["type"] != "tensor"
            }
            values = Values(document, row)
            for schema, path in (("Invocation", "/invocations"), ("ServiceInput", "/score")):
                for body in values.of(schema):
                    with self.subTest((name, path, body)):
                        self.assertEqual(openapi_check.misfits(document, schema, body), [])
                        answer = self.call(model, path, body)
                        self.assertEqual(answer.status, 200, answer.body)

    def test_what_is_not_described_is_refused(self) -> None:
        cases: List[Any] = [
            ("mixed columns without names", "Invocation", {"inputs": [[1.5, "x"]]}),
            ("columns without names", "Invocation", {"inputs": [[1.5]]}),
            ("columns without names", "ServiceInput", {"input_data": {"data": [[1.5, 1.5]]}}),
            ("lists", "ServiceInput", {"input_data": {"said": [[1.5]]}}),
            ("named tensors", "Invocation", {"inputs": {"a": [[1.5, 1.5]]}}),
        ]
        for name, schema, body in cases:
            with self.subTest((name, body)):
                model = self.saved(SIGNATURES[name])
                document = self.content(
                    self.call(model, "/swagger.json?version=3", b"", None, "GET")
                )
                self.assertNotEqual(openapi_check.misfits(document, schema, body), [])
                path = "/invocations" if schema == "Invocation" else "/score"
                self.assertEqual(self.call(model, path, body).status, 400)


if __name__ == "__main__":
    unittest.main()
