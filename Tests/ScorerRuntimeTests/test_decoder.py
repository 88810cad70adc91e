# Scorekeeper: a model-serving supervisor.
# SPDX-License-Identifier: Apache-2.0

"""The decoder reads each way of writing a request, and leaves alone what is unusual."""

from __future__ import annotations

import json
import unittest
from typing import Any, Dict, List

import numpy as np
from decoder_case import DECODE, DecoderCase, plan, table, tensor
from scorekeeper_scorer import decode_plan as plans
from scorekeeper_scorer.decode_plan import Part

ROWS = [[1.5, -2], [0.25, 3e2]]
PAIR = table(a="float64", b="float64")
MIXED = table(a="float64", s="str", n="int64", y="bool")


class Decoder(DecoderCase):
    def test_each_way_of_writing_a_table_gives_the_same_columns(self) -> None:
        records = [{"a": a, "b": b} for a, b in ROWS]
        bodies: List[Dict[str, Any]] = [
            {"dataframe_split": {"columns": ["a", "b"], "data": ROWS}},
            {"dataframe_split": {"columns": ["b", "a"], "data": [row[::-1] for row in ROWS]}},
            {"dataframe_records": records},
            {"dataframe_records": [{"b": b, "a": a} for a, b in ROWS]},
            {"instances": records},
            {"inputs": records},
            {"inputs": {"b": [-2, 3e2], "a": [1.5, 0.25]}},
            {"input_data": ROWS},
            {"input_data": {"index": [7, -8], "columns": ["a", "b"], "data": ROWS}},
        ]
        block = np.array(ROWS).T.tobytes()
        for body in bodies:
            with self.subTest(json.dumps(body)):
                form, layout, rows, parts, index, params = self.decode(body, PAIR)
                self.assertEqual((rows, bytes(parts), params), (2, block, None))
                if index is not None:
                    self.assertEqual(np.frombuffer(index, np.int64).tolist(), [7, -8])

    def test_columns_of_several_types_are_apart(self) -> None:
        body = {"dataframe_records": [{"s": "x\u00e9\n", "y": True, "a": 1, "n": -(2**40)}]}
        a, s, n, y = self.decode(body, MIXED)[3]
        self.assertEqual(np.frombuffer(a, np.float64).tolist(), [1.0])
        self.assertEqual(s, ["x\u00e9\n"])
        self.assertEqual(np.frombuffer(n, np.int64).tolist(), [-(2**40)])
        self.assertEqual(np.frombuffer(y, np.bool_).tolist(), [True])

    def test_tensors_keep_their_shape(self) -> None:
        array = np.arange(24, dtype=np.float32).reshape(2, 3, 4)
        for body in ({"inputs": array.tolist()}, {"input_data": array.tolist()}):
            (memory, dimensions), = self.decode(body, tensor("float32", -1, 3, 4))[3]
            self.assertEqual(dimensions, (2, 3, 4))
            self.assertEqual(bytes(memory), array.tobytes())
        pair = plan(plans.TENSORS, [Part("a", "int64", (-1,)), Part("b", "bool", (-1, 2))])
        parts = self.decode({"inputs": {"b": [[True, False]], "a": [5]}}, pair)[3]
        self.assertEqual([part[1] for part in parts], [(1,), (1, 2)])

    def test_a_tensor_of_another_shape_is_left_alone(self) -> None:
        for inputs in ([1, 2], [[1, 2, 3]], [[[1, 2]]], [[1, 2], [3]], [[]], [], [[1, 2], 3], 5):
            self.assertIsNone(self.decode({"inputs": inputs}, tensor("int64", -1, 2)), inputs)

    def test_params_are_handed_over_as_they_are_written(self) -> None:
        params = b'{"a": [1, {"b": "}]"}], "c": null}'
        body = b'{"params": %s , "input_data": [[1, 2]]}' % params
        self.assertEqual(self.decode(body, PAIR)[5], params)

    def test_names_and_texts_are_read_however_they_are_spelled(self) -> None:
        odd = plan(plans.TABLE, [Part('\u00e4"\\\u20ac', "str")])
        for ascii_only in (True, False):
            text = "\u00fc\U0001f600\t/\\\""
            body = json.dumps({"inputs": {'\u00e4"\\\u20ac': [text]}}, ensure_ascii=ascii_only)
            self.assertEqual(self.decode(body.encode(), odd)[3], ([text],))
        escapes = b'{"inputs":{"s":["\\/\\b\\f"]}}'
        self.assertEqual(self.decode(escapes, table(s="str"))[3], (["/\b\f"],))

    def test_texts_that_are_no_text_are_left_alone(self) -> None:
        texts = [b"\xff", b"\xed\xa0\x80", b"\xc0\x80", b"\\ud800", b"\\udc00", b"\\ud800\\u0041"]
        for text in texts + [b"\\u0000", b"\\x41", b"\\u12", b"\n", b"\\"]:
            body = b'{"inputs": {"s": ["%s"]}}' % text
            self.assertIsNone(self.decode(body, table(s="str")), text)

    def test_what_is_unusual_is_left_alone(self) -> None:
        split = '{"dataframe_split": {"columns": ["a", "b"], "data": [[1, 2]]}}'
        self.assertIsNotNone(self.decode(split.encode(), PAIR))
        unusual = [
            ("[[1, 2]]", "[[1, null]]"),
            ("[[1, 2]]", '[[1, "2"]]'),
            ("[[1, 2]]", "[[1, true]]"),
            ("[[1, 2]]", "[[1]]"),
            ("[[1, 2]]", "[[1, 2, 3]]"),
            ("[[1, 2]]", "[[1, 2],]"),
            ("[[1, 2]]", "[]"),
            ("[[1, 2]]", "[[1, NaN]]"),
            ('["a", "b"]', '["a", "a"]'),
            ('["a", "b"]', '["a"]'),
            ('["a", "b"]', '["a", "b", "c"]'),
            ('["a", "b"]', '["a", "c"]'),
            ('"columns"', '"data": [[1, 2]], "columns"'),
            ('"columns"', '"index": [1, 2], "columns"'),
            ('"columns"', '"index": ["x"], "columns"'),
            ('"columns"', '"more": 1, "columns"'),
            ('"columns"', '"columns": ["a", "b"], "columns"'),
            ("}}", "}, }"),
            ("}}", "}} x"),
            ("}}", '}, "inputs": []}'),
            ("}}", '}, "signature_name": "x"}'),
            ("}}", '}, "params": 1, "params": 1}'),
            ("}}", '}, "params": {]}}'),
            ("}}", "}"),
            ('{"dataframe_split"', '\ufeff{"dataframe_split"'),
        ]
        for usual, odd in unusual:
            with self.subTest(odd):
                self.assertIn(usual, split)
                self.assertIsNone(self.decode(split.replace(usual, odd, 1).encode(), PAIR))

    def test_records_with_other_keys_are_left_alone(self) -> None:
        good = {"a": 1, "b": 2}
        for odd in ({"a": 1}, {"a": 1, "b": 2, "c": 3}, {"a": 1, "c": 2}, {"b": 2, "a": 1}, [1, 2]):
            self.assertIsNone(self.decode({"dataframe_records": [good, odd]}, PAIR), odd)
        twice = b'{"dataframe_records": [{"a": 1, "a": 2}]}'
        self.assertIsNone(self.decode(twice, PAIR))

    def test_columns_of_unequal_length_are_left_alone(self) -> None:
        self.assertIsNone(self.decode({"inputs": {"a": [1, 2], "b": [1]}}, PAIR))

    def test_a_body_that_breaks_off_anywhere_is_left_alone(self) -> None:
        row = [1.5, "\u00e9x", 2, True]
        split = {"index": [1], "columns": ["a", "s", "n", "y"], "data": [row]}
        body = json.dumps({"params": {"x": [1]}, "dataframe_split": split}).encode()
        self.assertIsNotNone(self.decode(body, MIXED))
        for length in range(len(body)):
            self.assertIsNone(self.decode(body[:length], MIXED), body[:length])

    def test_depth_costs_nothing(self) -> None:
        for body in (b'{"inputs":' + b"[" * 100_000, b'{"params":' + b'[{"a":' * 50_000):
            self.assertIsNone(self.decode(body, tensor("float64", -1, 2)))

    def test_what_is_no_plan_is_refused(self) -> None:
        for written in (b"", b"x" * 100, PAIR.written[:-40], PAIR.written[:50]):
            with self.assertRaises(ValueError):
                DECODE(b"{}", written)


if __name__ == "__main__":
    unittest.main()
