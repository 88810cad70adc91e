# Scorekeeper: a model-serving supervisor.
# SPDX-License-Identifier: Apache-2.0

"""`/score` answers as Azure ML's no-code MLflow deployments do."""

from __future__ import annotations

import json
import unittest
from typing import Any, Dict

from dialect_case import DialectCase

SPECIES = ["setosa", "versicolor", "virginica"]


class AzureDialect(DialectCase):
    def table(self, with_index: bool) -> Dict[str, Any]:
        table = dict(json.loads(self.sample_request())["dataframe_split"])
        if with_index:
            table["index"] = [0, 1, 2]
        return table

    def test_a_table_is_answered_bare(self) -> None:
        for with_index in (True, False):
            for path in ("/score", "/invocations"):
                with self.subTest((with_index, path)):
                    answer = self.call(self.iris, path, {"input_data": self.table(with_index)})
                    self.assertEqual((answer.status, self.content(answer)), (200, SPECIES))
                    self.assertIn(b"x-ms-run-fn-exec-ms: ", answer.head)

    def test_rows_as_wide_as_the_signature_are_a_table_in_its_order(self) -> None:
        rows = self.table(with_index=False)["data"]
        answer = self.call(self.iris, "/score", {"input_data": rows})
        self.assertEqual((answer.status, self.content(answer)), (200, SPECIES))
        for narrow in ([row[:3] for row in rows], rows[0], []):
            answer = self.call(self.iris, "/score", {"input_data": narrow})
            self.assertEqual(answer.status, 400, answer.body)

    def test_mlflows_keys_are_answered_the_mlflow_way(self) -> None:
        answer = self.call(self.iris, "/score", self.sample_request())
        self.assertEqual(self.content(answer), {"predictions": SPECIES})

    def test_a_list_is_an_array_and_an_object_is_named_arrays(self) -> None:
        for data in (["table"], {"orders": ["table"]}):
            with self.subTest(type(data).__name__):
                answer = self.call(self.obedient, "/score", {"input_data": data})
                if isinstance(data, list):
                    self.assertEqual(self.content(answer)[0], {"a": 1, "b": "x"})
                else:
                    self.assertEqual(answer.status, 500)  # It was given a dictionary, as asked.

    def test_errors_are_messages_with_azures_statuses(self) -> None:
        cases = [
            (b"{", "application/json", 400, "could not be decoded as JSON"),
            (b"[" * 10_000, "application/json", 400, "deeper than"),
            (b"[1]", "application/json", 400, "should be a JSON dictionary"),
            (b"{}", "application/json", 400, "A value is not provided for the 'input_data'"),
            (b'{"input_data": 3}', "application/json", 400, "does not fit the model"),
            (b'{"input_data": {"columns": ["a"], "data": [[1]]}}', "application/json", 400, "miss"),
            (b"{}", "text/csv", 415, "application/json"),
            (b"{}", None, 415, "application/json"),
            (b"\xe9", "application/json; charset=latin1", 400, "not UTF-8"),
        ]
        for body, kind, status, words in cases:
            with self.subTest((body[:20], kind)):
                answer = self.call(self.iris, "/score", body, kind)
                self.assertEqual(answer.status, status)
                self.assertEqual(list(self.content(answer)), ["message"])
                self.assertIn(words, self.content(answer)["message"])

    def test_a_models_exception_is_500_and_marked(self) -> None:
        for order in ("raise", "exit", "set"):
            with self.subTest(order):
                answer = self.call(self.obedient, "/score", {"input_data": [order]})
                self.assertEqual(answer.status, 500)
                self.assertIn(b"x-ms-run-function-failed: True\n", answer.head)
                self.assertNotIn("secret", answer.body.decode())

    def test_with_debug_errors_the_stack_is_sent(self) -> None:
        self.obedient.shows_failures = True
        self.addCleanup(setattr, self.obedient, "shows_failures", False)
        answer = self.call(self.obedient, "/score", {"input_data": ["raise"]})
        self.assertIn("the secret is 42", self.content(answer)["message"])


if __name__ == "__main__":
    unittest.main()
