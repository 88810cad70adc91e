# Scorekeeper: a model-serving supervisor.
# SPDX-License-Identifier: Apache-2.0

"""Endpoints that are declared by themselves, and how they share their requests out."""

from __future__ import annotations

import os
import signal
import subprocess
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any, Dict, List, Optional, Set, Tuple

import command
import models
import own_scorer
from commanded import Commanded

DOCUMENT = """\
$schema: https://azuremlschemas.azureedge.net/latest/managedOnlineDeployment.schema.json
name: {name}
endpoint_name: {endpoint}
instance_count: {instances}
properties:
  scorekeeper.scorer: {scorer} {name}
"""


class Endpoints(Commanded):
    """Endpoints with several deployments, on one server."""

    @classmethod
    def setUpClass(cls) -> None:
        super().setUpClass()
        cls.tell = own_scorer.build(Path(cls._folder.name) / "tell")

    def document(self, endpoint: str, name: str, instances: int = 1) -> Path:
        """A deployment whose answer is its name."""
        file = Path(self._folder.name) / f"{endpoint}-{name}.yml"
        file.write_text(
            DOCUMENT.format(
                name=name, endpoint=endpoint, instances=instances, scorer=self.tell
            )
        )
        return file

    def with_two(self, endpoint: str) -> None:
        """An endpoint with a blue and a green deployment that answer nobody."""
        self.done("online-endpoint", "create", "-n", endpoint)
        for name in ("blue", "green"):
            self.done("online-deployment", "create", "-f", self.document(endpoint, name))

    def share(self, endpoint: str, traffic: str) -> Dict[str, Any]:
        """The endpoint once its requests are shared out so."""
        shared: Dict[str, Any] = self.done(
            "online-endpoint", "update", "-n", endpoint, "--traffic", traffic
        )
        return shared

    def ask(self, endpoint: str, deployment: Optional[str] = None) -> Tuple[int, str]:
        """Who answers one request."""
        url = f"http://127.0.0.1:{self.server.port}/endpoints/{endpoint}/score"
        headers = {"Content-Type": "application/json", "Authorization": "Bearer nobody"}
        if deployment:
            headers["azureml-model-deployment"] = deployment
        try:
            with urllib.request.urlopen(urllib.request.Request(url, b"{}", headers)) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()

    def answers(self, endpoint: str, count: int) -> List[str]:
        """Who answers each of so many requests."""
        return [self.ask(endpoint)[1] for _ in range(count)]

    def test_a_split_is_exact_over_a_hundred_requests_and_moves_at_once(self) -> None:
        self.with_two("split")
        self.share("split", "blue=90 green=10")
        first = self.answers("split", 100)

        self.share("split", "blue=33 green=67")
        second = self.answers("split", 100)

        self.assertEqual((first.count("[blue]"), first.count("[green]")), (90, 10))
        self.assertEqual((second.count("[blue]"), second.count("[green]")), (33, 67))

    def test_traffic_is_told_to_have_moved_once_the_gateway_has_confirmed_it(self) -> None:
        self.with_two("confirmed")
        self.share("confirmed", "blue=100")
        gateway = self.server.status()["gateway"]["pid"]
        self.addCleanup(os.kill, gateway, signal.SIGCONT)

        os.kill(gateway, signal.SIGSTOP)
        moving = subprocess.Popen(
            command.line(
                *("online-endpoint", "update", "-n", "confirmed", "--traffic", "green=100"),
                state=self.server.state,
            ),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        self.wait_for(
            "the traffic to be declared",
            lambda: self.done("online-endpoint", "show", "-n", "confirmed")["traffic"]
            == {"green": 100},
        )
        early = moving.poll()
        os.kill(gateway, signal.SIGCONT)
        errors = moving.communicate()[1]

        self.assertIsNone(early, "the command ended before the gateway knew")
        self.assertEqual(moving.returncode, command.DONE, errors)
        self.assertNotIn("has not confirmed", errors)
        self.assertEqual(self.ask("confirmed"), (200, "[green]"))

    def test_a_gateway_that_never_confirms_is_told_and_blocks_nobody(self) -> None:
        self.with_two("unconfirmed")
        gateway = self.server.status()["gateway"]["pid"]
        self.addCleanup(os.kill, gateway, signal.SIGCONT)

        os.kill(gateway, signal.SIGSTOP)
        done = self.run_command(
            "online-endpoint", "update", "-n", "unconfirmed", "--traffic", "blue=100"
        )
        os.kill(gateway, signal.SIGCONT)

        self.assertEqual(done.code, command.DONE, done.err)
        self.assertIn("the gateway has not confirmed within 10 s", done.err)
        # It goes on with what came meanwhile, in no order between its sockets.
        self.wait_for("the route", lambda: self.ask("unconfirmed") == (200, "[blue]"))

    def test_a_new_deployment_answers_those_who_name_it_and_nobody_else(self) -> None:
        self.with_two("named")
        nobody = self.ask("named")
        self.share("named", "blue=100")

        self.assertEqual(nobody[0], 404, nobody)
        self.assertEqual(self.ask("named", "green"), (200, "[green]"))
        self.assertEqual(set(self.answers("named", 20)), {"[blue]"})
        self.assertEqual(self.ask("named", "grey")[0], 404)

    def test_deploy_says_that_what_stands_beside_others_gets_no_requests(self) -> None:
        self.with_two("beside")
        self.share("beside", "blue=100")

        deployed = self.run_command("deploy", "--scorer", self.tell, "--name", "beside")

        self.assertEqual(deployed.code, command.DONE, deployed.err)
        self.assertIn("'beside/default' gets no requests", deployed.err)
        self.assertIn('-n beside --traffic "default=100"', deployed.err)
        self.assertEqual(self.ask("beside"), (200, "[blue]"))

    def test_settings_that_stand_beside_a_program_are_told_to_be_unread(self) -> None:
        settings = Path(f"{self.tell}.yml")
        settings.write_text("instance_count: 2\n", encoding="utf-8")
        self.addCleanup(settings.unlink)

        deployed = self.run_command("deploy", "--scorer", self.tell, "--name", "unread")

        self.assertEqual(deployed.code, command.DONE, deployed.err)
        self.assertIn(f"'{settings}' is not read", deployed.err)
        self.assertIn("deploy that with -f", deployed.err)
        self.assertNotIn("gets no requests", deployed.err)

    def test_a_name_that_differs_from_anothers_in_case_alone_is_refused(self) -> None:
        self.done("online-endpoint", "create", "-n", "alike")

        declared = self.run_command("online-endpoint", "create", "-n", "Alike")
        deployed = self.run_command("deploy", "--scorer", self.tell, "--name", "ALIKE")

        for refused in (declared, deployed):
            self.assertEqual(refused.code, command.NO_ROOM, refused)
            self.assertIn("there is 'alike'", refused.err)
            self.assertIn("choose a name that differs in more than case", refused.err)

    def test_all_traffic_goes_to_what_serves_and_never_to_what_does_not(self) -> None:
        self.with_two("whole")
        self.share("whole", "blue=100")
        broken = Path(self._folder.name) / "broken"
        broken.write_text("#!/bin/sh\nexit 3\n")
        broken.chmod(0o755)
        document = self.document("whole", "red")
        document.write_text(document.read_text().replace(str(self.tell), str(broken)))

        failed = self.run_command("online-deployment", "create", "-f", document, "--all-traffic")
        hurried = self.run_command(
            "online-deployment", "create", "-f", document, "--all-traffic", "--no-wait"
        )
        kept = self.ask("whole")
        green = self.document("whole", "green")
        self.done("online-deployment", "update", "-f", green, "--all-traffic")

        self.assertEqual((failed.code, hurried.code), (command.FAILED, command.NO_COMMAND))
        self.assertEqual(kept, (200, "[blue]"))
        self.assertEqual(set(self.answers("whole", 10)), {"[green]"})

    def test_what_is_set_changes_without_the_document_and_nothing_else_does(self) -> None:
        self.done("online-endpoint", "create", "-n", "changed", "--set", "tags.team=flowers")
        document = self.document("changed", "blue", instances=2)
        with document.open("a") as file:
            file.write("  scorekeeper.retry: once\ndescription: the first\n")
        self.done("online-deployment", "create", "-f", document, "--all-traffic")
        document.unlink()

        self.done(
            *("online-deployment", "update", "-e", "changed", "-n", "blue"),
            *("--set", "instance_count=1", "tags.owner=me"),
        )
        relabelled = self.done(
            *("online-deployment", "update", "-e", "changed", "-n", "blue"),
            *("--set", "tags.owner=you"),
        )
        self.done("online-endpoint", "update", "-n", "changed", "--set", "tags.size=2")
        endpoint = self.done("online-endpoint", "show", "-n", "changed")
        lines = self.run_command("online-deployment", "show", "-e", "changed", "-n", "blue").out

        self.assertEqual(relabelled["instance_count"], 1)
        self.assertEqual(relabelled["revision"], 1, "labels and counts were rolled")
        self.assertEqual(relabelled["description"], "the first")
        self.assertEqual(relabelled["tags"], {"owner": "you"})
        self.assertEqual(relabelled["instance_type"], "shared")
        self.assertRegex(lines, r"instance_type +shared\n")
        self.assertRegex(lines, r"tags +owner=you")
        self.assertEqual(endpoint["tags"], {"team": "flowers", "size": "2"})
        self.assertEqual(endpoint["traffic"], {"blue": 100})
        self.assertEqual(self.ask("changed"), (200, "[blue]"))

    def test_what_is_set_after_an_undo_or_a_failure_changes_what_stands(self) -> None:
        self.done("online-endpoint", "create", "-n", "restored")
        document = self.document("restored", "blue")
        self.done("online-deployment", "create", "-f", document, "--all-traffic")
        text = document.read_text()
        document.write_text(text + "environment_variables: {STEP: undone}\n")
        self.done("online-deployment", "update", "-f", document)
        self.server.run("rollout", "undo", "restored/blue")

        def set_tag(owner: str) -> Dict[str, Any]:
            changed: Dict[str, Any] = self.done(
                *("online-deployment", "update", "-e", "restored", "-n", "blue"),
                *("--set", f"tags.owner={owner}"),
            )
            return changed

        after_undo = set_tag("me")
        failing = text.replace(str(self.tell), "/bin/false")
        document.write_text(failing)
        failed = self.run_command("online-deployment", "update", "-f", document)
        after_failure = set_tag("you")

        self.assertEqual(failed.code, command.FAILED, failed)
        for changed in (after_undo, after_failure):
            self.assertEqual(changed["provisioning_state"], "Succeeded")
        self.assertEqual(after_failure["tags"], {"owner": "you"})
        environ = Path(f"/proc/{next(iter(self.pids('restored')))}/environ").read_bytes()
        self.assertNotIn(b"STEP=", environ)
        self.assertEqual(self.ask("restored"), (200, "[blue]"))

    def pids(self, endpoint: str) -> Set[int]:
        """The processes that score for an endpoint."""
        instances = self.deployment(endpoint)["instances"]
        return {one["pid"] for one in instances if one["state"] == "serving"}

    def test_another_count_alone_restarts_nobody(self) -> None:
        self.done("online-endpoint", "create", "-n", "scaled")
        document = self.document("scaled", "blue", instances=2)
        self.done("online-deployment", "create", "-f", document, "--all-traffic")
        two = self.pids("scaled")

        more = self.done(
            *("online-deployment", "update", "-e", "scaled", "-n", "blue"),
            *("--set", "instance_count=4"),
        )
        four = self.pids("scaled")
        self.document("scaled", "blue", instances=1)
        fewer = self.done("online-deployment", "update", "-f", document)
        self.wait_for("the others' end", lambda: len(self.pids("scaled")) == 1)
        one = self.pids("scaled")
        self.server.process.kill()
        self.server.process.wait()
        self.server.start()
        self.server.wait_until_up()

        self.assertEqual((more["instance_count"], fewer["instance_count"]), (4, 1))
        self.assertEqual((more["revision"], fewer["revision"]), (1, 1))
        self.assertEqual((len(two), len(four)), (2, 4))
        self.assertLess(two, four, "those that served were started anew")
        self.assertLess(one, two, "the youngest go first")
        self.wait_for("what was declared", lambda: self.deployment("scaled")["wanted"] == 1)
        self.wait_for("who served", lambda: self.pids("scaled") == one)

    def test_a_set_part_is_taken_from_the_disk_and_the_others_stay(self) -> None:
        self.done("online-endpoint", "create", "-n", "partly")
        document = self.document("partly", "blue")
        self.done("online-deployment", "create", "-f", document, "--all-traffic")
        model = Path(self._folder.name) / "weights.txt"
        model.write_text("1")

        set_model = self.done(
            *("online-deployment", "update", "-e", "partly", "-n", "blue"),
            *("--set", "model=weights.txt"),
        )
        wrong = self.run_command(
            *("online-deployment", "update", "-e", "partly", "-n", "blue"),
            *("--set", "instance_cuont=2"),
        )
        unsaid = self.run_command("online-deployment", "update", "-e", "partly", "-n", "blue")

        self.assertEqual((set_model["model"], set_model["revision"]), ("weights.txt", 2))
        self.assertEqual(self.ask("partly"), (200, "[blue]1"))
        self.assertEqual(wrong.code, command.BAD_INPUT, wrong)
        self.assertIn("instance_count", wrong.err)
        self.assertEqual(unsaid.code, command.NO_COMMAND, unsaid)

    def test_what_has_no_document_is_not_changed_in_parts(self) -> None:
        self.server.run("deploy", "--scorer", str(self.tell), "--name", "bare", "--", "old")
        self.done("online-endpoint", "create", "-n", "bare")

        refused = self.run_command(
            *("online-deployment", "update", "-e", "bare", "-n", "default"),
            *("--set", "instance_count=2"),
        )

        self.assertEqual(refused.code, command.NO_ROOM, refused)
        self.assertIn("no document of it is kept", refused.err)
        self.assertEqual(self.ask("bare"), (200, "[old]"))

    def test_what_answers_requests_is_not_deleted_and_what_does_not_is(self) -> None:
        self.with_two("kept")
        self.share("kept", "blue=100")

        live = self.run_command("online-deployment", "delete", "-e", "kept", "-n", "blue", "-y")
        unsaid = self.run_command("online-deployment", "delete", "-e", "kept", "-n", "green")
        idle = self.run_command("online-deployment", "delete", "-e", "kept", "-n", "green", "-y")

        self.assertEqual(live.code, command.NO_ROOM, live.err)
        self.assertIn("answers 100% of the requests", live.err)
        self.assertIn("say --yes", unsaid.err)
        self.assertEqual(idle.code, 0, idle.err)
        left = self.done("online-deployment", "list", "-e", "kept")
        self.assertEqual([row["name"] for row in left], ["blue"])
        self.assertEqual(self.ask("kept"), (200, "[blue]"))

    def test_shares_that_break_a_rule_change_nothing(self) -> None:
        self.with_two("ruled")
        self.share("ruled", "blue=100")
        refused = {
            "blue=50": "makes 50%",
            "blue=60 green=60": "makes 120%",
            "grey=100": "no deployment 'grey', but 'blue', 'green'",
            "blue": "write DEPLOYMENT=PERCENT",
        }

        for traffic, words in refused.items():
            done = self.run_command(
                "online-endpoint", "update", "-n", "ruled", "--traffic", traffic
            )
            self.assertIn(words, done.err)
            self.assertNotEqual(done.code, 0)
        mirror = self.run_command(
            "online-endpoint", "update", "-n", "ruled", "--mirror-traffic", "green=51"
        )

        self.assertIn("copy 0 to 50", mirror.err)
        shown = self.done("online-endpoint", "show", "-n", "ruled")
        self.assertEqual((shown["traffic"], shown["mirror_traffic"]), ({"blue": 100}, {}))

    def test_an_endpoint_of_a_short_command_becomes_one_of_its_own(self) -> None:
        self.server.run("deploy", "--scorer", str(self.tell), "--name", "grown", "--", "old")
        second = self.run_command("deploy", "-f", self.document("grown", "green"))

        self.done("online-endpoint", "create", "-n", "grown")
        self.done("online-deployment", "create", "-f", self.document("grown", "green"))
        before = set(self.answers("grown", 10))
        self.share("grown", "green=100")

        self.assertIn("online-endpoint create -n grown", second.err)
        self.assertEqual(before, {"[old]"})
        self.assertEqual(set(self.answers("grown", 10)), {"[green]"})

    def test_an_endpoint_of_a_short_command_is_never_called_missing(self) -> None:
        self.server.run("deploy", "--scorer", str(self.tell), "--name", "shortly", "--", "here")
        document = Path(self._folder.name) / "shortly.yml"
        document.write_text(
            "endpoint_name: shortly\nname: default\n"
            f"properties: {{scorekeeper.scorer: {self.tell} there}}\n"
        )

        for arguments in (
            ("online-endpoint", "update", "-n", "shortly", "--traffic", "default=100"),
            ("online-endpoint", "update", "-n", "shortly", "--set", "tags.a=b"),
            ("online-deployment", "update", "-f", str(document)),
        ):
            done = self.run_command(*arguments)
            self.assertEqual(done.code, command.NO_ROOM, done)
            self.assertIn("'shortly' was made by 'scorekeeper deploy'", done.err)
            self.assertIn("'scorekeeper online-endpoint create -n shortly'", done.err)
        planned = self.run_command("plan", "-f", document)
        self.assertIn("'shortly' was made by 'scorekeeper deploy'", planned.out)
        self.assertEqual(self.run_command("online-endpoint", "create", "-n", "shortly").code, 0)
        tagged = self.done("online-endpoint", "update", "-n", "shortly", "--set", "tags.a=b")
        self.assertEqual(tagged["tags"], {"a": "b"})

    def test_what_was_declared_outlives_the_supervisor(self) -> None:
        self.with_two("lasting")
        self.share("lasting", "blue=25 green=75")

        self.server.process.kill()
        self.server.process.wait()
        self.server.start()
        self.server.wait_until_up()

        shown = self.done("online-endpoint", "show", "-n", "lasting")
        answers = self.answers("lasting", 100)
        self.assertEqual(shown["traffic"], {"blue": 25, "green": 75})
        self.assertEqual((answers.count("[blue]"), answers.count("[green]")), (25, 75))

    def test_a_folder_of_a_declared_endpoints_name_is_refused_until_that_has_gone(self) -> None:
        self.done("online-endpoint", "create", "-n", "occupied")
        models.write(self.server.models / "occupied", models.answering("dropped"))

        notice = self.wait_for(
            "a notice",
            lambda: [
                one for one in self.server.status()["server"]["notices"] if "occupied" in one
            ],
        )[0]
        self.assertIn("was declared by itself", notice)
        self.assertEqual(self.done("online-deployment", "list", "-e", "occupied"), [])

        self.run_command("online-endpoint", "delete", "-n", "occupied", "--yes")
        self.server.wait_until_serving("occupied")

    def test_deleting_an_endpoint_takes_everything_behind_it(self) -> None:
        self.with_two("gone")
        self.share("gone", "blue=50 green=50")
        logs = self.server.state / "logs"
        wrote = sorted(folder.name for folder in (logs / "gone").iterdir())

        done = self.run_command("online-endpoint", "delete", "-n", "gone", "--yes")

        self.assertEqual(done.code, 0, done.err)
        self.assertEqual(self.ask("gone")[0], 404)
        names = [row["name"] for row in self.done("online-endpoint", "list")]
        self.assertNotIn("gone", names)
        self.assertEqual(wrote, ["blue", "green"])
        self.wait_for("its logs' end", lambda: not (logs / "gone").exists())
        self.assertTrue((logs / "gateway.log").exists())
