# Scorekeeper: a model-serving supervisor.
# SPDX-License-Identifier: Apache-2.0

"""`/invocations` answers as `mlflow models serve` does, and better where it should."""

from __future__ import annotations

import json
import unittest
from typing import Any, Dict, List

from dialect_case import DialectCase
from mlflow.pyfunc import scoring_server

SPECIES = ["setosa", "versicolor", "virginica"]
COLUMNS = ["sepal length (cm)", "sepal width (cm)", "petal length (cm)", "petal width (cm)"]
FLOWER = [5.1, 3.5, 1.4, 0.2]
RECORD: Dict[str, Any] = dict(zip(COLUMNS, FLOWER))


class MLflowDialect(DialectCase):
    def test_the_samples_request_names_three_species(self) -> None:
        answer = self.call(self.iris, "/invocations", self.sample_request())
        self.assertEqual(answer.status, 200)
        self.assertEqual(self.content(answer), {"predictions": SPECIES})

    def test_every_format_is_byte_for_byte_what_mlflow_answers(self) -> None:
        bodies: List[Dict[str, Any]] = [
            {"dataframe_split": {"columns": COLUMNS, "data": [FLOWER, FLOWER]}},
            {"dataframe_split": {"columns": COLUMNS[::-1], "data": [FLOWER[::-1]], "index": [7]}},
            {"dataframe_records": [RECORD, {**RECORD, "extra": 1}]},
            {"inputs": {name: [value] for name, value in RECORD.items()}},
            {"instances": [RECORD, RECORD]},
            {"dataframe_records": [RECORD], "params": {"unknown": 1}, "ignored": 2},
        ]
        for body in bodies:
            with self.subTest(next(iter(body))):
                theirs = scoring_server.invocations(
                    json.dumps(body), "application/json", self.iris._pyfunc, self.iris.input_schema
                )
                ours = self.call(self.iris, "/invocations", body)
                self.assertEqual((ours.status, ours.body.decode()), (200, theirs.response))

    def test_csv_is_read(self) -> None:
        text = ",".join(COLUMNS) + "\n6.3,3.3,6.0,2.5\n"
        answer = self.call(self.iris, "/invocations", text.encode(), "text/csv; charset=UTF-8")
        self.assertEqual(self.content(answer), {"predictions": ["virginica"]})

    def test_a_charset_of_utf8_is_accepted(self) -> None:
        kind = "application/json; charset=UTF-8"
        answer = self.call(self.iris, "/invocations", self.sample_request(), kind)
        self.assertEqual(answer.status, 200)

    def test_a_wrong_or_missing_content_type_is_415(self) -> None:
        kinds = [None, "", "text/plain", "Application/JSON", "application/json; charset=latin1"]
        for kind in kinds + ["application/json; profile=x"]:
            with self.subTest(kind):
                answer = self.call(self.iris, "/invocations", self.sample_request(), kind)
                self.assertEqual(answer.status, 415)
                self.assertTrue(answer.content_type.startswith("text/plain"))

    def test_bad_bodies_are_400_with_mlflows_words(self) -> None:
        cases = {
            b"": "Invalid input. Ensure that input is a valid JSON formatted string.",
            b"\xff": "Invalid input. Ensure that input is a valid JSON formatted string.",
            b"[" * 10_000: "Invalid input. Ensure that input is a valid JSON formatted string.",
            b"[1]": "Invalid input. The input must be a JSON dictionary with exactly one of the",
            b"{}": "The input must be a JSON dictionary with exactly one of the input fields",
            b'{"inputs":[1],"instances":[1]}': "The input must be a JSON dictionary with exactly",
            b'{"dataframe_split":[1]}': "Invalid input. Dataframe split format must be a dict",
            b'{"dataframe_records":{}}': "Invalid input. Dataframe records format must be a list",
            b'{"dataframe_records":[{"a":1}]}': "Failed to predict data",
        }
        for body, words in cases.items():
            with self.subTest(body[:40]):
                answer = self.call(self.iris, "/invocations", body)
                self.assertEqual(answer.status, 400)
                self.assertTrue(self.content(answer)["message"].startswith(words), answer.body)
                self.assertIn("error_code", self.content(answer))

    def test_what_the_signature_refuses_is_400_without_the_data(self) -> None:
        body = {"dataframe_records": [{"private": "value-8817"}]}

        answer = self.call(self.iris, "/invocations", body)

        self.assertEqual(answer.status, 400)
        message = self.content(answer)["message"]
        self.assertIn("Model is missing inputs", message)
        self.assertNotIn("value-8817", message)

    def test_a_models_exception_is_400_and_its_stack_stays_in_the_log(self) -> None:
        answer = self.call(self.obedient, "/invocations", {"inputs": ["raise"]})

        self.assertEqual(answer.status, 400)
        content = self.content(answer)
        self.assertTrue(content["message"].startswith("Encountered an unexpected error while"))
        self.assertNotIn("stack_trace", content)
        self.assertNotIn("secret", answer.body.decode())
        self.assertIn("the secret is 42", self.log)
        self.assertIn("Traceback", self.log)

    def test_with_debug_errors_the_stack_is_sent(self) -> None:
        self.obedient.shows_failures = True
        self.addCleanup(setattr, self.obedient, "shows_failures", False)

        answer = self.call(self.obedient, "/invocations", {"inputs": ["raise"]})

        self.assertIn("the secret is 42", self.content(answer)["stack_trace"])

    def test_a_model_that_calls_exit_or_recurses_is_survived(self) -> None:
        for order in ("exit", "recurse"):
            with self.subTest(order):
                answer = self.call(self.obedient, "/invocations", {"inputs": [order]})
                self.assertEqual(answer.status, 400)

    def test_a_failure_that_smells_of_the_sandbox_names_the_setting(self) -> None:
        answer = self.call(self.obedient, "/invocations", {"inputs": ["network"]})
        self.assertIn("egress_public_network_access", self.content(answer)["message"])

    def test_results_are_written_as_mlflow_writes_them_with_null_for_not_finite(self) -> None:
        expected = {
            "not finite": [1.5, None, None],
            "missing text": [{"a": "x"}, {"a": None}],
            "bytes": ["AAE=\n"],
            "time": "2026-01-02T03:04:05",
            "table": [{"a": 1, "b": "x"}, {"a": 2, "b": "y"}],
            "series": [{"a": 1}, {"a": 2}],
            "named arrays": {"prob": [[0.25, 0.75]]},
        }
        for order, predictions in expected.items():
            with self.subTest(order):
                answer = self.call(self.obedient, "/invocations", {"inputs": [order]})
                self.assertEqual(self.content(answer), {"predictions": predictions})

    def test_a_result_without_a_json_form_is_500(self) -> None:
        for order in ("set", "cyclic"):
            with self.subTest(order):
                answer = self.call(self.obedient, "/invocations", {"inputs": [order]})
                self.assertEqual(answer.status, 500)
                self.assertEqual(self.content(answer)["error_code"], "INTERNAL_ERROR")

    def test_language_model_keys_win_and_their_answer_is_bare(self) -> None:
        answer = self.call(self.obedient, "/invocations", {"input": "x", "inputs": ["table"]})
        self.assertEqual(answer.status, 400)  # The model was given the whole object.
        self.assertIn("KeyError", self.log)

    def test_ping_health_and_version(self) -> None:
        for path in ("/ping", "/health"):
            answer = self.call(self.iris, path, b"", None, "GET")
            self.assertEqual((answer.status, answer.body), (200, b"\n"))
        answer = self.call(self.iris, "/version?x=1", b"", None, "GET")
        self.assertEqual((answer.status, answer.body), (200, self.iris.mlflow_version.encode()))

    def test_other_methods_and_paths(self) -> None:
        self.assertEqual(self.call(self.iris, "/invocations", b"", None, "GET").status, 405)
        self.assertEqual(self.call(self.iris, "/ping", b"").status, 405)
        self.assertEqual(self.call(self.iris, "/nowhere", b"").status, 404)


if __name__ == "__main__":
    unittest.main()
