# Scorekeeper: a model-serving supervisor.
# SPDX-License-Identifier: Apache-2.0

"""The models that must not be merged are what they claim to be."""

from __future__ import annotations

import os
import tempfile
import unittest
from typing import Any

import batch_models
import mlflow.pyfunc
from dialect_case import DialectCase
from scorekeeper_scorer.loaded_model import LoadedModel


class BatchModels(DialectCase):
    def predictions(self, model: mlflow.pyfunc.PythonModel, rows: Any) -> Any:
        """What the model, saved and loaded, answers to these rows in one request."""
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "model")
            batch_models.save(model, path)
            answer = self.call(LoadedModel.load(path), "/invocations", {"inputs": rows})
        self.assertEqual(answer.status, 200, answer.body)
        return self.content(answer)["predictions"]

    def test_one_answers_a_row_otherwise_beside_another(self) -> None:
        alone = self.predictions(batch_models.Centred(), [[1.0, 2.0]])
        beside = self.predictions(batch_models.Centred(), [[1.0, 2.0], [3.0, 5.0]])
        self.assertEqual(len(beside), 2)
        self.assertNotEqual(alone[0], beside[0])

    def test_the_other_answers_one_row_whatever_is_asked(self) -> None:
        rows = self.predictions(batch_models.Totalled(), batch_models.EXAMPLE.tolist())
        self.assertEqual(rows, [[12.0, 20.0]])


if __name__ == "__main__":
    unittest.main()
