# Scorekeeper: a model-serving supervisor.
# SPDX-License-Identifier: Apache-2.0

"""Every kind of bad JSON is refused with a sentence; everything else is read as it is written."""

from __future__ import annotations

import json
import unittest

import runtime_path  # noqa: F401
from scorekeeper_scorer.strict_json import DEEPEST, InvalidJSON, decode, encode


class StrictJSON(unittest.TestCase):
    def test_reads_what_is_valid(self) -> None:
        for text in ('{"a": [1, 2.5, -3e10, true, null, "\\u00e9\\ud83d\\ude00"]}', '"x"', "[]"):
            with self.subTest(text):
                self.assertEqual(decode(text.encode()), json.loads(text))

    def test_a_byte_order_mark_is_passed_over(self) -> None:
        self.assertEqual(decode(b'\xef\xbb\xbf{"a": 1}'), {"a": 1})

    def test_refuses_with_a_reason(self) -> None:
        cases = {
            b"": "Expecting value at line 1 column 1",
            b'{"a": 1,}': "at line 1 column",
            b'\xff{"a": 1}': "not UTF-8: byte 0",
            b'{"a": "\xed\xa0\x80"}': "not UTF-8",
            "{}".encode("utf-16"): "not UTF-8",
            b"[NaN]": "NaN is not a JSON number",
            b"[-Infinity]": "-Infinity is not a JSON number",
            b"[1e400]": "1e400 is too large",
            b"[-1E+999]": "too large",
            b"[" + b"9" * 400 + b".0]": "too large",
            b"[" + b"9" * 5_000 + b"]": "an integer of 5000 digits",
            b'{"a": 1, "b": 2, "a": 3}': "the key 'a' stands twice",
            b'["\\ud800"]': "half of a surrogate pair",
            b'{"\\uDFFF": 1}': "half of a surrogate pair",
            b"[" * 10_000: f"deeper than {DEEPEST}",
            b'{"a":' * 10_000 + b"1" + b"}" * 10_000: f"deeper than {DEEPEST}",
            b"[1] [2]": "Extra data",
        }
        for body, reason in cases.items():
            with self.subTest(body[:24]):
                with self.assertRaises(InvalidJSON) as caught:
                    decode(body)
                self.assertIn(reason, str(caught.exception))

    def test_the_depth_limit_is_exact_and_strings_do_not_count(self) -> None:
        decode(b"[" * DEEPEST + b"]" * DEEPEST)
        decode(b'["' + b"[{" * 5_000 + b'", "\\"[", "\\\\"' + b', [{"a": []}]' * 200 + b"]")
        with self.assertRaises(InvalidJSON):
            decode(b"[" * (DEEPEST + 1) + b"]" * (DEEPEST + 1))

    def test_a_wide_body_is_not_a_deep_one(self) -> None:
        rows = [{"a": [index, {"b": index}]} for index in range(5_000)]
        self.assertEqual(decode(json.dumps(rows).encode()), rows)

    def test_exponents_that_fit_are_read(self) -> None:
        self.assertEqual(decode(b"[1e300, 1e-400, 12e+005]"), [1e300, 0.0, 1200000.0])

    def test_writes_null_for_what_is_not_finite(self) -> None:
        value = {"a": [float("nan"), float("inf"), -float("inf"), 0.1, 1e300, "NaN"]}
        self.assertEqual(encode(value), b'{"a": [null, null, null, 0.1, 1e+300, "NaN"]}')

    def test_writes_half_a_surrogate_as_an_escape(self) -> None:
        self.assertEqual(encode("\ud800"), b'"\\ud800"')

    def test_what_has_no_form_is_an_error(self) -> None:
        with self.assertRaises(TypeError):
            encode({1, 2})


if __name__ == "__main__":
    unittest.main()
