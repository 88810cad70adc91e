# Scorekeeper: a model-serving supervisor.
# SPDX-License-Identifier: Apache-2.0

"""Each sample is answered as MLflow's own server answers it."""

from __future__ import annotations

import json
import os
import unittest
from typing import Any, Dict, List, Tuple

import runtime_path
from dialect_case import DialectCase
from mlflow_server import MLflowServer
from scorekeeper_scorer.loaded_model import LoadedModel

SAMPLES = os.path.dirname(runtime_path.SAMPLE)
NAMES = sorted(name for name in os.listdir(SAMPLES) if name.startswith("mlflow-"))
LONGEST_FILE = 1 << 20


class Samples(DialectCase):
    models: Dict[str, LoadedModel]

    @classmethod
    def setUpClass(cls) -> None:
        cls.models = {name: LoadedModel.load(os.path.join(SAMPLES, name)) for name in NAMES}

    def request(self, name: str) -> Dict[str, Any]:
        with open(os.path.join(SAMPLES, name, "request.json"), encoding="utf-8") as file:
            content: Dict[str, Any] = json.load(file)
        return content

    def both(self, name: str, body: Any) -> Tuple[bytes, bytes]:
        """What we answer and what MLflow's server answers, both with 200."""
        model = self.models[name]
        ours = self.call(model, "/invocations", body)
        server = MLflowServer(model._pyfunc)
        theirs = server.post("/invocations", json.dumps(body).encode(), "application/json")
        self.assertEqual((ours.status, theirs.status), (200, 200), (ours.body, theirs.body))
        return ours.body, theirs.body

    def test_there_are_seven_kinds(self) -> None:
        kinds = ["chat", "custom", "iris", "lightgbm", "onnx", "pipeline", "xgboost"]
        self.assertEqual(NAMES, [f"mlflow-{kind}" for kind in kinds])

    def test_every_request_is_byte_for_byte_what_mlflows_server_answers(self) -> None:
        for name in NAMES:
            with self.subTest(name):
                ours, theirs = self.both(name, self.request(name))
                self.assertEqual(ours, theirs)

    def test_language_model_keys_and_parameters_are_answered_as_by_mlflow(self) -> None:
        bodies: List[Tuple[str, Dict[str, Any], str]] = [
            ("mlflow-chat", {"prompt": "one two three"}, "You said: one two three"),
            ("mlflow-chat", {"prompt": "one two three", "max_tokens": 3}, "You said: one"),
            ("mlflow-chat", {"input": ["one", "two"]}, "embedding"),
            ("mlflow-custom", {**self.request("mlflow-custom"), "params": {"digits": 0}}, "6.0"),
        ]
        for name, body, words in bodies:
            with self.subTest(body):
                ours, theirs = self.both(name, body)
                self.assertEqual(ours, theirs)
                self.assertIn(words, ours.decode())

    def test_a_row_without_any_of_the_keys_is_refused_in_words(self) -> None:
        answer = self.call(self.models["mlflow-chat"], "/invocations", {"inputs": [{}]})
        self.assertEqual(answer.status, 400)
        self.assertIn("send 'messages', 'prompt' or 'input'", self.log)

    def test_a_sample_is_small_and_holds_what_a_newcomer_needs(self) -> None:
        for name in NAMES:
            folder = os.path.join(SAMPLES, name)
            for needed in ("README.md", "make.py", "request.json", "MLmodel", "requirements.txt"):
                self.assertTrue(os.path.exists(os.path.join(folder, needed)), (name, needed))
            with open(os.path.join(folder, "README.md"), encoding="utf-8") as file:
                self.assertIn(f"--request-file Samples/{name}/request.json", file.read())
            for place, _, files in os.walk(folder):
                for file_name in files:
                    size = os.path.getsize(os.path.join(place, file_name))
                    self.assertLess(size, LONGEST_FILE, (place, file_name))


if __name__ == "__main__":
    unittest.main()
