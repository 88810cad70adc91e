# Scorekeeper: a model-serving supervisor.
# SPDX-License-Identifier: Apache-2.0

"""A model's own example is scored before it is ready, and what came back is told."""

from __future__ import annotations

import json
import os
import shutil
import tempfile
import unittest
from typing import Any, Dict

import runtime_path
from dialect_case import DialectCase
from scorekeeper_scorer import example_check, routes
from scorekeeper_scorer.loaded_model import LoadedModel
from scorer_process import ScorerProcess

EXAMPLE = "serving_input_example.json"


class ExampleCheck(DialectCase):
    def copy(self) -> str:
        """A copy of the sample whose example may be broken."""
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        model = os.path.join(folder.name, "model")
        shutil.copytree(runtime_path.SAMPLE, model)
        return model

    def check(self, directory: str) -> Dict[str, Any]:
        model = LoadedModel.load(directory)
        return example_check.run(model, lambda request: routes.answer(model, request))

    def write(self, directory: str, body: bytes) -> None:
        with open(os.path.join(directory, EXAMPLE), "wb") as file:
            file.write(body)

    def test_it_is_scored_as_any_request_would_be(self) -> None:
        told = self.check(runtime_path.SAMPLE)["example"]

        with open(os.path.join(runtime_path.SAMPLE, EXAMPLE), "rb") as file:
            answer = self.call(self.iris, "/invocations", file.read())
        self.assertEqual((told["status"], told["answer"]), (200, answer.body.decode()))
        self.assertEqual(told["rows"], len(self.content(answer)["predictions"]))
        self.assertGreater(told["milliseconds"], 0)

    def test_what_is_told_is_json_and_short(self) -> None:
        model = self.copy()
        rows = [[5.1, 3.5, 1.4, 0.2]] * 1_000
        with open(os.path.join(model, EXAMPLE), encoding="utf-8") as file:
            split = json.load(file)["dataframe_split"]
        self.write(model, json.dumps({"dataframe_split": {**split, "data": rows}}).encode())

        told = json.loads(json.dumps(self.check(model)))["example"]

        self.assertEqual((told["status"], told["rows"], len(told["answer"])), (200, 1_000, 500))

    def test_a_model_without_one_has_none(self) -> None:
        model = self.copy()
        os.unlink(os.path.join(model, EXAMPLE))

        told = self.check(model)

        self.assertEqual(told, {"example": None})
        self.assertIn("no example", example_check.sentence(told))

    def test_one_that_is_refused_is_told_with_its_status(self) -> None:
        model = self.copy()
        self.write(model, b'{"dataframe_records": [{"a": 1}]}')

        told = self.check(model)

        self.assertEqual((told["example"]["status"], told["example"]["rows"]), (400, None))
        self.assertIn("Model is missing inputs", example_check.sentence(told))

    def test_one_that_cannot_be_read_is_told_with_status_0(self) -> None:
        model = self.copy()
        with open(os.path.join(model, EXAMPLE), "wb") as file:
            file.truncate(example_check.LONGEST_EXAMPLE + 1)

        told = self.check(model)

        self.assertEqual(told["example"]["status"], 0)
        self.assertIn(f"cannot read '{EXAMPLE}'", example_check.sentence(told))

    def test_one_that_lies_outside_the_model_is_none(self) -> None:
        model = self.copy()
        os.unlink(os.path.join(model, EXAMPLE))
        os.symlink(os.path.join(runtime_path.SAMPLE, EXAMPLE), os.path.join(model, EXAMPLE))

        self.assertEqual(self.check(model), {"example": None})

    def test_a_scorer_with_a_bad_one_gets_ready_all_the_same_and_logs_it(self) -> None:
        model = self.copy()
        self.write(model, b"{")

        scorer = ScorerProcess("--model", model)
        self.addCleanup(scorer.end)

        self.assertEqual(scorer.gateway.hear().word, "ready", scorer.log())
        self.assertIn("the model's own example is not answered: 400: ", scorer.log())


if __name__ == "__main__":
    unittest.main()
