# Scorekeeper: a model-serving supervisor.
# SPDX-License-Identifier: Apache-2.0

"""A request read off the lane, a content type taken apart, an answer's head."""

from __future__ import annotations

import unittest

import runtime_path  # noqa: F401
from scorekeeper_scorer.content_type import ContentType
from scorekeeper_scorer.exchange import Answer, Request


class Exchange(unittest.TestCase):
    def test_a_head_is_method_target_and_headers(self) -> None:
        head = b"POST /score?verbose=1&x=a:b\ncontent-type: application/json\nx-request-id: 7:8\n"

        request = Request.from_lane(head, memoryview(b"{}"))

        self.assertEqual(request.method, "POST")
        self.assertEqual(request.path, "/score")
        self.assertEqual(
            request.headers, {"content-type": "application/json", "x-request-id": "7:8"}
        )
        self.assertEqual(request.body, b"{}")

    def test_the_body_is_a_copy(self) -> None:
        shared = bytearray(b'{"a": 1}')

        request = Request.from_lane(b"POST /score\n", memoryview(shared).toreadonly())
        shared[:] = b"scribble"

        self.assertEqual(request.body, b'{"a": 1}')

    def test_a_head_without_headers_and_with_odd_bytes(self) -> None:
        request = Request.from_lane(b"GET /\xff", b"")
        self.assertEqual((request.method, request.path, request.headers), ("GET", "/\ufffd", {}))

    def test_an_answer_writes_its_header_lines(self) -> None:
        answer = Answer(500, b"", more_headers=(("x-ms-run-function-failed", "True"),))
        self.assertEqual(
            answer.head, b"content-type: application/json\nx-ms-run-function-failed: True\n"
        )

    def test_a_content_type_keeps_its_parameters(self) -> None:
        header = "application/json; charset=UTF-8;q=1"
        parsed = ContentType.parse(header)
        parameters = {"charset": "UTF-8", "q": "1"}
        self.assertEqual(parsed, (header, "application/json", parameters))
        assert parsed is not None
        self.assertTrue(parsed.is_utf8)

    def test_quotes_belong_to_a_charset_as_mlflow_reads_it(self) -> None:
        parsed = ContentType.parse('application/json; charset="UTF-8"')
        assert parsed is not None
        self.assertFalse(parsed.is_utf8)

    def test_no_content_type_is_nothing(self) -> None:
        self.assertIsNone(ContentType.parse(None))
        self.assertIsNone(ContentType.parse("  "))


if __name__ == "__main__":
    unittest.main()
