# Scorekeeper: a model-serving supervisor.
# SPDX-License-Identifier: Apache-2.0

"""A script as a process on a lane: it starts, answers, and tells why it cannot."""

from __future__ import annotations

import json
import os
import tempfile
import unittest

import runtime_path  # noqa: F401
from scorer_process import Heard, ScorerProcess

POST = b"POST /score\ncontent-type: application/json\nx-request-id: r-1\n"


class ScriptLife(unittest.TestCase):
    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = folder.name

    def write(self, text: str, name: str = "score.py") -> None:
        with open(os.path.join(self.folder, name), "w", encoding="utf-8") as file:
            file.write(text)

    def start(self, **variables: str) -> ScorerProcess:
        scorer = ScorerProcess(
            *("--script", os.path.join(self.folder, "score.py")),
            *("--source-directory", self.folder, "--model-dir", "/a/model"),
            **variables,
        )
        self.addCleanup(scorer.end)
        return scorer

    def serve(self, text: str, **variables: str) -> ScorerProcess:
        self.write(text)
        scorer = self.start(**variables)
        self.assertEqual(scorer.gateway.hear().word, "ready", scorer.log())
        return scorer

    def fail_to_start(self, text: str, **variables: str) -> str:
        self.write(text)
        scorer = self.start(**variables)
        heard = scorer.gateway.hear()
        self.assertEqual(heard.word, "failed", scorer.log())
        self.assertEqual(scorer.process.wait(60), 3)
        return heard.body.decode()

    def content(self, heard: Heard) -> object:
        return json.loads(heard.body)

    def test_it_answers_and_leaves_with_0_when_it_is_drained(self) -> None:
        self.write("WORD = 'beside'\n", "helper.py")
        scorer = self.serve(
            "import os\n"
            "import helper\n"
            "def init():\n    print('my words')\n"
            "def run(data):\n"
            "    return [data, helper.WORD, os.getenv('AZUREML_MODEL_DIR'), os.listdir()]\n"
        )

        heard = scorer.gateway.ask(POST, '{"a": "é"}'.encode())

        self.assertEqual(heard.status, 200)
        files = ["helper.py", "score.py"]
        self.assertEqual(
            [sorted(part) if isinstance(part, list) else part for part in self.content(heard)],
            ['{"a": "é"}', "beside", "/a/model", files],
        )
        self.assertIn(b"\nx-ms-request-id: r-1\n", heard.head)
        self.assertIn("my words\n", scorer.log())
        self.assertEqual(scorer.drain(), 0)

    def test_a_body_longer_than_an_area_arrives_whole(self) -> None:
        scorer = self.serve("def init(): pass\ndef run(data): return len(data)\n")
        self.assertEqual(self.content(scorer.gateway.ask(POST, b"x" * 300_000)), 300_000)


if __name__ == "__main__":
    unittest.main()
