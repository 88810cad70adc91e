# Scorekeeper: a model-serving supervisor.
# SPDX-License-Identifier: Apache-2.0

"""`scorekeeper plan` and `apply`: a folder of documents, and what they make of a server."""

from __future__ import annotations

import textwrap
from pathlib import Path
from typing import Any, Dict, List, Tuple

import command
import own_scorer
from commanded import Commanded

ENDPOINT = """\
$schema: https://azuremlschemas.azureedge.net/latest/managedOnlineEndpoint.schema.json
name: {name}
auth_mode: key
traffic: {traffic}
mirror_traffic: {mirror}
"""

DEPLOYMENT = """\
$schema: https://azuremlschemas.azureedge.net/latest/managedOnlineDeployment.schema.json
name: {deployment}
endpoint_name: {name}
model: {model}
instance_count: {instances}
properties:
  scorekeeper.scorer: {scorer} {deployment}
"""

MODEL = """\
$schema: https://azuremlschemas.azureedge.net/latest/model.schema.json
name: {name}-weights
path: weights
"""


class Plan(Commanded):
    """Documents and what becomes of them, on one server."""

    @classmethod
    def setUpClass(cls) -> None:
        super().setUpClass()
        cls.tell = own_scorer.build(Path(cls._folder.name) / "tell")

    def folder(self, name: str) -> Path:
        """Documents of an endpoint with a model and a blue deployment that answers everything."""
        folder = Path(self._folder.name) / "documents" / name
        (folder / "weights").mkdir(parents=True)
        (folder / "weights" / "weights.txt").write_text(" one")
        (folder / "model.yml").write_text(MODEL.format(name=name))
        self.write(folder, "{blue: 100}", "{}")
        return folder

    def write(
        self, folder: Path, traffic: str, mirror: str, blue: int = 1, green: int = 0
    ) -> None:
        """Writes the endpoint's document and those of its deployments."""
        name = folder.name
        (folder / "endpoint.yml").write_text(
            ENDPOINT.format(name=name, traffic=traffic, mirror=mirror)
        )
        for deployment, instances in (("blue", blue), ("green", green)):
            if instances:
                (folder / f"{deployment}.yml").write_text(
                    DEPLOYMENT.format(
                        name=name,
                        deployment=deployment,
                        instances=instances,
                        model=f"azureml:{name}-weights@latest",
                        scorer=self.tell,
                    )
                )

    def steps(self, verb: str, folder: Path, code: int = 0) -> List[Tuple[str, str]]:
        """What becomes of each thing, in order."""
        done = self.run_command(verb, "-f", folder, "--output", "json")
        self.assertEqual(done.code, code, done.err + done.out)
        answer: Dict[str, Any] = done.content
        return [(step["action"], step["name"]) for step in answer["steps"]]

    def test_a_folder_is_planned_applied_changed_and_undone(self) -> None:
        folder = self.folder("story")
        model, key = "azureml:story-weights:1", "story/blue"

        planned = self.steps("plan", folder)
        nobody = self.score("story", {}, route="score")[0]
        applied = self.steps("apply", folder)
        first = self.score("story", {}, route="score")
        again = self.steps("apply", folder)

        wanted = [("create", model), ("create", "story"), ("create", key)]
        self.assertEqual(planned, wanted + [("later", "story")])
        self.assertEqual(nobody, 404)
        self.assertEqual(applied, wanted + [("update", "story")])
        self.assertEqual(first, (200, b"[blue] one"))
        self.assertEqual({action for action, _ in again}, {"unchanged"})

        self.write(folder, "{blue: 50, green: 50}", "{}", blue=2, green=1)
        changed = self.steps("apply", folder)
        answers = [self.score("story", {}, route="score")[1] for _ in range(20)]

        self.assertEqual(
            changed,
            [("unchanged", model), ("unchanged", "story"), ("update", key)]
            + [("create", "story/green"), ("update", "story")],
        )
        self.assertEqual(answers.count(b"[blue] one"), 10)
        self.assertEqual(answers.count(b"[green] one"), 10)

        self.write(folder, "{blue: 100}", "{}", blue=1, green=1)
        self.steps("apply", folder)
        self.assertEqual(self.score("story", {}, route="score"), (200, b"[blue] one"))

    def test_a_new_version_of_a_model_is_rolled_in_by_applying(self) -> None:
        folder = self.folder("versions")
        self.steps("apply", folder)

        (folder / "weights" / "weights.txt").write_text(" two")
        steps = self.steps("apply", folder)

        self.assertEqual(steps[0], ("create", "azureml:versions-weights:2"))
        self.assertIn(("update", "versions/blue"), steps)
        self.assertEqual(self.score("versions", {}, route="score"), (200, b"[blue] two"))
        kept = self.run_command("model", "delete", "-n", "versions-weights", "-v", "2")
        gone = self.run_command("model", "delete", "-n", "versions-weights", "-v", "1")
        self.assertIn("'versions/blue' needs it", kept.err)
        self.assertEqual((kept.code, gone.code), (command.NO_ROOM, 0), gone.err)

    def test_other_labels_are_planned_and_applied_without_a_rollout(self) -> None:
        folder = self.folder("labelled")
        self.steps("apply", folder)
        document = folder / "blue.yml"
        document.write_text(document.read_text() + "tags: {team: prices}\n")

        planned = self.run_command("plan", "-f", folder, "--output", "json").content["steps"]
        self.steps("apply", folder)
        shown = self.done("online-deployment", "show", "-e", "labelled", "-n", "blue")

        found = [(one["name"], one["changes"]) for one in planned if one["action"] != "unchanged"]
        self.assertEqual(found, [("labelled/blue", ["tags"])])
        self.assertEqual(shown["tags"], {"team": "prices"})
        self.assertEqual(shown["revision"], 1)

    def test_a_plan_says_what_it_reserves_and_what_callers_notice(self) -> None:
        folder = self.folder("told")

        done = self.run_command("plan", "-f", folder)

        self.assertEqual(done.code, 0, done.err)
        self.assertIn("+ deployment told/blue", done.out)
        self.assertIn("callers notice nothing", done.out)
        self.assertIn("? traffic told: later", done.out)
        self.assertIn("would be made", done.out)

    def test_all_problems_of_a_folder_are_told_at_once_with_their_places(self) -> None:
        folder = self.folder("wrong")
        (folder / "endpoint.yml").write_text(
            textwrap.dedent(
                """\
                name: wrong
                auth_mode: none
                trafic: {blue: 100}
                """
            )
        )
        (folder / "blue.yml").write_text(
            "endpoint_name: wrong\nname: blue\ninstance_count: many\nmodel: ./nothing\n"
        )

        done = self.run_command("apply", "-f", folder)

        self.assertEqual(done.code, command.BAD_INPUT)
        for words in ("endpoint.yml:2:", "'trafic'", "'traffic'", "blue.yml:3:"):
            self.assertIn(words, done.err)
        self.assertEqual(self.score("wrong", {}, route="score")[0], 404)

    def test_a_step_that_is_refused_keeps_every_other_from_being_done(self) -> None:
        folder = self.folder("partial")
        (folder / "endpoint.yml").unlink()

        steps = self.run_command("apply", "-f", folder)

        self.assertEqual(steps.code, command.NOT_FOUND, steps.out)
        self.assertEqual(self.run_command("plan", "-f", folder).code, command.NOT_FOUND)
        self.assertIn("there is no endpoint 'partial'", steps.out)
        models = self.run_command("model", "list", "-n", "partial-weights", "--output", "json")
        self.assertEqual(models.content, [])
