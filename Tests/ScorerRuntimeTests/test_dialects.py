# Scorekeeper: a model-serving supervisor.
# SPDX-License-Identifier: Apache-2.0

"""Each request of the lists is answered as MLflow's server or Azure's script do, or as it says."""

from __future__ import annotations

import os
import re
import unittest
from typing import List

import runtime_path
from scorekeeper_scorer import serve

serve.prepare_mlflow()

from dialects import compared, requests  # noqa: E402
from dialects.azure_differences import AZURE  # noqa: E402
from dialects.differences import MLFLOW  # noqa: E402
from dialects.requests import azure  # noqa: E402

README = os.path.join(runtime_path.ROOT, "README.md")
SECTION = "## Where answers differ from MLflow's server and Azure's\n"


class Dialects(unittest.TestCase):
    """Both lists are asked once."""

    mlflow: List[compared.Verdict]
    azure: List[compared.Verdict]

    @classmethod
    def setUpClass(cls) -> None:
        cls.mlflow = list(compared.with_mlflow(requests.CASES))
        cls.azure = list(compared.with_azure(azure.CASES))

    def test_every_answer_is_mlflows_or_differs_as_its_request_names(self) -> None:
        self.assert_as_declared(self.mlflow)

    def test_every_answer_is_azures_or_differs_as_its_request_names(self) -> None:
        self.assert_as_declared(self.azure)

    def test_with_debug_errors_echo_and_stack_are_mlflows(self) -> None:
        for verdict in self.mlflow:
            if not verdict.is_whole_with_all_told:
                with self.subTest(f"{verdict.case.model}: {verdict.case.name}"):
                    self.fail(f"it shows {verdict.names_with_all_told}; MLflow {verdict.theirs}")

    def test_every_difference_of_the_list_occurs(self) -> None:
        for verdicts, differences in ((self.mlflow, MLFLOW), (self.azure, AZURE)):
            occurring = {name for verdict in verdicts for name in verdict.names}
            self.assertEqual(occurring, {difference.name for difference in differences})

    def test_the_readme_lists_every_difference_and_no_other(self) -> None:
        with open(README, encoding="utf-8") as file:
            section = file.read().partition(SECTION)[2].partition("\n## ")[0]
        listed = re.findall(r"^\| `([a-z0-9-]+)` \|", section, re.MULTILINE)
        names = {difference.name for difference in MLFLOW + AZURE}
        self.assertEqual((len(listed), set(listed)), (len(names), names))

    def test_every_request_has_a_name_of_its_own(self) -> None:
        for cases in (requests.CASES, azure.CASES):
            names = [(case.model, case.name) for case in cases]
            self.assertEqual(len(names), len(set(names)))

    def test_good_and_bad_requests_are_many_and_so_are_the_models(self) -> None:
        good = [verdict for verdict in self.mlflow if verdict.theirs.status == 200]
        self.assertGreaterEqual(len(good), 150)
        self.assertGreaterEqual(len(self.mlflow) - len(good), 150)
        self.assertGreaterEqual(len({verdict.case.model for verdict in good}), 8)
        self.assertGreaterEqual(len(self.azure), 150)

    def assert_as_declared(self, verdicts: List[compared.Verdict]) -> None:
        for verdict in verdicts:
            if not verdict.is_as_declared:
                with self.subTest(f"{verdict.case.model}: {verdict.case.name}"):
                    self.fail(
                        f"it names {verdict.case.differs} and shows {verdict.names}:\n"
                        f"theirs {verdict.theirs}\nours   {verdict.ours}"
                    )


if __name__ == "__main__":
    unittest.main()
