# Scorekeeper: a model-serving supervisor.
# SPDX-License-Identifier: Apache-2.0

"""Every request of the list is answered as MLflow's own server answers it, or as it names."""

from __future__ import annotations

import unittest
from typing import List

import runtime_path  # noqa: F401
from scorekeeper_scorer import serve

serve.prepare_mlflow()

from dialects import compared, requests  # noqa: E402


class Dialects(unittest.TestCase):
    """The whole list is asked once."""

    verdicts: List[compared.Verdict]

    @classmethod
    def setUpClass(cls) -> None:
        cls.verdicts = list(compared.with_mlflow(requests.CASES))

    def test_every_answer_is_mlflows_or_differs_as_its_request_names(self) -> None:
        for verdict in self.verdicts:
            if not verdict.is_as_declared:
                with self.subTest(f"{verdict.case.model}: {verdict.case.name}"):
                    self.fail(
                        f"it names {verdict.case.differs} and shows {verdict.names}:\n"
                        f"MLflow {verdict.theirs}\nours   {verdict.ours}"
                    )

    def test_with_debug_errors_echo_and_stack_are_mlflows(self) -> None:
        for verdict in self.verdicts:
            if not verdict.is_whole_with_all_told:
                with self.subTest(f"{verdict.case.model}: {verdict.case.name}"):
                    self.fail(f"it shows {verdict.names_with_all_told}; MLflow {verdict.theirs}")

    def test_every_request_has_a_name_of_its_own(self) -> None:
        names = [(case.model, case.name) for case in requests.CASES]
        self.assertEqual(len(names), len(set(names)))

    def test_good_and_bad_requests_are_many_and_so_are_the_models(self) -> None:
        good = [verdict for verdict in self.verdicts if verdict.theirs.status == 200]
        self.assertGreaterEqual(len(good), 150)
        self.assertGreaterEqual(len(self.verdicts) - len(good), 150)
        self.assertGreaterEqual(len({verdict.case.model for verdict in good}), 8)


if __name__ == "__main__":
    unittest.main()
