# Scorekeeper: a model-serving supervisor.
# SPDX-License-Identifier: Apache-2.0

"""`/swagger.json` is legal OpenAPI in three versions, and says what the model takes and answers."""

from __future__ import annotations

import contextlib
import io
import json
import os
import tempfile
import unittest
from types import SimpleNamespace
from typing import Any, Dict, List

import openapi_check
import runtime_path
import signed_model
from dialect_case import DialectCase
from mlflow.types import DataType, ParamSpec
from scorekeeper_scorer import routes
from scorekeeper_scorer.exchange import Request
from scorekeeper_scorer.loaded_model import LoadedModel

SAMPLES = os.path.dirname(runtime_path.SAMPLE)
NAMES = sorted(name for name in os.listdir(SAMPLES) if name.startswith("mlflow-"))
VERSIONS = {"2": "2.0", "3": "3.0.3", "3.1": "3.1.0"}
MESSAGE = {"type": "object", "properties": {"role": {"type": "string", "required": True}}}
NESTED = [
    {"type": "array", "items": MESSAGE, "name": "said", "required": True},
    {"type": "map", "values": {"type": "long"}, "name": "counts", "required": False},
    {"type": "any", "name": "rest", "required": False},
]


class Swagger(DialectCase):
    models: Dict[str, LoadedModel]

    @classmethod
    def setUpClass(cls) -> None:
        cls.models = {name: LoadedModel.load(os.path.join(SAMPLES, name)) for name in NAMES}

    def document(self, model: LoadedModel, version: str = "3") -> Dict[str, Any]:
        answer = self.call(model, f"/swagger.json?version={version}", b"", None, "GET")
        self.assertEqual((answer.status, answer.content_type), (200, "application/json"))
        document: Dict[str, Any] = self.content(answer)
        self.assertEqual(openapi_check.problems(document), [])
        return document

    def fits(self, document: Dict[str, Any], name: str, value: Any) -> bool:
        return openapi_check.misfits(document, name, value) == []

    def test_every_sample_has_a_legal_document_in_each_version(self) -> None:
        for name, model in self.models.items():
            for version, published in VERSIONS.items():
                with self.subTest((name, version)):
                    document = self.document(model, version)
                    self.assertEqual(openapi_check.version_of(document), published)

    def test_version_2_is_the_default_and_others_have_two_names(self) -> None:
        iris = self.models["mlflow-iris"]
        for query, published in (("", "2.0"), ("?version=2.0", "2.0"), ("?version=3.0", "3.0.3")):
            document = self.content(self.call(iris, "/swagger.json" + query, b"", None, "GET"))
            self.assertEqual(openapi_check.version_of(document), published)

    def test_a_version_that_there_is_not_is_404_in_azures_words(self) -> None:
        for asked in ("4", "", "2.1"):
            target = f"/swagger.json?version={asked}"
            answer = self.call(self.models["mlflow-iris"], target, b"", None, "GET")
            self.assertEqual(answer.status, 404)
            self.assertIn("Supported versions: [2, 3, 3.1].", self.content(answer)["message"])

    def test_every_samples_request_and_answer_fit_what_is_said_of_them(self) -> None:
        for name, model in self.models.items():
            with open(os.path.join(SAMPLES, name, "request.json"), "rb") as file:
                request = file.read()
            for version in VERSIONS:
                with self.subTest((name, version)):
                    document = self.document(model, version)
                    body = json.loads(request)
                    self.assertEqual(openapi_check.misfits(document, "Invocation", body), [])
                    answer = self.content(self.call(model, "/invocations", request))
                    self.assertEqual(openapi_check.misfits(document, "Predictions", answer), [])

    def test_an_example_in_azures_words_is_scored_and_fits(self) -> None:
        for name, model in self.models.items():
            if name == "mlflow-chat":
                continue
            with self.subTest(name):
                document = self.document(model)
                body = document["paths"]["/score"]["post"]["requestBody"]["content"]
                example = body["application/json"]["example"]
                self.assertTrue(self.fits(document, "ServiceInput", example))
                answer = self.call(model, "/score", example)
                self.assertEqual(answer.status, 200)
                self.assertTrue(self.fits(document, "ServiceOutput", self.content(answer)))

    def test_what_the_model_refuses_does_not_fit(self) -> None:
        iris = self.document(self.models["mlflow-iris"])
        row = {"sepal length (cm)": 1.0, "sepal width (cm)": 1.0, "petal length (cm)": 1.0}
        whole = {**row, "petal width (cm)": 1.0}
        refused: List[Any] = [
            {},
            {"dataframe_records": [row]},
            {"dataframe_records": [{**whole, "petal width (cm)": "wide"}]},
            {"dataframe_records": [whole], "instances": [whole]},
            {"dataframe_split": {"data": [[1, 2, 3, 4]]}},
            {"dataframe_split": {"columns": list(whole), "data": [["x", 2, 3, 4]]}},
        ]
        for body in refused:
            with self.subTest(body):
                self.assertFalse(self.fits(iris, "Invocation", body))
        for body in ({"dataframe_records": [whole]}, {"inputs": {key: [1] for key in whole}}):
            self.assertTrue(self.fits(iris, "Invocation", body))

    def test_tensors_have_their_rank_and_their_fixed_dimensions(self) -> None:
        document = self.document(self.models["mlflow-onnx"])
        self.assertTrue(self.fits(document, "Invocation", {"inputs": [[1, 2, 3, 4]] * 3}))
        for rows in ([[1, 2, 3]], [1, 2, 3, 4], [[[1, 2, 3, 4]]]):
            self.assertFalse(self.fits(document, "Invocation", {"inputs": rows}))

    def test_named_tensors_are_an_object_or_items(self) -> None:
        spec = {"dtype": "int64", "shape": [-1, 2]}
        pair = [{"type": "tensor", "name": name, "tensor-spec": spec} for name in ("a", "b")]
        document = self.document(signed_model.load(signed_model.columns(*pair)))
        whole = {"a": [[1, 2]], "b": [[3, 4]]}
        items = [{"a": [1, 2], "b": [3, 4]}]
        for body in ({"inputs": whole}, {"instances": items}):
            self.assertTrue(self.fits(document, "Invocation", body), body)
        for body in ({"inputs": {"a": [[1, 2]]}}, {"inputs": items}, {"instances": whole}):
            self.assertFalse(self.fits(document, "Invocation", body), body)
        self.assertTrue(self.fits(document, "ServiceInput", {"input_data": whole}))

    def test_nested_types_are_described_to_their_leaves(self) -> None:
        model = signed_model.load(signed_model.columns(*NESTED))
        for version in VERSIONS:
            document = self.document(model, version)
            good = {"said": [{"role": "x"}], "counts": {"a": 1}, "rest": [None]}
            self.assertTrue(self.fits(document, "Row", good))
            self.assertTrue(self.fits(document, "Row", {"said": [], "counts": None}))
            for bad in (
                {"counts": {}},
                {"said": [{"role": 3}]},
                {"said": [{"role": "x", "else": 1}]},
                {"said": [], "counts": {"a": "x"}},
            ):
                self.assertFalse(self.fits(document, "Row", bad), bad)

    def test_parameters_have_types_and_defaults(self) -> None:
        params = [
            ParamSpec("digits", DataType.long, 2),
            ParamSpec("labels", DataType.string, ["a"], (-1,)),
            ParamSpec("seed", DataType.long, None),
        ]
        one = signed_model.columns({"type": "double", "name": "x", "required": True})
        document = self.document(signed_model.load(one, params=params))
        said = openapi_check.schemas_of(document)["Params"]["properties"]
        self.assertEqual((said["digits"]["default"], said["labels"]["default"]), (2, ["a"]))
        rows = {"dataframe_records": [{"x": 1.5}]}
        for good in ({}, {"digits": 1, "labels": [], "seed": None}, {"unknown": 1}):
            self.assertTrue(self.fits(document, "Invocation", {**rows, "params": good}))
        for bad in ({"digits": "two"}, {"labels": "a"}, {"digits": None}):
            self.assertFalse(self.fits(document, "Invocation", {**rows, "params": bad}))

    def test_a_language_models_keys_stand_alone_beside_its_parameters(self) -> None:
        document = self.document(self.models["mlflow-chat"])
        for good in ({"prompt": "x", "max_tokens": 3}, {"input": ["x"]}):
            self.assertTrue(self.fits(document, "Invocation", good))
        for bad in ({"prompt": 3}, {"max_tokens": 3}, {"messages": [{"role": "user"}]}):
            self.assertFalse(self.fits(document, "Invocation", bad))

    def test_numbers_that_are_not_finite_are_answered_as_null(self) -> None:
        outputs = signed_model.columns({"type": "double", "name": "y", "required": True})
        document = self.document(signed_model.load(outputs, outputs))
        self.assertTrue(self.fits(document, "ServiceOutput", [{"y": None}]))
        self.assertFalse(self.fits(document, "Row", {"y": None}))

    def test_a_model_without_a_signature_takes_every_format(self) -> None:
        for version in VERSIONS:
            document = self.document(signed_model.load(None), version)
            for key in ("inputs", "instances", "dataframe_records"):
                self.assertTrue(self.fits(document, "Invocation", {key: [{"a": 1}]}))
            self.assertTrue(self.fits(document, "ServiceInput", {"input_data": [1]}))

    def test_names_that_are_keywords_of_schemas_stay_names(self) -> None:
        names = ["nullable", "anyOf", "$ref", "items", "properties", "required", "type"]
        odd = [{"type": "string", "name": name, "required": True} for name in names]
        for version in VERSIONS:
            document = self.document(signed_model.load(signed_model.columns(*odd)), version)
            self.assertTrue(self.fits(document, "Row", dict.fromkeys(names, "x")))
            for name in names:
                lacking = {other: "x" for other in names if other != name}
                self.assertFalse(self.fits(document, "Row", lacking))

    def test_a_model_without_an_example_gets_one_that_fits(self) -> None:
        spec = {"type": "tensor", "tensor-spec": {"dtype": "float64", "shape": [-1, 2, 2]}}
        flat = [{"type": kind, "name": kind, "required": True} for kind in DataType.__members__]
        for inputs in ([spec], NESTED, flat):
            document = self.document(signed_model.load(signed_model.columns(*inputs)))
            body = document["paths"]["/invocations"]["post"]["requestBody"]["content"]
            example = body["application/json"]["example"]
            self.assertEqual(openapi_check.misfits(document, "Invocation", example), [])

    def test_an_example_that_is_too_long_or_cannot_be_read_is_left_out(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            model = signed_model.load(None, saved_input_example_info={"serving_input_path": "e"})
            model.directory = folder
            path = os.path.join(folder, "e")
            for text, is_shown in (('{"inputs": 1}', True), ("[1", False), ("[]", False)):
                with open(path, "w", encoding="utf-8") as file:
                    file.write(text)
                body = json.dumps(self.document(model)["paths"])
                self.assertEqual("example" in body, is_shown, text)
            with open(path, "w", encoding="utf-8") as file:
                file.write('{"inputs": "' + "x" * 300_000 + '"}')
            self.assertNotIn("example", json.dumps(self.document(model)["paths"]))

    def test_an_address_below_a_prefix_is_told(self) -> None:
        head = b"GET /swagger.json?version=%s\nx-forwarded-prefix: /endpoints/iris\n"
        iris = self.models["mlflow-iris"]
        old, new = (
            self.content(routes.answer(iris, Request.from_lane(head % version, b"")))
            for version in (b"2", b"3.1")
        )
        self.assertEqual(old["basePath"], "/endpoints/iris")
        self.assertEqual(new["servers"], [{"url": "/endpoints/iris"}])
        self.assertNotIn("servers", self.document(iris))

    def test_other_methods_are_405_and_head_is_as_get(self) -> None:
        iris = self.models["mlflow-iris"]
        self.assertEqual(self.call(iris, "/swagger.json", b"").status, 405)
        get, head = (self.call(iris, "/swagger.json", b"", None, m) for m in ("GET", "HEAD"))
        self.assertEqual(get, head)

    def test_a_signature_that_cannot_be_described_is_500_and_the_scorer_lives(self) -> None:
        model = signed_model.load(None)
        model.metadata = SimpleNamespace(signature=SimpleNamespace(inputs="private"))
        for target, accept in (("/swagger.json", "*/*"), ("/", "text/html")):
            head = f"GET {target}\naccept: {accept}\n"
            log = io.StringIO()
            with contextlib.redirect_stderr(log):
                answer = routes.answer(model, Request.from_lane(head.encode(), b""))
            self.assertEqual((answer.status, list(self.content(answer))), (500, ["message"]))
            self.assertIn("AttributeError", log.getvalue())


if __name__ == "__main__":
    unittest.main()
