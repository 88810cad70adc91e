# Scorekeeper: a model-serving supervisor.
# SPDX-License-Identifier: Apache-2.0

"""Registered models and environments: versioned, immutable, and named by deployments."""

from __future__ import annotations

from pathlib import Path
from typing import List

import command
import own_scorer
from commanded import Commanded


class Assets(Commanded):
    """What is registered, on one server."""

    @classmethod
    def setUpClass(cls) -> None:
        super().setUpClass()
        cls.tell = own_scorer.build(Path(cls._folder.name) / "tell")

    def files(self, name: str, text: str = "one") -> Path:
        """A model's folder."""
        folder = Path(self._folder.name) / "files" / name
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "weights.txt").write_text(text)
        return folder

    def versions(self, name: str) -> List[str]:
        """The versions of a registered model."""
        return [model["version"] for model in self.done("model", "list", "-n", name)]

    def test_a_model_gets_the_next_version_where_its_content_is_another(self) -> None:
        first = self.done("model", "create", "-n", "grows", "-p", self.files("grows"))
        same = self.done("model", "create", "-n", "grows", "-p", self.files("grows"))
        other = self.done("model", "create", "-n", "grows", "-p", self.files("grows", "two"))

        self.assertEqual((first["version"], same["version"]), ("1", "1"))
        self.assertEqual(other["version"], "2")
        self.assertEqual(self.versions("grows"), ["1", "2"])

    def test_a_version_never_changes(self) -> None:
        self.done("model", "create", "-n", "fixed", "-v", "7", "-p", self.files("fixed"))

        again = self.run_command(
            "model", "create", "-n", "fixed", "-v", "7", "-p", self.files("fixed", "two")
        )

        self.assertEqual(again.code, command.NO_ROOM)
        self.assertIn("a version never changes", again.err)
        self.assertIn("register it as '8'", again.err)

    def test_other_labels_of_a_version_are_taken_over_and_it_stays_what_it_is(self) -> None:
        self.files("labelled")
        document = Path(self._folder.name) / "files" / "labelled.yml"
        text = "name: labelled\nversion: 1\ntype: custom_model\npath: labelled\n"
        document.write_text(text + "tags: {team: prices}\n")
        first = self.done("model", "create", "-f", document)
        document.write_text(text + "tags: {team: sales}\ndescription: Weights\n")

        planned = self.done("plan", "-f", document)["steps"][0]
        second = self.done("model", "create", "-f", document)
        files = self.files("labelled")
        unsaid = self.done("model", "create", "-n", "labelled", "-v", "1", "-p", files)
        again = self.done("plan", "-f", document)["steps"][0]

        self.assertEqual(planned["action"], "update")
        self.assertEqual(planned["changes"], ["description", "tags"])
        self.assertEqual(first["tags"], {"team": "prices"})
        for labelled in (second, unsaid):
            self.assertEqual(labelled["tags"], {"team": "sales"})
            self.assertEqual(labelled["description"], "Weights")
            self.assertEqual(labelled["digest"], first["digest"])
        self.assertEqual(again["action"], "unchanged")

    def test_what_comes_along_keeps_its_name_and_cannot_be_removed(self) -> None:
        conda = Path(self._folder.name) / "taken.yaml"
        conda.write_text("dependencies: [python=3.11, {pip: [joblib==1.6.0]}]\n")
        which = ("-n", "sklearn", "-v", "1")

        taken = self.run_command("environment", "create", *which, "--conda-file", conda)
        deleted = self.run_command("environment", "delete", *which)
        archived = self.run_command("environment", "archive", *which)

        self.assertEqual(taken.code, command.NO_ROOM, taken)
        self.assertIn("give it another name, or another version", taken.err)
        for done in (deleted, archived):
            self.assertEqual(done.code, command.NO_ROOM, done)
            self.assertIn("comes along with Scorekeeper: it cannot be deleted, archived", done.err)

    def test_a_deployment_names_a_version_and_keeps_it(self) -> None:
        self.done("model", "create", "-n", "named", "-p", self.files("named", " one"))
        self.done("model", "create", "-n", "named", "-p", self.files("named", " two"))
        document = Path(self._folder.name) / "named.yml"
        document.write_text(
            "endpoint_name: named\nname: blue\nmodel: azureml:named:1\n"
            f"properties: {{scorekeeper.scorer: {self.tell} x}}\n"
        )

        self.server.run("deploy", "-f", str(document))
        answer = self.score("named", {}, route="score")
        kept = self.run_command("model", "delete", "-n", "named", "-v", "1")
        shown = self.done("model", "show", "-n", "named", "-v", "1")
        free = self.run_command("model", "delete", "-n", "named", "-v", "2")

        self.assertEqual(answer, (200, b"[x] one"))
        self.assertIn("'named/blue' needs it", kept.err)
        self.assertEqual(shown["used_by"], ["named/blue"])
        self.assertEqual(free.code, 0, free.err)
        self.assertEqual(self.versions("named"), ["1"])

    def test_an_archived_version_is_passed_over_by_latest(self) -> None:
        self.done("model", "create", "-n", "old", "-p", self.files("old", " one"))
        self.done("model", "create", "-n", "old", "-p", self.files("old", " two"))
        self.run_command("model", "archive", "-n", "old", "-v", "2")
        document = Path(self._folder.name) / "old.yml"
        document.write_text(
            "endpoint_name: archived\nname: blue\nmodel: azureml:old@latest\n"
            f"properties: {{scorekeeper.scorer: {self.tell} x}}\n"
        )

        self.server.run("deploy", "-f", str(document))

        self.assertEqual(self.score("archived", {}, route="score"), (200, b"[x] one"))

    def test_an_archived_environment_is_passed_over_and_found_again(self) -> None:
        conda = Path(self._folder.name) / "conda.yaml"
        for version in ("1.0", "2.0"):
            conda.write_text(f"dependencies: [python=3.11, {{pip: [nothing=={version}]}}]\n")
            self.done("environment", "create", "-n", "shelved", "--conda-file", conda)

        latest = self.run_command("environment", "show", "-n", "shelved", "--output", "json")
        archived = self.run_command("environment", "archive", "-n", "shelved", "-v", "2")
        before = self.done("environment", "show", "-n", "shelved")
        named = self.done("environment", "show", "-n", "shelved", "-v", "2")
        self.run_command("environment", "restore", "-n", "shelved", "-v", "2")
        after = self.done("environment", "show", "-n", "shelved")
        curated = self.done("environment", "show", "-n", "minimal-python")
        nobody = self.run_command("environment", "show", "-n", "nobody")

        self.assertEqual(latest.content["version"], "2")
        self.assertIn("version '2' is the latest", latest.err)
        self.assertEqual(archived.code, command.DONE, archived.err)
        self.assertEqual([before["version"], after["version"]], ["1", "2"])
        self.assertEqual([named["archived"], after["archived"]], [True, False])
        self.assertTrue(curated["curated"])
        self.assertEqual(nobody.code, command.NOT_FOUND, nobody)

    def test_what_is_not_there_is_refused_naming_what_is(self) -> None:
        self.done("model", "create", "-n", "there", "-p", self.files("there"))
        document = Path(self._folder.name) / "missing.yml"
        document.write_text(
            "endpoint_name: missing\nname: blue\nmodel: azureml:there:9\n"
            f"properties: {{scorekeeper.scorer: {self.tell}}}\n"
        )

        done = self.run_command("deploy", "-f", document)
        shown = self.run_command("model", "show", "-n", "there", "-v", "9")
        nothing = self.run_command("model", "create", "-n", "there", "-p", "/nowhere")

        self.assertNotEqual(done.code, 0)
        self.assertIn("azureml:there:9", done.err)
        self.assertIn("missing.yml:3:", done.err)
        self.assertEqual(shown.code, command.NOT_FOUND)
        self.assertIn("there is nothing at '/nowhere'", nothing.err)

    def test_an_environment_is_kept_by_what_it_asks_for(self) -> None:
        conda = Path(self._folder.name) / "conda.yaml"
        conda.write_text("dependencies: [python=3.11, {pip: [joblib==1.6.0]}]\n")
        first = self.done("environment", "create", "-n", "ours", "--conda-file", conda)
        conda.write_text("dependencies:\n- python=3.11\n- pip:\n  - joblib==1.6.0\n")
        same = self.done("environment", "create", "-n", "ours", "--conda-file", conda)
        conda.write_text("dependencies: [python=3.11, {pip: [joblib==1.5.0]}]\n")
        other = self.done("environment", "create", "-n", "ours", "--conda-file", conda)
        listed = self.done("environment", "list")

        self.assertEqual((first["version"], same["version"], other["version"]), ("1", "1", "2"))
        self.assertEqual(first["packages"], ["joblib==1.6.0"])
        names = {row["name"]: row["curated"] for row in listed}
        self.assertEqual((names["ours"], names["sklearn"]), (False, True))
        self.assertEqual(
            self.run_command("environment", "delete", "-n", "ours", "-v", "1").code, 0
        )
