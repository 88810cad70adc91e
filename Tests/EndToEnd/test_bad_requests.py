# Scorekeeper: a model-serving supervisor.
# SPDX-License-Identifier: Apache-2.0

"""Bodies that no model can score are refused with what is wrong with them, and harm nobody.

The numbers count bad input and bad luck through all files: 1 to 6 are here, 7 to 11 in
test_bad_http.py, 12 to 17 and 26 in test_bad_models.py, 18 to 23 in test_bad_files.py, 24 in
test_full_disk.py, 25 in test_addresses.py, 27 and 28 in test_bad_luck.py.
"""

from __future__ import annotations

import json
import unittest
from typing import Optional

import models
from harness import EndToEnd
from raw_http import Answer, RawClient, post

LIMIT = 16 << 20


class BadRequests(EndToEnd):
    """After each, a good request over a connection of its own is answered."""

    @classmethod
    def setUpClass(cls) -> None:
        super().setUpClass()
        cls.deploy("asked", models.answering("fine"))

    def setUp(self) -> None:
        self.pid = self.only_instance("asked")["pid"]

    def tearDown(self) -> None:
        status, body = self.score("asked", {"inputs": [[1]]})
        self.assertEqual((status, json.loads(body)), (200, {"predictions": "fine"}))
        self.assertEqual(self.only_instance("asked")["pid"], self.pid)

    def ask(
        self, body: bytes, route: str, content_type: Optional[str] = "application/json"
    ) -> Answer:
        """One request over a connection of its own."""
        with RawClient(self.server.port) as client:
            client.send(post(f"/endpoints/asked/{route}", body, content_type))
            return client.answer()

    def assert_refused_by_the_model(self, body: bytes, *words: str) -> None:
        """A 400 as MLflow and as Azure show it, with `words` and without the body."""
        plain, azure = self.ask(body, "invocations"), self.ask(body, "score")
        self.assertEqual((plain.status, azure.status), (400, 424), (plain, azure))
        self.assertEqual(azure.fields["ms-azureml-model-error-statuscode"], "400")
        for word in words:
            self.assertIn(word, plain.message)
            self.assertIn(word, azure.message)

    def test_01_malformed_json_is_refused_with_its_line_and_column(self) -> None:
        self.assert_refused_by_the_model(b'{"inputs":\n [[1]', "JSON", "line 2 column 6")
        self.assert_refused_by_the_model(b"", "JSON")

    def test_02_ten_thousand_levels_are_refused_with_the_limit(self) -> None:
        body = b'{"inputs": ' + b"[" * 10_000 + b"]" * 10_000 + b"}"

        self.assert_refused_by_the_model(body, "deeper than 100 levels")

    def test_03_a_body_beyond_16_mib_is_413_and_one_of_16_mib_is_not(self) -> None:
        for route in ("invocations", "score"):
            answer = self.ask(b" " * (LIMIT + 1), route)
            self.assertEqual(answer.status, 413)
            self.assertIn("'asked/default'", answer.message)
            self.assertIn("send less, or set 'scorekeeper.body_limit'", answer.message)

        scored = b'{"inputs": [[1]]}'
        self.assertEqual(self.ask(scored + b" " * (LIMIT - len(scored)), "score").status, 200)

    def test_03_row_40_an_array_of_ten_million_numbers_is_413_and_not_read(self) -> None:
        body = b'{"inputs": [' + b"1," * (10**7 - 1) + b"1]}"

        for route in ("invocations", "score"):
            self.assertEqual(self.ask(body, route).status, 413)

    def test_04_json_that_is_not_utf8_is_refused_with_the_byte(self) -> None:
        self.assert_refused_by_the_model(b'{"inputs": "\xff"}', "not UTF-8", "byte 12")
        self.assert_refused_by_the_model('{"inputs": 1}'.encode("utf-16"), "UTF-8")

    def test_05_a_wrong_content_type_is_415_and_names_those_that_are_read(self) -> None:
        for route in ("invocations", "score"):
            answer = self.ask(b'{"inputs": [[1]]}', route, "text/html")
            self.assertEqual(answer.status, 415)
            self.assertIn("'text/html'", answer.message)
            self.assertIn("send application/json", answer.message)

    def test_06_no_content_type_is_415_and_names_those_that_are_read(self) -> None:
        for route in ("invocations", "score"):
            answer = self.ask(b'{"inputs": [[1]]}', route, None)
            self.assertEqual(answer.status, 415)
            self.assertIn("no Content-Type", answer.message)
            self.assertIn("send application/json", answer.message)


if __name__ == "__main__":
    unittest.main()
