# Scorekeeper: a model-serving supervisor.
# SPDX-License-Identifier: Apache-2.0

"""Bad JSON, each kind on both routes: refused with 400 and a reason, and the scorer goes on."""

from __future__ import annotations

import unittest

from dialect_case import DialectCase
from scorekeeper_scorer import strict_json

ROUTES = {"/invocations": b"inputs", "/score": b"input_data"}


class BadJSON(DialectCase):
    def assert_refused(self, value: bytes, reason: str) -> None:
        """Refused wherever it stands, on both routes; a good request is answered afterwards."""
        for route, key in ROUTES.items():
            for body in (value, b'{"%s": [%s]}' % (key, value), b'{"a": %s}' % value):
                with self.subTest((route, body[:40])):
                    answer = self.call(self.iris, route, body)

                    self.assertEqual(answer.status, 400)
                    self.assertIn(reason, self.content(answer)["message"])
            self.assertEqual(self.call(self.iris, route, self.sample_request()).status, 200)

    def test_40_ten_thousand_levels_are_refused_at_the_limit(self) -> None:
        for opened, closed in ((b"[", b"]"), (b'{"a":', b"}"), (b'[{"a":', b"}]")):
            self.assert_refused(opened * 10_000 + b"1" + closed * 10_000, "deeper than 100 levels")
            self.assert_refused(opened * 10_000, "deeper than 100 levels")
        self.assert_refused(b"[" * 101 + b"]" * 101, "deeper than 100 levels")

    def test_40_nan_and_infinities_are_no_numbers(self) -> None:
        for name in (b"NaN", b"Infinity", b"-Infinity"):
            self.assert_refused(name, f"{name.decode()} is not a JSON number")

    def test_40_numbers_beyond_a_double_are_refused(self) -> None:
        for digits in (b"1e400", b"-1E+400", b"9" * 400 + b".5", b"1" + b"0" * 400 + b"e1"):
            self.assert_refused(digits, "too large for a double")

    def test_40_a_key_twice_is_refused_at_every_depth(self) -> None:
        self.assert_refused(b'{"a": 1, "a": 1}', "the key 'a' stands twice")
        self.assert_refused(b'[[{"b": {"a": 1, "\\u0061": 2}}]]', "the key 'a' stands twice")

    def test_40_half_a_surrogate_pair_is_no_text(self) -> None:
        for text in (b'"\\ud800"', b'"\\udc00\\ud800"', b'{"\\uDBFF": 1}', b'"\\ud83dx\\ude00"'):
            self.assert_refused(text, "half of a surrogate pair")

    def test_40_integers_of_thousands_of_digits_are_refused(self) -> None:
        self.assert_refused(b"-" + b"9" * 4_000, "an integer of 4001 digits")
        self.assert_refused(b"9" * 1_000_000, "an integer of 1000000 digits")

    def test_40_an_integer_that_no_column_holds_is_refused_by_the_signature_or_read(self) -> None:
        for digits in (2**64, 10**299):
            row = {name: [digits] for name in self.iris.input_schema.input_names()}
            answer = self.call(self.iris, "/invocations", {"inputs": row})
            self.assertIn(answer.status, (200, 400))
            self.content(answer)

    def test_40_an_array_of_ten_million_numbers_is_read_whole(self) -> None:
        numbers = strict_json.decode(b"[" + b"1," * (10**7 - 1) + b"2]")

        self.assertEqual((len(numbers), numbers[0], numbers[-1]), (10**7, 1, 2))


if __name__ == "__main__":
    unittest.main()
