# Scorekeeper: a model-serving supervisor.
# SPDX-License-Identifier: Apache-2.0

"""A scorer's life as a process: ready, answers, and the exit code that says how it ended."""

from __future__ import annotations

import json
import os
import tempfile
import unittest

import runtime_path
from scorer_process import ScorerProcess

JSON_HEAD = b"POST /invocations\ncontent-type: application/json\n"


class Life(unittest.TestCase):
    def start(self, model: str) -> ScorerProcess:
        scorer = ScorerProcess("--model", model)
        self.addCleanup(scorer.end)
        return scorer

    def test_it_answers_and_leaves_with_0_when_it_is_drained(self) -> None:
        scorer = self.start(runtime_path.SAMPLE)
        self.assertEqual(scorer.gateway.hear().word, "ready", scorer.log())
        self.assertNotIn("the exact way", scorer.log())
        with open(os.path.join(runtime_path.SAMPLE, "request.json"), "rb") as file:
            request = file.read()

        for _ in range(3):
            heard = scorer.gateway.ask(JSON_HEAD, request)
            self.assertEqual(heard.status, 200)
            self.assertEqual(heard.head, b"content-type: application/json\n")
            species = ["setosa", "versicolor", "virginica"]
            self.assertEqual(json.loads(heard.body), {"predictions": species})
        self.assertEqual(scorer.gateway.ask(JSON_HEAD, b"[" * 10_000).status, 400)
        self.assertEqual(scorer.gateway.ask(b"GET /ping\n", b"").status, 200)

        self.assertEqual(scorer.drain(), 0)

    def test_an_answer_longer_than_an_area_arrives_whole(self) -> None:
        scorer = self.start(runtime_path.SAMPLE)
        scorer.gateway.hear()
        text = "sepal length (cm),sepal width (cm),petal length (cm),petal width (cm)\n"
        rows = 4_000

        heard = scorer.gateway.ask(
            b"POST /invocations\ncontent-type: text/csv\n",
            (text + "1,2,3,4\n" * rows).encode(),
        )

        self.assertEqual(len(json.loads(heard.body)["predictions"]), rows)

    def test_it_describes_its_model_with_the_files_that_were_installed(self) -> None:
        scorer = self.start(runtime_path.SAMPLE)
        scorer.gateway.hear()

        page = scorer.gateway.ask(b"GET /\naccept: text/html\n", b"")
        document = scorer.gateway.ask(b"GET /swagger.json?version=3.1\n", b"")

        self.assertEqual((page.status, page.body[:15]), (200, b"<!doctype html>"))
        self.assertIn(b"\ncontent-security-policy: default-src 'none'; ", page.head)
        self.assertEqual(json.loads(document.body)["openapi"], "3.1.0")

    def test_a_model_that_cannot_be_loaded_is_told_with_its_line_and_exit_code_3(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            model = os.path.join(folder, "model")
            os.makedirs(os.path.join(model, "code"))
            with open(os.path.join(model, "MLmodel"), "w", encoding="utf-8") as file:
                file.write(
                    "flavors:\n  python_function:\n    loader_module: broken_loader\n"
                    "    code: code\n    env: conda.yaml\n"
                )
            source = "def _load_pyfunc(path):\n    print('half way')\n    return open('/no/such')\n"
            with open(os.path.join(model, "code", "broken_loader.py"), "w") as file:
                file.write(source)

            scorer = self.start(model)
            heard = scorer.gateway.hear()

            self.assertEqual(heard.word, "failed", scorer.log())
            reason = heard.body.decode()
            self.assertTrue(reason.startswith("FileNotFoundError: "), reason)
            self.assertIn("(code/broken_loader.py:3 in _load_pyfunc)", reason)
            self.assertEqual(scorer.process.wait(60), 3)
            self.assertIn("half way\n", scorer.log())

    def test_a_folder_without_a_model_is_told(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            scorer = self.start(folder)
            self.assertEqual(scorer.gateway.hear().word, "failed")
            self.assertEqual(scorer.process.wait(60), 3)

    def test_a_lane_that_is_lost_ends_it_with_4(self) -> None:
        scorer = self.start(runtime_path.SAMPLE)
        scorer.gateway.hear()
        self.assertEqual(scorer.close_lane(), 4)


if __name__ == "__main__":
    unittest.main()
