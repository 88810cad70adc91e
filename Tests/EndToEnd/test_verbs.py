# Scorekeeper: a model-serving supervisor.
# SPDX-License-Identifier: Apache-2.0

"""The commands say and do what they promise, on a server that runs."""

from __future__ import annotations

import json
import unittest
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any, Dict, List, Union

import command
import models
from command import DONE, FAILED, NOT_FOUND, Done
from harness import EndToEnd

TALKING = """
    class Model:
        def predict(self, model_input, params=None):
            print('the model was asked', flush=True)
            if model_input[0][0] == 13:
                raise ValueError('not thirteen')
            return model_input

    def _load_pyfunc(path, model_config=None):
        return Model()
"""


class Verbs(EndToEnd):
    """One endpoint of two instances, deployed as a person would."""

    deployed: Done

    @classmethod
    def setUpClass(cls) -> None:
        super().setUpClass()
        folder = Path(cls._folder.name)
        model = models.write(folder / "talking", TALKING)
        (folder / "request.json").write_text('{"inputs": [[12]]}')
        cls.deployed = cls.run_command("deploy", model, "--name", "verbs", "--instances", "2")

    @classmethod
    def run_command(cls, *arguments: Union[str, Path], stdin: bytes = b"") -> Done:
        """A subcommand that means this server."""
        return command.run(*arguments, state=cls.server.state, stdin=stdin)

    def instances(self, name: str) -> List[Dict[str, Any]]:
        """What programs are told of an endpoint's instances."""
        endpoint = self.run_command("status", name, "--output", "json").content
        found: List[Dict[str, Any]] = endpoint["deployments"][0]["instances"]
        return found

    def test_deploy_returns_once_it_serves_and_names_revision_isolation_and_url(self) -> None:
        self.assertEqual(self.deployed.code, DONE, self.deployed.err)
        self.assertIn("verbs/default r1 serves, isolated by '", self.deployed.out)
        url = self.deployed.out.splitlines()[-1]
        self.assertEqual(url, f"http://127.0.0.1:{self.server.port}/endpoints/verbs/score")
        self.assertEqual([one["state"] for one in self.instances("verbs")], ["serving"] * 2)

    def test_deploying_the_same_again_changes_nothing(self) -> None:
        before = self.instances("verbs")
        model = Path(self._folder.name) / "talking"

        again = self.run_command("deploy", model, "--name", "verbs", "--instances", "2")

        self.assertEqual(again.code, DONE, again.err)
        self.assertIn("verbs/default r1 serves", again.out)
        self.assertEqual(self.instances("verbs"), before)

    def test_status_shows_people_a_table(self) -> None:
        status = self.run_command("status")

        self.assertEqual(status.code, DONE)
        lines = status.out.splitlines()
        self.assertIn(f"pid {self.server.process.pid}", lines[0])
        head = next(line for line in lines if line.startswith("ENDPOINT"))
        row = next(line for line in lines if line.startswith("verbs ") and "default" in line)
        self.assertEqual(head.split()[:4], ["ENDPOINT", "DEPLOYMENT", "STATE", "SERVING"])
        self.assertEqual(row.split()[1:6], ["default", "r1", "serving", "2", "of"])
        self.assertEqual(row.index("serving"), head.index("STATE"))

    def test_status_of_an_endpoint_shows_each_run_and_its_process(self) -> None:
        detail = self.run_command("status", "verbs").out

        for one in self.instances("verbs"):
            row = next(line for line in detail.splitlines() if line.startswith(one["id"]))
            self.assertIn(f" {one['incarnation']} ", row)
            self.assertIn(f" {one['pid']} ", row)

    def test_status_tells_programs_pids_and_incarnations_of_runs(self) -> None:
        status = self.run_command("status", "--output", "json").content

        endpoint = next(one for one in status["endpoints"] if one["name"] == "verbs")
        instances = endpoint["deployments"][0]["instances"]
        self.assertEqual([one["id"] for one in instances], ["verbs/default/1", "verbs/default/2"])
        for one in instances:
            self.assertTrue(self.is_alive(one["pid"]))
            self.assertGreaterEqual(one["incarnation"], 1)
        self.assertEqual(status["server"]["pid"], self.server.process.pid)
        self.assertTrue(self.is_alive(status["gateway"]["pid"]))
        self.assertTrue(all(self.is_alive(node["pid"]) for node in status["nodes"]))

    def test_invoke_prints_the_answer_as_it_came(self) -> None:
        file = Path(self._folder.name) / "request.json"

        from_file = self.run_command("invoke", "verbs", "--request-file", file)
        body = file.read_bytes()
        from_stdin = self.run_command("invoke", "verbs", "--request-file", "-", stdin=body)

        self.assertEqual((from_file.code, from_file.content), (DONE, {"predictions": [[12]]}))
        self.assertEqual(from_stdin, from_file)

    def test_invoke_leaves_with_1_where_the_model_fails_and_ends_its_answers_line(self) -> None:
        for body in (b'{"inputs": [[13]]}', b"not json"):
            done = self.run_command("invoke", "verbs", "--request-file", "-", stdin=body)

            self.assertEqual(done.code, FAILED)
            self.assertIn("'verbs' answered 424, request ", done.err)
            self.assertIn("message", json.loads(done.out))
            self.assertTrue(done.out.endswith("}\n"), done.out)

    def test_logs_shows_what_the_scorers_wrote(self) -> None:
        body = b'{"inputs": [[12]]}'
        self.run_command("invoke", "verbs", "--request-file", "-", stdin=body)

        def look() -> Any:
            logs = self.run_command("logs", "verbs")
            self.assertEqual(logs.code, DONE, logs.err)
            return "the model was asked" in logs.out and logs

        logs = self.wait_for("what the model wrote", look)
        for line in logs.out.splitlines():
            self.assertRegex(line, r"^default/\d+  \d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3}  ")
        one = self.run_command("logs", "verbs/default/1")
        self.assertIn("scorekeeper: run 1 begins", one.out)
        self.assertNotIn("default/", one.out)

    def test_logs_of_a_deployment_that_is_not_there_name_those_that_are(self) -> None:
        for words in (["logs", "verbs/blu"], ["online-deployment", "get-logs", "-e", "verbs"]):
            named = words if words[0] == "logs" else [*words, "-n", "blu"]

            done = self.run_command(*named)

            self.assertEqual(done.code, NOT_FOUND, done)
            self.assertIn("there is no deployment 'verbs/blu', but 'default'", done.err)

    def test_explain_tells_the_story_from_the_journal(self) -> None:
        pid = self.instances("verbs")[0]["pid"]

        told = self.run_command("explain", "verbs/default/1")

        self.assertEqual(told.code, DONE, told.err)
        self.assertTrue(told.out.startswith("verbs/default/1 is serving: "), told.out)
        for part in ("was prepared", "because ", "-> spawn verbs/default/1#1", str(pid)):
            self.assertIn(part, told.out)

    def test_explain_says_why_an_instance_was_started_again(self) -> None:
        self.deploy("dying", models.answering("alive"))
        before = self.only_instance("dying")
        self.kill(before["pid"])
        self.wait_for(
            "a new run",
            lambda: self.only_instance("dying")["state"] == "serving"
            and self.only_instance("dying")["incarnation"] > before["incarnation"],
        )

        stories = self.run_command("explain", "dying", "--output", "json").content

        self.assertIn("started again once", stories[0]["sentence"])
        self.assertIn("signal 9", json.dumps(stories[0]))

    def test_what_is_deleted_is_gone_from_status_its_url_and_the_process_table(self) -> None:
        self.deploy("leaving", models.answering("here"))
        url = self.server.url("leaving")
        pid = self.only_instance("leaving")["pid"]

        deleted = self.run_command("delete", "leaving")

        self.assertEqual((deleted.code, deleted.out), (DONE, "leaving is removed\n"))
        self.assertFalse(self.is_alive(pid))
        self.assertNotIn("leaving", self.run_command("status").out)
        self.assertEqual(self.run_command("status", "leaving").code, NOT_FOUND)
        told = self.run_command("explain", "leaving/default/1").out
        self.assertIn("leaving/default/1 is gone: ", told)
        self.assertNotIn("is gone: it is gone", told)
        with self.assertRaises(urllib.error.HTTPError) as refusal:
            urllib.request.urlopen(url, b"{}", timeout=30)
        self.assertEqual(refusal.exception.code, 404)

    def test_what_was_dropped_is_not_deleted_behind_its_folders_back(self) -> None:
        folder = models.write(self.server.models / "dropped", models.answering("here"))
        self.server.wait_until_serving("dropped")

        deleted = self.run_command("delete", "dropped")

        self.assertEqual(deleted.code, command.NO_ROOM)
        self.assertIn(str(folder), deleted.err)
        self.assertEqual(self.deployment("dropped")["state"], "serving")


if __name__ == "__main__":
    unittest.main()
