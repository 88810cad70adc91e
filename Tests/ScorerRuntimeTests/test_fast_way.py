# Scorekeeper: a model-serving supervisor.
# SPDX-License-Identifier: Apache-2.0

"""The fast way answers to the byte as the exact way does, or steps aside."""

from __future__ import annotations

import datetime
import os
import sys
import unittest
from typing import Any, Callable, Dict, List
from unittest import mock

import numpy as np
import pandas as pd
import runtime_path
from mlflow.exceptions import MlflowException
from mlflow.types import ColSpec, DataType, ParamSchema, ParamSpec, Schema, TensorSpec
from scorekeeper_scorer import extensions, fast_way
from scorekeeper_scorer.exchange import Request
from scorekeeper_scorer.loaded_model import LoadedModel
from scorekeeper_scorer.ways import Ways
from way_case import WayCase, columns, model, post, tensors

TABLE = columns(a="double", s="string")
ROW = {"a": 1.5, "s": "x"}
ONE = {"dataframe_records": [ROW]}
PARAMS = ParamSchema(
    [ParamSpec("scale", DataType.double, 2.0), ParamSpec("tags", DataType.string, ["t"], (-1,))]
)

RESULTS: Dict[str, Callable[[], Any]] = {
    "doubles": lambda: np.array([0.1, -0.0, 1e300, 5e-324]),
    "floats": lambda: np.array([[0.1, 1 / 3]], np.float32),
    "halves": lambda: np.array([0.1], np.float16),
    "whole numbers": lambda: np.array([[-1, 2**62]]),
    "unsigned": lambda: np.array([2**64 - 1], np.uint64),
    "flags": lambda: np.array([True, False]),
    "texts": lambda: np.array(["a", "\u00e9\u20ac\U0001f600\\\"\n"]),
    "objects": lambda: np.array(["a", 1, None, 2.5, np.float32(0.1)], object),
    "texts as objects": lambda: np.array([["a", "\u00e9\"\n"]], object),
    "no dimension": lambda: np.array(3.5),
    "empty": lambda: np.zeros((0, 2)),
    "not finite": lambda: np.array([1.5, np.nan, -np.inf]),
    "bytes": lambda: np.array([b"\x00\xff"]),
    "complex": lambda: np.array([1j]),
    "times": lambda: np.array(["2026-01-02T03:04:05"], "datetime64[ns]"),
    "table": lambda: pd.DataFrame({"i": [1, 2], "f": [0.5, 1e-7], "s": ["x", "\u00e9"]}),
    "table of floats": lambda: pd.DataFrame({"f": np.array([0.1], np.float32)}),
    "table with gaps": lambda: pd.DataFrame({"f": [0.5, None], "s": ["x", None]}),
    "table of objects": lambda: pd.DataFrame({"o": np.array([[1], "x"], object)}),
    "table of times": lambda: pd.DataFrame({"t": pd.to_datetime(["2026-01-02"])}),
    "table of categories": lambda: pd.DataFrame({"c": pd.Categorical(["u", "v"])}),
    "table with numbered columns": lambda: pd.DataFrame(np.arange(4).reshape(2, 2)),
    "table with a column twice": lambda: pd.DataFrame([[1, 2]], columns=["a", "a"]),
    "table with odd columns": lambda: pd.DataFrame([[1, 2]], columns=[0.5, True]),
    "table with two levels": lambda: pd.DataFrame({("a", "b"): [1]}),
    "table with labels": lambda: pd.DataFrame({"f": [1.5, 2.5]}, index=["x", "y"]),
    "nullable": lambda: pd.DataFrame({"n": pd.array([1, None], "Int64")}),
    "empty table": lambda: pd.DataFrame(),
    "series": lambda: pd.Series([0.1, 0.2], name="s"),
    "series without a name": lambda: pd.Series(["x", "y"]),
    "series of objects": lambda: pd.Series([{"a": 1}, [2]]),
    "named arrays": lambda: {"p": np.array([[0.25, 0.75]], np.float32), "l": np.array([1])},
    "named objects": lambda: {"p": np.array([0.5]), "o": np.array([{"x": 1}], object)},
    "named by numbers": lambda: {1: np.array([0.5]), None: np.array([1])},
    "named lists": lambda: {"p": [0.5, 1], "q": "x"},
    "list": lambda: [1, 2.5, "x", True, None, ["y"], {"z": 1}],
    "list of numpy's": lambda: [np.float64(0.1), np.float32(0.1), np.int64(3), np.bool_(True)],
    "list of arrays": lambda: [np.array([1, 2])],
    "tuple": lambda: (1, 2),
    "text": lambda: "x",
    "number": lambda: 0.1,
    "flag": lambda: True,
    "nothing": lambda: None,
    "numpy's number": lambda: np.float32(0.1),
    "time": lambda: datetime.datetime(2026, 1, 2),
    "set": lambda: {1},
    "masked": lambda: np.ma.masked_array([1.5, 2.5], [True, False]),
    "matrix": lambda: np.asmatrix([[1.5, 2.5]]),
}

TABLE_BODIES: List[Any] = [
    ONE,
    {"dataframe_split": {"columns": ["s", "a"], "data": [["x", 1], ["y", 2]]}},
    {"dataframe_split": {"columns": ["s", "a"], "data": [["x", 1], ["y", 2]], "index": ["u", 3]}},
    {"dataframe_split": {"columns": ["s", "a"], "data": []}},
    {"dataframe_split": {"data": [["x", 1]]}},
    {"dataframe_split": {"columns": ["s"], "data": [["x"]]}},
    {"dataframe_split": {"columns": ["s", "a", "z"], "data": [["x", 1, 2]]}},
    {"dataframe_split": {"columns": ["s", "a"], "data": [["x", None]]}},
    {"dataframe_split": {"columns": ["s", "a"], "data": [["x", "1.5"]]}},
    {"dataframe_split": {"columns": ["s", "a"], "data": [[1, "x"]]}},
    {"dataframe_split": {"columns": ["s", "a"], "data": [[None, True]]}},
    {"dataframe_split": [1]},
    {"dataframe_records": []},
    {"dataframe_records": {}},
    {"dataframe_records": [ROW, {"a": 1}]},
    {"dataframe_records": [{**ROW, "extra": [1]}]},
    {"inputs": {"a": [1, 2], "s": ["x", "y"]}},
    {"inputs": {"a": [1, 2], "s": ["x"]}},
    {"inputs": {"a": 1, "s": "x"}},
    {"inputs": [ROW, ROW]},
    {"inputs": [[1, "x"]]},
    {"inputs": "x"},
    {"instances": [ROW]},
    {"instances": [{"a": [1], "s": ["x"]}]},
    {"instances": [], "inputs": []},
    {"inputs": [ROW], "signature_name": "x"},
    {"inputs": [ROW], "unknown": 1},
    {"inputs": [ROW], "input": 1},
    {"input_data": [[1.5, "x"]]},
    {"input_data": [["x", 1.5]]},
    {"input_data": {"columns": ["a", "s"], "data": [[1.5, "x"]], "index": [0]}},
    {"input_data": {"columns": ["a", "s"], "data": [[1.5, "x"]]}},
    {"input_data": {"columns": ["a", "s"], "index": [0]}},
    {"input_data": {"a": [1], "s": ["x"]}},
    {"input_data": [ROW]},
    {"input_data": [], "inputs": [ROW]},
    {"input_data": 3},
    {},
    [],
    b"",
    b"{",
    b'{"inputs": [{"a": 1e400, "s": "x"}]}',
    b'{"inputs": [{"a": 1e-400, "s": "x"}]}',
    b'{"inputs": [{"a": NaN, "s": "x"}]}',
    b'{"inputs": [{"a": 1, "a": 2, "s": "x"}]}',
    b'{"inputs": [{"a": 123456789012345678901234567890, "s": "x"}]}',
    b'{"inputs": [{"a": 1, "s": "\\ud800"}]}',
    b'{"inputs": [{"a": 1, "s": "\\u0000"}]}',
    b'{"inputs": [{"a": 1, "s": "\xff"}]}',
    b'\xef\xbb\xbf{"inputs": [{"a": 1, "s": "x"}]}',
    b'{"inputs": [{"a": 1, "s": "x"}]} x',
]


def echo(table: Any) -> Any:
    """A result that shows every value, the types and the labels of the input."""
    if isinstance(table, dict):
        return {name: echo(part) for name, part in table.items()}
    if isinstance(table, np.ndarray):
        return [str(table.dtype), table.tolist()]
    return [table.to_dict("split"), [str(kind) for kind in table.dtypes]]


class FastWay(WayCase):
    def ways(self, loaded: LoadedModel) -> Ways:
        ways = self.quietly(lambda: Ways(loaded))
        self.assertEqual(ways.why_not_fast, "")
        return ways

    def test_good_and_bad_bodies_are_answered_alike(self) -> None:
        loaded, _ = model(echo, TABLE)
        ways = self.ways(loaded)
        paths = ("/invocations", "/score")
        self.assert_answered_alike(
            ways, loaded, [post(path, body) for body in TABLE_BODIES for path in paths]
        )
        self.assertGreater(ways.counts["fast"], 15)
        self.assertGreater(ways.counts["exact"], 60)

    def test_columns_that_azures_reader_may_take_for_dates_are_left_to_it(self) -> None:
        for name in ("created_at", "Start_Time", "timestamp2", "date"):
            loaded, _ = model(echo, columns(**{name: "double", "x": "double"}))
            ways = self.ways(loaded)
            body = {"columns": [name, "x"], "data": [[1.7e9, 1.0]]}
            requests = [post("/score", {"input_data": data}) for data in (body, [[1.7e9, 1]])]
            self.assert_answered_alike(ways, loaded, requests)
            self.assertEqual(ways.counts["fast"], 0, name)
            self.assert_answered_alike(ways, loaded, [post("/score", {"dataframe_split": body})])
            self.assertEqual(ways.counts["fast"], 1, name)

    def test_bodies_for_tensors_are_answered_alike(self) -> None:
        bodies: List[Any] = [[[1, 2.5]], [[1, 2]], [[1, 2, 3]], [1, 2], [["1", "2"]], [], [[]], 3]
        bodies += [[[True, False]], [[None, 1]], {"x": [[1, 2]]}, {"y": [[1, 2]]}, [[1], [2, 3]]]
        for name in (None, "x"):
            loaded, _ = model(echo, tensors(TensorSpec(np.dtype("float32"), (-1, 2), name)))
            keys = ("inputs", "instances", "input_data", "dataframe_records")
            requests = [post("/invocations", {key: body}) for key in keys for body in bodies]
            requests += [post("/score", {key: body}) for key in keys for body in bodies]
            self.assert_answered_alike(self.ways(loaded), loaded, requests)

    def test_results_of_every_kind_are_written_alike(self) -> None:
        for name, result in RESULTS.items():
            loaded, _ = model(lambda table, result=result: result(), TABLE)
            ways = self.ways(loaded)
            requests = [post("/invocations", ONE), post("/score", {"input_data": [[1.5, "x"]]})]
            self.assert_answered_alike(ways, loaded, requests)
            self.assertEqual(ways.counts["fast"], 2, name)

    def test_params_are_enforced_alike(self) -> None:
        given: List[Any] = [{}, {"scale": 3}, {"scale": "x"}, {"scale": None}, {"tags": ["u", "v"]}]
        given += [{"tags": "u"}, {"unknown": 1}, None, 3, [1], {"scale": 1.5, "tags": []}]

        def show(table: Any, params: Any) -> Any:
            return [sorted(params.items())] * len(table)

        for schema in (PARAMS, None):
            loaded, _ = model(show if schema else echo, TABLE, schema)
            requests = [post("/invocations", ONE)]
            for params in given:
                requests.append(post("/invocations", {**ONE, "params": params}))
                requests.append(post("/score", {"input_data": [[1, "x"]], "params": params}))
            self.assert_answered_alike(self.ways(loaded), loaded, requests)

    def test_a_default_parameter_that_a_model_changes_is_whole_for_the_next(self) -> None:
        def spoil(table: Any, params: Any) -> Any:
            return [params.pop("scale")]

        loaded, _ = model(spoil, TABLE, PARAMS)
        ways = self.ways(loaded)
        answers = [self.quietly(lambda: ways.answer(post("/invocations", ONE))) for _ in range(2)]
        self.assertEqual([answer.body for answer in answers], [b'{"predictions": [2.0]}'] * 2)

    def test_failures_of_the_model_are_told_alike_and_it_is_called_once(self) -> None:
        errors: List[Callable[[], BaseException]] = [
            lambda: ValueError("the secret is 42"),
            lambda: SystemExit(3),
            lambda: RecursionError(),
            lambda: MlflowException("no"),
            lambda: OSError(101, "Network is unreachable"),
        ]
        for error in errors:

            def fail(table: Any, error: Callable[[], BaseException] = error) -> Any:
                raise error()

            loaded, flavor = model(fail, TABLE)
            ways = self.ways(loaded)
            requests = [post("/invocations", ONE), post("/score", {"input_data": [[1, "x"]]})]
            self.assert_answered_alike(ways, loaded, requests)
            flavor.calls = 0
            self.quietly(lambda: ways.answer(requests[0]))
            self.assertEqual(flavor.calls, 1)

    def test_with_debug_errors_failures_are_told_alike(self) -> None:
        loaded, _ = model(lambda table: 1 / 0, TABLE)
        loaded.shows_failures = True
        self.assert_answered_alike(self.ways(loaded), loaded, [post("/score", ONE)])

    def test_a_model_that_spoils_its_input_spoils_no_other(self) -> None:
        def spoil(table: Any) -> Any:
            answer = [list(table.columns), table.columns.name, table["a"].tolist()]
            table.columns.name = "spoiled"
            table["a"] *= 0
            table.columns = ["p", "q"]
            return [answer]

        for schema, body in ((TABLE, ONE), (columns(a="double", b="double"), None)):
            request = post("/invocations", body or {"inputs": [{"a": 1.5, "b": 2}]})
            loaded, _ = model(spoil, schema)
            self.assert_answered_alike(self.ways(loaded), loaded, [request] * 3)

    def test_other_types_methods_and_paths_go_the_exact_way(self) -> None:
        loaded, _ = model(echo, TABLE)
        ways = self.ways(loaded)
        requests = [post("/invocations", b"a,s\n1,x\n", "text/csv"), post("/nowhere", ONE)]
        requests += [post("/score", ONE, kind) for kind in ("", "application/JSON", "text/plain")]
        requests += [Request("GET", path, {}, b"") for path in ("/ping", "/score", "/version")]
        self.assert_answered_alike(ways, loaded, requests)
        self.assertEqual(ways.counts["fast"], 0)
        self.quietly(lambda: ways.answer(post("/score", ONE, "application/json; charset=UTF-8")))
        self.assertEqual(ways.counts["fast"], 1)

    def test_signatures_that_it_does_not_cover_are_named(self) -> None:
        cases = [
            (None, "no signature"),
            (Schema([ColSpec("double")]), "no names"),
            (Schema([ColSpec("double", "a", required=False)]), "optional"),
            (columns(a="datetime"), "type"),
            (columns(a="binary"), "type"),
            (tensors(TensorSpec(np.dtype("str"), (-1,))), "type"),
        ]
        for schema, words in cases:
            with self.subTest(words):
                loaded, _ = model(echo, schema)
                ways = self.quietly(lambda: Ways(loaded))
                self.assertIn(words, ways.why_not_fast)
                verdict = ways.facts()["merging"]
                self.assertEqual((verdict["verdict"], verdict["setting"]), ("not merging", "auto"))
                self.quietly(lambda: ways.answer(post("/invocations", ONE)))
                self.assertEqual(ways.counts["exact"], 1)

    def test_where_mlflow_hands_over_something_else_it_is_off(self) -> None:
        loaded, _ = model(echo, TABLE)
        elsewhere = mock.patch.object(fast_way.probe, "same", return_value=False)
        with elsewhere:
            ways = self.quietly(lambda: Ways(loaded))
        self.assertIn("something else", ways.why_not_fast)

    def test_without_the_extension_it_is_off(self) -> None:
        loaded, _ = model(echo, TABLE)
        with mock.patch.object(extensions, "SUPPORT", "/nowhere"):
            ways = self.quietly(lambda: Ways(loaded))
        self.assertNotEqual(ways.why_not_fast, "")

    def test_a_pyfunc_of_another_class_is_left_to_mlflow(self) -> None:
        loaded, _ = model(echo, TABLE)
        loaded.pyfunc.__class__ = type("Other", (type(loaded.pyfunc),), {})
        self.assertIn("MLflow", self.quietly(lambda: Ways(loaded)).why_not_fast)

    def test_the_sample_goes_the_fast_way_and_mlflow_is_as_it_was(self) -> None:
        loaded = LoadedModel.load(runtime_path.SAMPLE)
        before = loaded.pyfunc._predict_fn
        ways = self.ways(loaded)
        self.assertEqual(loaded.pyfunc._predict_fn, before)
        with open(os.path.join(runtime_path.SAMPLE, "request.json"), "rb") as file:
            request = post("/invocations", file.read())
        self.assert_answered_alike(ways, loaded, [request])
        self.assertEqual(ways.counts["fast"], 1)
        self.assertIn("sklearn", sys.modules)


if __name__ == "__main__":
    unittest.main()
