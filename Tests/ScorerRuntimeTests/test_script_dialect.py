# Scorekeeper: a model-serving supervisor.
# SPDX-License-Identifier: Apache-2.0

"""Each request of a script is answered as Azure's scoring server does, or as its list says."""

from __future__ import annotations

import os
import re
import sys
import unittest
from typing import Any, Dict, List
from unittest import mock

import runtime_path
from scorekeeper_scorer.script import http_types
from script_dialect import cases, compared
from script_dialect.case import FAILS, PROBE
from script_dialect.differences import DIFFERENCES

README = os.path.join(runtime_path.ROOT, "README.md")
SECTION = "## Where a script's answers differ from Azure's scoring server\n"
WITHOUT_FLASK = "flask_made"


class ScriptDialect(unittest.TestCase):
    """The list is asked once."""

    verdicts: List[compared.Verdict]

    @classmethod
    def setUpClass(cls) -> None:
        cls.verdicts = compared.with_recorded(cases.CASES)

    def test_every_answer_is_the_servers_or_differs_as_its_request_names(self) -> None:
        self.assert_as_declared(self.verdicts)

    def test_without_flask_they_are_the_same(self) -> None:
        wanted = [case for case in cases.CASES if case.script != WITHOUT_FLASK]
        hidden: Dict[str, Any] = {"flask": None}
        ours = "scorekeeper_scorer.script.flask_types"
        made = [name for name in sys.modules if name == ours or name.startswith("azureml")]
        self.addCleanup(http_types.flask_types.cache_clear)
        with mock.patch.dict(sys.modules, hidden):
            http_types.flask_types.cache_clear()
            for name in made:
                del sys.modules[name]
            self.assert_as_declared(compared.with_recorded(wanted))

    def test_every_difference_of_the_list_occurs(self) -> None:
        occurring = {name for verdict in self.verdicts for name in verdict.names}
        self.assertEqual(occurring, {difference.name for difference in DIFFERENCES})

    def test_the_readme_lists_every_difference_and_no_other(self) -> None:
        with open(README, encoding="utf-8") as file:
            section = file.read().partition(SECTION)[2].partition("\n## ")[0]
        listed = re.findall(r"^\| `([a-z0-9-]+)` \|", section, re.MULTILINE)
        self.assertEqual(sorted(listed), sorted(difference.name for difference in DIFFERENCES))

    def test_requests_are_many_and_so_are_the_scripts(self) -> None:
        asked = [verdict.case for verdict in self.verdicts if verdict.case.method != PROBE]
        self.assertGreaterEqual(len(asked), 140)
        self.assertGreaterEqual(len({case.script for case in asked}), 12)
        failing = {verdict.case.script for verdict in self.verdicts if verdict.theirs == FAILS}
        self.assertGreaterEqual(len(failing), 12)

    def test_every_request_has_a_name_of_its_own(self) -> None:
        names = [(case.script, case.name) for case in cases.CASES]
        self.assertEqual(len(names), len(set(names)))

    def assert_as_declared(self, verdicts: List[compared.Verdict]) -> None:
        for verdict in verdicts:
            if not verdict.is_as_declared:
                with self.subTest(f"{verdict.case.script}: {verdict.case.name}"):
                    self.fail(
                        f"it names {verdict.case.differs} and shows {verdict.names}:\n"
                        f"theirs {verdict.theirs}\nours   {verdict.ours}"
                    )


if __name__ == "__main__":
    unittest.main()
