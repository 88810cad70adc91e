# Scorekeeper: a model-serving supervisor.
# SPDX-License-Identifier: Apache-2.0

"""What a model directory says is done when it is loaded, as MLflow's own server does it."""

from __future__ import annotations

import os
import tempfile
import unittest
from typing import Any

from dialect_case import DialectCase
from dialects import models
from dialects.sides import hushed
from mlflow.exceptions import MlflowException
from scorekeeper_scorer.loaded_model import LoadedModel


class Loading(DialectCase):
    def saved(self, name: str) -> str:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        with hushed():
            return models.save([name], folder.name)[name]

    def written(self, description: str) -> str:
        """A directory with nothing but this `MLmodel`."""
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        with open(os.path.join(folder.name, "MLmodel"), "w", encoding="utf-8") as file:
            file.write(description)
        return folder.name

    def predictions(self, directory: str, body: Any) -> Any:
        answer = self.call(LoadedModel.load(directory), "/invocations", body)
        self.assertEqual(answer.status, 200, answer.body)
        return self.content(answer)["predictions"]

    def test_the_configuration_in_the_model_is_given_to_its_code(self) -> None:
        self.assertEqual(self.predictions(self.saved("from code"), {"inputs": [1]}), ["hello"])

    def test_the_configuration_of_the_environment_overrides_the_models(self) -> None:
        os.environ["SERVING_MODEL_CONFIG"] = '{"greeting": "good day"}'
        self.addCleanup(os.environ.pop, "SERVING_MODEL_CONFIG")

        self.assertEqual(self.predictions(self.saved("from code"), {"inputs": [1]}), ["good day"])

    def test_artifacts_and_modules_of_the_code_directory_are_found(self) -> None:
        self.assertEqual(self.predictions(self.saved("artifacts"), {"inputs": [1]}), ["OCEAN!"])

    def test_the_function_that_the_model_names_scores(self) -> None:
        scored = self.predictions(self.saved("without predict"), {"inputs": [1, 2]})
        self.assertEqual(scored, {"rows": 2, "params": None})
        rows = self.predictions(self.saved("probabilities"), {"inputs": [[0.5], [2.5]]})
        self.assertEqual([round(sum(row), 6) for row in rows], [1.0, 1.0])

    def test_a_type_hint_is_the_signature(self) -> None:
        model = LoadedModel.load(self.saved("typed texts"))
        self.assertTrue(model.takes_what_its_type_hint_says)
        self.assertFalse(self.iris.takes_what_its_type_hint_says)

    def test_a_directory_of_the_time_before_2_0_is_loaded(self) -> None:
        self.assertEqual(self.predictions(self.saved("old forms"), {"inputs": {"a": [1.0]}}), [1])

    def test_a_model_without_python_function_is_refused_with_the_reason(self) -> None:
        directory = self.written("flavors:\n  sklearn: {pickled_model: model.pkl}\n")
        with self.assertRaisesRegex(MlflowException, 'does not have the "python_function" flavor'):
            LoadedModel.load(directory)

    def test_a_model_whose_files_are_elsewhere_is_refused_with_the_reason(self) -> None:
        directory = self.written(
            "flavors:\n  python_function: {loader_module: mlflow.sklearn}\n"
            "metadata: {mlflow.model.isExternal: true}\n"
        )
        with self.assertRaisesRegex(MlflowException, "are external and are not stored"):
            LoadedModel.load(directory)


if __name__ == "__main__":
    unittest.main()
