# Scorekeeper: a model-serving supervisor.
# SPDX-License-Identifier: Apache-2.0

"""Requests that wait together are scored together where that changes no answer, nowhere else."""

from __future__ import annotations

import contextlib
import io
import itertools
import json
import os
import random
import tempfile
import unittest
from typing import Any, Callable, Dict, List
from unittest import mock

import batch_models
import numpy as np
import pandas as pd
import runtime_path  # noqa: F401
from mlflow.types import DataType, ParamSchema, ParamSpec, TensorSpec
from scorekeeper_scorer import routes
from scorekeeper_scorer.exchange import Answer, Request
from scorekeeper_scorer.loaded_model import LoadedModel
from scorekeeper_scorer.ways import Ways
from way_case import WayCase, columns, comparable, model, post, tensors

SCHEMA = columns(id="double", x="double", y="double")
SCALE = ParamSchema([ParamSpec("scale", DataType.double, 1.0)])
SEED = 41


def scaled(function: Callable[[Any], Any]) -> Callable[[Any, Any], Any]:
    """The function with a parameter that its answers depend on."""
    return lambda table, params: function(table.assign(y=table["y"] * params["scale"]))


def row(number: int) -> List[float]:
    return [number, number * 0.37 - 2, 1 / (number + 1)]


class Merging(WayCase):
    def loaded(self, function: Callable[[Any], Any], setting: str = "auto") -> Ways:
        self.model, self.flavor = model(scaled(function), SCHEMA, SCALE)
        return self.begun(self.model, setting)

    def begun(self, loaded: LoadedModel, setting: str = "auto") -> Ways:
        with mock.patch.dict(os.environ, {"SCOREKEEPER_MERGE": setting}):
            ways = self.quietly(lambda: Ways(loaded))
        self.assertEqual(ways.why_not_fast, "")
        return ways

    def proven(self, function: Callable[[Any], Any]) -> Ways:
        ways = self.loaded(function)
        for number in range(40):
            self.quietly(lambda: ways.answer(post("/score", {"input_data": [row(number)]})))
            self.quietly(ways.between_requests)
        return ways

    def all_answers(self, ways: Ways, requests: List[Request]) -> List[Answer]:
        answers: Dict[int, Answer] = {}
        log = io.StringIO()
        with contextlib.redirect_stderr(log):
            for position, answer in ways.answer_all(requests):
                self.assertNotIn(position, answers)
                answers[position] = answer
        self.log = log.getvalue()
        self.assertEqual(sorted(answers), list(range(len(requests))))
        return [answers[position] for position in range(len(requests))]

    def verdict(self, ways: Ways) -> Dict[str, Any]:
        facts = ways.facts()["merging"]
        assert isinstance(facts, dict)
        return facts

    def test_models_are_told_apart_by_live_traffic(self) -> None:
        for name, function in batch_models.ROW_WISE.items():
            with self.subTest(name):
                ways = self.proven(function)
                self.assertEqual(self.verdict(ways)["verdict"], "merging", self.verdict(ways))
                self.assertEqual(self.verdict(ways)["rows"], 8)
                self.assertEqual(ways.takes, 64)
        for name, function in batch_models.BATCH_DEPENDENT.items():
            with self.subTest(name):
                ways = self.proven(function)
                self.assertEqual(self.verdict(ways)["verdict"], "not merging")
                self.assertEqual(ways.takes, 1)

    def test_a_proof_from_traffic_takes_one_call_between_two_requests(self) -> None:
        ways = self.loaded(batch_models.ROW_WISE["a sum"])
        for number in range(12):
            ways.answer(post("/score", {"input_data": [row(number)]}))
            before = self.flavor.calls
            ways.between_requests()
            self.assertLessEqual(self.flavor.calls - before, 1)
        self.assertEqual(self.verdict(ways)["verdict"], "proving")

    def test_a_step_that_may_take_too_long_is_not_taken(self) -> None:
        seconds = itertools.count(0.0, 0.2)
        with mock.patch("scorekeeper_scorer.merging.time") as time:
            time.monotonic.side_effect = lambda: next(seconds)
            ways = self.proven(batch_models.ROW_WISE["a sum"])
        self.assertEqual(self.verdict(ways)["verdict"], "not merging")
        self.assertIn("64 rows may keep it", self.verdict(ways)["why"])

    def test_the_models_example_proves_it_before_any_traffic(self) -> None:
        a_table, ranked = batch_models.ROW_WISE["a table"], batch_models.BATCH_DEPENDENT["ranked"]
        cases = [
            ([row(1), row(2), row(3)], a_table, "merging"),
            ([row(1)] * 3, a_table, "proving"),
            ([row(1), row(2)], ranked, "not merging"),
        ]
        for rows, function, verdict in cases:
            with mock.patch("scorekeeper_scorer.merging.time") as time:
                time.monotonic.return_value = 0.0
                ways = self.begun(self.with_example(rows, function))
            self.assertEqual(self.verdict(ways)["verdict"], verdict)

    def with_example(self, rows: List[Any], function: Callable[[Any], Any]) -> LoadedModel:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        body = {"dataframe_split": {"columns": batch_models.COLUMNS, "data": rows}}
        with open(os.path.join(folder.name, "example.json"), "w", encoding="utf-8") as file:
            json.dump(body, file)
        information = {"serving_input_path": "example.json"}
        loaded, _ = model(
            function, SCHEMA, directory=folder.name, saved_input_example_info=information
        )
        return loaded

    def test_no_answer_ever_reaches_another_request(self) -> None:
        draw = random.Random(SEED)
        for name in ("a sum", "a table", "named arrays", "texts", "a list", "a series"):
            ways = self.proven(batch_models.ROW_WISE[name])
            merged = 0
            for _ in range(12):
                requests = [self.any_request(draw) for _ in range(draw.randint(1, 30))]
                answers = self.all_answers(ways, requests)
                for request, answer in zip(requests, answers):
                    exact = self.quietly(lambda: routes.answer(self.model, request))
                    self.assertEqual(comparable(answer), comparable(exact), request.body)
                merged = ways.counts["merged"]
            self.assertGreater(merged, 50, name)
            self.assertLess(ways.counts["merged_calls"], merged / 2)
            self.assertEqual(self.verdict(ways)["verdict"], "merging")

    def any_request(self, draw: random.Random) -> Request:
        rows = [row(draw.randint(0, 10_000)) for _ in range(draw.choice([1, 1, 1, 2, 5]))]
        records = [dict(zip(batch_models.COLUMNS, values)) for values in rows]
        body: Dict[str, Any] = draw.choice(
            [
                {"dataframe_records": records},
                {"inputs": records},
                {"dataframe_split": {"columns": batch_models.COLUMNS, "data": rows}},
                {"input_data": rows},
                {"input_data": rows},
                {"dataframe_records": [{"id": 1}]},
                {"inputs": "bad"},
            ]
        )
        if draw.random() < 0.4:
            body["params"] = {"scale": draw.choice([1, 2.5, "bad"])}
        path = "/score" if "input_data" in body else draw.choice(["/score", "/invocations"])
        return post(path, body)

    def test_a_request_that_waits_alone_is_answered_as_ever(self) -> None:
        ways = self.proven(batch_models.ROW_WISE["a sum"])
        self.flavor.calls, ways.counts["fast"] = 0, 0
        self.all_answers(ways, [post("/score", {"input_data": [row(1)]})])
        self.assertEqual(self.flavor.calls, 1)
        self.assertEqual((ways.counts["fast"], ways.counts["merged"]), (1, 0))

    def test_sixty_four_requests_are_one_call(self) -> None:
        ways = self.proven(batch_models.ROW_WISE["a sum"])
        self.flavor.calls = 0
        self.all_answers(ways, [post("/score", {"input_data": [row(n)]}) for n in range(64)])
        self.assertEqual(self.flavor.calls, 2, "one for all, and one that looks at one of them")
        self.assertEqual((ways.counts["merged"], ways.counts["merged_calls"]), (64, 1))

    def test_a_merged_table_lies_in_memory_as_pandas_keeps_one(self) -> None:
        layouts = []

        def watch(table: Any) -> Any:
            array = table.to_numpy()
            layouts.append((array.flags.f_contiguous, array.flags.c_contiguous))
            return array[:, 1]

        ways = self.proven(watch)
        self.all_answers(ways, [post("/score", {"input_data": [row(n)]}) for n in range(3)])
        self.assertEqual(layouts[-2], (True, False))

    def test_requests_with_params_or_labels_go_alone(self) -> None:
        ways = self.proven(batch_models.ROW_WISE["a sum"])
        self.flavor.calls = 0
        bodies: List[Dict[str, Any]] = [
            {"input_data": [row(n)], "params": {"scale": 2}} for n in range(6)
        ]
        for number in range(6):
            split = {"columns": batch_models.COLUMNS, "data": [row(number)], "index": [number]}
            bodies.append({"input_data": split})
        self.all_answers(ways, [post("/score", body) for body in bodies])
        self.assertEqual((self.flavor.calls, ways.counts["merged"]), (12, 0))

    def test_no_more_rows_share_a_call_than_were_proven_together(self) -> None:
        sizes = []

        def watch(table: Any) -> Any:
            sizes.append(len(table))
            return table["x"].to_numpy()

        ways = self.proven(watch)
        bodies = [{"input_data": [row(n)] * 30} for n in range(5)] + [{"input_data": [row(1)] * 40}]
        self.all_answers(ways, [post("/score", body) for body in bodies])
        self.assertEqual(max(sizes), 64)

    def test_an_answer_in_another_form_than_alone_ends_merging(self) -> None:
        forms: Dict[str, Callable[[Any], Any]] = {
            "columns": lambda table: pd.DataFrame([{f"c{int(n > 500)}": 1} for n in table["id"]]),
            "numbers": lambda table: table["id"].map(lambda n: 1 if n < 500 else None),
        }
        for name, function in forms.items():
            ways = self.proven(function)
            self.assertEqual(self.verdict(ways)["verdict"], "merging", name)
            requests = [post("/score", {"input_data": [row(n)]}) for n in (1, 2, 600, 3)]

            answers = self.all_answers(ways, requests)

            for request, answer in zip(requests, answers):
                exact = self.quietly(lambda: routes.answer(self.model, request))
                self.assertEqual(comparable(answer), comparable(exact), name)
            self.assertIn("another form", self.verdict(ways)["why"])

    def test_a_value_at_which_a_model_looks_at_its_neighbours_is_found(self) -> None:
        def sneaky(table: Any) -> Any:
            seen = table["x"].to_numpy()
            return seen + len(seen) if (table["id"] > 500).any() else seen

        ways = self.proven(sneaky)
        self.assertEqual(self.verdict(ways)["verdict"], "merging")
        requests = [post("/score", {"input_data": [row(n)]}) for n in (1, 2, 600, 3)]

        answers = self.all_answers(ways, requests)

        for request, answer in zip(requests, answers):
            exact = self.quietly(lambda: routes.answer(self.model, request))
            self.assertEqual(comparable(answer), comparable(exact))
        self.assertIn("otherwise among others", self.verdict(ways)["why"])

    def test_requests_that_may_not_be_scored_twice_are_never_merged_by_themselves(self) -> None:
        with mock.patch.dict(os.environ, {"SCOREKEEPER_RETRY": "never"}):
            refused = self.loaded(batch_models.ROW_WISE["a sum"])
            wanted = self.loaded(batch_models.ROW_WISE["a sum"], "on")
        self.assertIn("scored twice", self.verdict(refused)["why"])
        self.assertEqual(self.verdict(wanted)["verdict"], "merging")

    def test_a_wrong_number_of_rows_ends_merging_and_scores_again_alone(self) -> None:
        def short(table: Any) -> Any:
            answer = table["x"].to_numpy()
            return answer[:-1] if len(table) == 5 else answer

        ways = self.proven(short)
        self.assertEqual(self.verdict(ways)["verdict"], "merging")
        bodies = [{"inputs": {"id": [n], "x": [n], "y": [n]}} for n in range(5)]
        requests = [post("/invocations", body) for body in bodies]

        answers = self.all_answers(ways, requests)

        expected = [b'{"predictions": [%d.0]}' % number for number in range(5)]
        self.assertEqual([answer.body for answer in answers], expected)
        self.assertEqual(self.verdict(ways)["verdict"], "not merging")
        self.assertIn("4 rows for 5", self.verdict(ways)["why"])
        self.assertIn("merging is off", self.log)
        self.assertEqual(ways.takes, 1)

    def test_a_failure_in_a_merged_call_is_only_of_the_request_at_fault(self) -> None:
        def picky(table: Any) -> Any:
            if (table["id"] == 666).any():
                raise ValueError("not that one")
            return table["x"].to_numpy()

        ways = self.proven(picky)
        requests = [post("/score", {"input_data": [row(n)]}) for n in (1, 2, 666, 3)]

        answers = self.all_answers(ways, requests)

        self.assertEqual([answer.status for answer in answers], [200, 200, 500, 200])
        self.assertEqual(self.verdict(ways)["verdict"], "merging")
        self.assertEqual(ways.counts["merged"], 0)

    def test_the_setting_rules(self) -> None:
        ways = self.loaded(batch_models.ROW_WISE["a sum"], "on")
        self.assertEqual((self.verdict(ways)["verdict"], ways.takes), ("merging", 64))
        for setting in ("off", "sometimes"):
            ways = self.loaded(batch_models.ROW_WISE["a sum"], setting)
            self.assertEqual((self.verdict(ways)["verdict"], ways.takes), ("not merging", 1))
            self.assertEqual(self.verdict(ways)["setting"], setting)

    def test_models_that_look_at_several_rows_by_nature_do_not_merge_by_themselves(self) -> None:
        for loader in ("mlflow.prophet", "mlflow.pyfunc.model"):
            loaded, _ = model(batch_models.ROW_WISE["a sum"], SCHEMA, loader=loader)
            self.assertIn(loader, self.verdict(self.begun(loaded))["why"])
            self.assertEqual(self.verdict(self.begun(loaded, "on"))["verdict"], "merging")

    def test_tensors_merge_where_their_first_dimension_is_free(self) -> None:
        def total(array: Any) -> Any:
            return array.sum(axis=(1, 2))

        verdicts = []
        for rows in (-1, 1):
            spec = TensorSpec(np.dtype("float32"), (rows, 2, -1))
            loaded, flavor = model(total, tensors(spec))
            ways = self.begun(loaded, "on")
            verdicts.append(self.verdict(ways)["verdict"])
            widths = [1, 1, 2] if rows == -1 else [1]
            bodies = [{"inputs": [[[n] * width] * 2]} for n, width in enumerate(widths)]
            flavor.calls = 0
            answers = self.all_answers(ways, [post("/invocations", body) for body in bodies])
            self.assertEqual([answer.status for answer in answers], [200] * len(bodies))
            self.assertEqual(flavor.calls, min(len(widths), 2))
        self.assertEqual(verdicts, ["merging", "not merging"])


if __name__ == "__main__":
    unittest.main()
