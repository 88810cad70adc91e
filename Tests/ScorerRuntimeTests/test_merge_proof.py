# Scorekeeper: a model-serving supervisor.
# SPDX-License-Identifier: Apache-2.0

"""The proof of merging passes models that score each row for itself, and no others."""

from __future__ import annotations

import unittest
from typing import Any, List

import batch_models
import numpy as np
import pandas as pd
import runtime_path  # noqa: F401
from scorekeeper_scorer.merge_proof import MERGING, NOT_MERGING, PROVING, MergeProof

ROWS = [[float(number), x, x * x - 3] for number, x in enumerate([0.5, -1.25, 3.0, 0.1, 7.5])]


def table_of(rows: List[Any]) -> Any:
    return pd.DataFrame(rows, columns=batch_models.COLUMNS)


def proof_of(rows: List[Any]) -> MergeProof:
    proof = MergeProof()
    for row in rows:
        proof.offer(row, repr(row).encode())
    proof.begin()
    return proof


class TheProof(unittest.TestCase):
    def concluded(self, function: Any, rows: List[Any] = ROWS) -> MergeProof:
        proof = proof_of(rows)
        while proof.step(lambda rows: function(table_of(rows))):
            pass
        return proof

    def test_models_that_score_each_row_for_itself_pass(self) -> None:
        for name, function in batch_models.ROW_WISE.items():
            with self.subTest(name):
                proof = self.concluded(function)
                self.assertEqual(proof.verdict, MERGING, proof.why)
                self.assertEqual(proof.rows, len(ROWS))

    def test_models_whose_answers_depend_on_the_batch_do_not(self) -> None:
        for name, function in batch_models.BATCH_DEPENDENT.items():
            with self.subTest(name):
                proof = self.concluded(function)
                self.assertEqual(proof.verdict, NOT_MERGING, proof.why)
                self.assertNotIn("proof has", proof.why)

    def test_a_tiny_difference_is_allowed_and_told(self) -> None:
        def function(table: Any) -> Any:
            return table["x"].to_numpy() * (1 + 1e-13 * len(table))

        proof = self.concluded(function)

        self.assertEqual(proof.verdict, MERGING)
        self.assertGreater(proof.largest_difference, 0)
        self.assertLess(proof.largest_difference, 1e-9)
        self.assertIn("but for", proof.why)

    def test_a_larger_one_is_not(self) -> None:
        def function(table: Any) -> Any:
            return table["x"].to_numpy() * (1 + 1e-7 * len(table))

        self.assertEqual(self.concluded(function).verdict, NOT_MERGING)

    def test_a_type_that_depends_on_the_batch_is_not_the_same(self) -> None:
        def function(table: Any) -> Any:
            return np.ones(len(table), int if len(table) == 1 else float)

        self.assertEqual(self.concluded(function).verdict, NOT_MERGING)

    def test_batches_of_2_3_8_and_64_are_scored_in_order_and_permuted(self) -> None:
        sizes, orders = [], []

        def predict(rows: List[Any]) -> Any:
            sizes.append(len(rows))
            orders.append([row[0] for row in rows])
            return np.array([row[1] for row in rows])

        proof = proof_of(ROWS)
        while proof.step(predict):
            pass

        self.assertEqual(sizes, [1] * len(ROWS) + [2, 2, 2, 3, 3, 8, 8, 64, 64])
        for straight, permuted in zip(orders[-4::2], orders[-3::2]):
            self.assertNotEqual(straight, permuted)

    def test_one_row_proves_nothing_and_eight_of_traffic_do(self) -> None:
        proof = proof_of(ROWS[:1])
        self.assertFalse(proof.step(lambda rows: self.fail("it was called")))
        self.assertEqual((proof.verdict, proof.rows), (PROVING, 1))
        for number in range(20):
            proof.offer([float(number), 1.0, 2.0], b"%d" % (number // 2))
        self.assertEqual(proof.rows, 8)
        while proof.step(lambda rows: np.array([row[1] for row in rows])):
            pass
        self.assertEqual(proof.verdict, MERGING)

    def test_facts_hold_verdict_evidence_and_setting(self) -> None:
        facts = self.concluded(batch_models.ROW_WISE["a sum"]).facts("auto")
        self.assertEqual(facts["verdict"], "merging")
        self.assertEqual(facts["rows"], len(ROWS))
        self.assertEqual(facts["largest_difference"], 0.0)
        self.assertEqual(facts["setting"], "auto")
        self.assertIn("to the bit", facts["why"])


if __name__ == "__main__":
    unittest.main()
