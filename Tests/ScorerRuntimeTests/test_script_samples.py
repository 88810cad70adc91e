# Scorekeeper: a model-serving supervisor.
# SPDX-License-Identifier: Apache-2.0

"""Each script among the samples answers its own request."""

from __future__ import annotations

import json
import os
import unittest
from typing import Any

import runtime_path
from script_dialect.sides import hushed
from scorekeeper_scorer.script import service
from scorekeeper_scorer.script.request import Request
from scorekeeper_scorer.script.settings import Settings, variables
from scorekeeper_scorer.task import Task

SAMPLES = os.path.join(runtime_path.ROOT, "Samples")


class ScriptSamples(unittest.TestCase):
    def start(self, name: str, model: str) -> service.ScriptService:
        folder = os.path.join(SAMPLES, name)
        task = Task(None, "score.py", os.path.join(folder, "code"), os.path.join(folder, model))
        with hushed():
            os.environ.update(variables(task))
            return service.start(Settings.read(task, {}))

    def ask(self, started: service.ScriptService, name: str) -> Any:
        with open(os.path.join(SAMPLES, name, "request.json"), "rb") as file:
            body = file.read()
        head = b"POST /score\ncontent-type: application/json\n"
        reply = started.answer(Request(head, body))
        self.assertEqual(reply.status, 200, reply.body)
        return json.loads(bytes(reply.body))

    def test_score_py(self) -> None:
        # A folder keeps its leaf name below AZUREML_MODEL_DIR.
        started = self.start("score-py", "")
        self.assertEqual(
            self.ask(started, "score-py"), ["setosa", "versicolor", "virginica"]
        )

    def test_score_py_schema(self) -> None:
        # A file does not.
        started = self.start("score-py-schema", "model")
        answers = self.ask(started, "score-py-schema")
        self.assertEqual([answer["species"] for answer in answers], ["setosa", "virginica"])
        self.assertEqual(answers[0]["distances"]["setosa"], 0.141)
        reply = started.answer(Request(b"GET /swagger.json?version=3.1\n", b""))
        described = json.loads(bytes(reply.body))["components"]["schemas"]["ServiceInput"]
        self.assertEqual(described["example"]["data"], [[5.1, 3.5, 1.4, 0.2]])


if __name__ == "__main__":
    unittest.main()
