# Scorekeeper: a model-serving supervisor.
# SPDX-License-Identifier: Apache-2.0

"""`scorekeeper patch`: environments are resolved again within their pins and rolled in.

Packages come from a folder of wheels that the test writes: no index is asked.
"""

from __future__ import annotations

import json
import subprocess
import unittest
from pathlib import Path
from typing import Any, Dict, List

import command
import control
import wheels
from harness import EndToEnd, OpenLoop, program

DOCUMENT = """\
endpoint_name: {name}
code_configuration: {{ code: ./{name}, scoring_script: score.py }}
environment: {{ conda_file: {name}.yaml }}
"""
CONDA = "dependencies:\n- python=3.11\n- pip:\n  - {requirement}\n"
SCRIPT = """\
import time

import {package}


def init():
    time.sleep({seconds})


def run(data):
    return {package}.VERSION
"""
PER_SECOND = 15.0


class Patched(EndToEnd):
    """A server whose environments are its own, made of wheels in a folder."""

    shares_environments = False
    wheels: Path

    @classmethod
    def prepare(cls, folder: Path) -> Path:
        executable = super().prepare(folder)
        cls.wheels = folder / "wheels"
        cls.wheels.mkdir()
        wrapper = folder / "offline"
        wrapper.write_text(
            f'#!/bin/sh\nexport UV_FIND_LINKS="{cls.wheels}" UV_CACHE_DIR="{folder}/cache"\n'
            f'export UV_OFFLINE=1\nexec "{executable}" "$@"\n'
        )
        wrapper.chmod(0o755)
        return wrapper

    def declare(self, name: str, package: str, requirement: str, seconds: float = 0) -> None:
        """A script that answers the version of its package, which serves when this returns.

        Shape: each start of it takes `seconds` at least.
        """
        folder = Path(self._folder.name) / "documents"
        (folder / name).mkdir(parents=True)
        script = SCRIPT.format(package=package, seconds=seconds)
        (folder / name / "score.py").write_text(script)
        (folder / f"{name}.yaml").write_text(CONDA.format(requirement=requirement))
        (folder / f"{name}.yml").write_text(DOCUMENT.format(name=name))
        self.server.run("deploy", "-f", str(folder / f"{name}.yml"))
        self.addCleanup(self.server.run, "delete", name)

    def patch(self, *arguments: str) -> command.Done:
        """The command, as a person types it."""
        return command.run("patch", *arguments, state=self.server.state)

    def answer(self, name: str) -> str:
        """The version that an endpoint answers."""
        status, body = self.score(name, {}, "score")
        self.assertEqual(status, 200, body)
        return str(json.loads(body))

    def load(self, name: str) -> OpenLoop:
        """A steady trickle of requests."""
        url = f"http://127.0.0.1:{self.server.port}/endpoints/{name}/score"
        load = OpenLoop(url, lambda _: b"{}", lambda _, body: bool(body), PER_SECOND, 4)
        self.addCleanup(load.stop)
        return load

    def lost(self, loads: List[OpenLoop]) -> List[Any]:
        """Stops the trickles once enough was asked; what was not answered with 200."""
        self.wait_for("the load", lambda: sum(len(load.calls) for load in loads) > 20)
        calls = [call for load in loads for call in load.stop()]
        return [call for call in calls if call.status != 200]

    def rollout(self, name: str) -> Dict[str, Any]:
        """How the endpoint's rollout stands."""
        said = self.server.run("rollout", "status", name, "--output", "json")
        status: Dict[str, Any] = json.loads(said)
        return status


class Patching(Patched):
    """New releases appear, one at a time."""

    def test_a_new_release_rolls_through_what_runs_in_it_one_after_another_and_back(self) -> None:
        wheels.write(self.wheels, "demo", "1.0.0")
        self.declare("first", "demo", "demo>=1")
        self.declare("second", "demo", "demo>=1")
        self.declare("pinned", "demo", "demo==1.0.0")

        nothing = self.patch("--yes")
        self.assertEqual(nothing.code, command.DONE, nothing)
        self.assertIn("nothing newer within its pins", nothing.out)
        self.assertIn("pinned exactly: demo==1.0.0", nothing.out)
        self.assertTrue(nothing.out.endswith("nothing to patch\n"), nothing.out)

        wheels.write(self.wheels, "demo", "1.0.1")
        told = self.patch("--dry-run")
        self.assertEqual(told.code, command.DONE, told)
        self.assertIn("    demo 1.0.0 -> 1.0.1\n", told.out)
        self.assertIn("  ~ deployment first/default: r1 becomes r2\n", told.out)
        self.assertIn("  ~ deployment second/default: r1 becomes r2\n", told.out)
        self.assertIn("    used by pinned/default\n", told.out)
        unasked = self.patch()
        self.assertEqual(unasked.code, command.NO_ROOM, unasked)
        self.assertIn("nothing was patched: nobody said yes", unasked.err)
        self.assertEqual({self.answer(name) for name in ("first", "second")}, {"1.0.0"})

        loads = [self.load("first"), self.load("second")]
        done = self.patch("--yes")
        self.assertEqual(self.lost(loads), [])
        self.assertEqual(done.code, command.DONE, done)
        self.assertIn("2 deployments are patched", done.out)
        answers = [self.answer(name) for name in ("first", "second", "pinned")]
        self.assertEqual(answers, ["1.0.1", "1.0.1", "1.0.0"])
        # The second began when the first had ended.
        self.assertGreaterEqual(self.rollout("second")["since"], self.rollout("first")["ended"])
        self.assertIn("nothing to patch", self.patch("--yes").out)

        # Whoever deploys the same again does not ask for the old packages.
        document = Path(self._folder.name) / "documents" / "first.yml"
        self.server.run("deploy", "-f", str(document))
        self.assertEqual(self.deployment("first")["revision"], 2)
        self.assertIn("was patched", " ".join(self.deployment("first")["environment"]["notices"]))

        self.server.run("rollout", "undo", "first")
        self.wait_for("the old one", lambda: self.deployment("first")["revision"] == 1)
        self.wait_for("its end", lambda: self.rollout("first")["state"] == "completed")
        self.assertEqual(self.answer("first"), "1.0.0")
        again = self.patch("--dry-run")
        self.assertIn("r2 was this, and was undone; name it to have it tried again", again.out)
        named = self.patch("first", "--yes", "--no-wait")
        self.assertEqual(named.code, command.DONE, named)
        self.assertIn("first/default is on its way to r3", named.out)
        self.wait_for("the new one", lambda: self.answer("first") == "1.0.1")

    def test_a_release_that_cannot_be_imported_ends_the_patch_and_the_old_one_serves_on(
        self,
    ) -> None:
        wheels.write(self.wheels, "frail", "1.0")
        self.declare("one", "frail", "frail")
        self.declare("two", "frail", "frail")
        wheels.write(self.wheels, "frail", "1.1", "raise ImportError('frail 1.1 is broken')\n")
        loads = [self.load("one"), self.load("two")]

        done = self.patch("one", "two", "--yes", "--output", "json")

        self.assertEqual(done.code, command.FAILED, done)
        outcome = done.content["outcome"]
        self.assertEqual(outcome["patched"], [])
        self.assertEqual(outcome["failed"]["key"], "one/default")
        self.assertIn("frail 1.1 is broken", outcome["failed"]["problem"]["error"]["message"])
        self.assertEqual(outcome["untouched"], ["two/default"])
        self.assertEqual(self.lost(loads), [])
        self.assertEqual([self.answer("one"), self.answer("two")], ["1.0", "1.0"])
        self.assertEqual(self.deployment("two")["revision"], 1)
        document = Path(self._folder.name) / "documents" / "one.yml"
        again = command.run("deploy", "-f", document, state=self.server.state)
        self.assertEqual(again.code, command.DONE, again)
        self.assertEqual(self.deployment("one")["revision"], 1, "nothing was changed")
        self.assertEqual(self.deployment("one")["givenUp"], 2)

        wheels.write(self.wheels, "frail", "1.2")
        mended = self.patch("one", "two", "--yes")
        self.assertEqual(mended.code, command.DONE, mended)
        self.assertEqual([self.answer("one"), self.answer("two")], ["1.2", "1.2"])

    def test_what_cannot_be_resolved_keeps_nobody_else_from_being_patched(self) -> None:
        gone = wheels.write(self.wheels, "gone", "1.0")
        wheels.write(self.wheels, "here", "1.0")
        self.declare("lost", "gone", "gone")
        self.declare("found", "here", "here")
        gone.unlink()
        wheels.write(self.wheels, "here", "1.1")

        done = self.patch("lost", "found", "--yes")

        self.assertEqual(done.code, command.FAILED, done)
        self.assertIn("cannot be resolved: ", done.out)
        self.assertIn("1 deployment is patched", done.out)
        self.assertEqual([self.answer("lost"), self.answer("found")], ["1.0", "1.1"])

    def test_where_one_cannot_be_built_nothing_is_rolled_at_all(self) -> None:
        for package in ("sound", "strange"):
            wheels.write(self.wheels, package, "1.0")
            self.declare(f"has-{package}", package, package)
        wheels.write(self.wheels, "sound", "1.1")
        # Its metadata can be read, and so it is chosen; no installer knows its form.
        wheels.write(self.wheels, "strange", "1.1", form="9.0")

        done = self.patch("has-sound", "has-strange", "--yes")

        self.assertEqual(done.code, command.FAILED, done)
        self.assertIn("nothing was patched: ", done.err)
        self.assertEqual([self.answer("has-sound"), self.answer("has-strange")], ["1.0", "1.0"])
        revisions = [self.deployment(name)["revision"] for name in ("has-sound", "has-strange")]
        self.assertEqual(revisions, [1, 1])

    def test_who_changes_a_deployment_in_between_wins(self) -> None:
        wheels.write(self.wheels, "early", "1.0")
        self.declare("between", "early", "early")
        wheels.write(self.wheels, "early", "1.1")
        plan = json.loads(self.patch("between", "--dry-run", "--output", "json").out)["plan"]
        settlement = plan["environments"][0]["settlement"]
        document = Path(self._folder.name) / "documents" / "between.yml"
        document.write_text(document.read_text() + "environment_variables: { A: changed }\n")
        self.server.run("deploy", "-f", str(document))
        step = {"key": "between/default", "revision": 1, "settlement": settlement}

        socket = control.ControlSocket(self.server.state / "control.sock")
        self.addCleanup(socket.close)
        status, told = socket.ask("POST", f"/patches/{settlement}/deployments", step)

        self.assertEqual(status, 409, told)
        self.assertIn("was changed by somebody else meanwhile", told["error"]["message"])
        self.assertEqual(self.deployment("between")["revision"], 2)
        unknown = self.patch("nobody")
        self.assertEqual(unknown.code, command.NOT_FOUND, unknown)
        self.assertIn("between/default", unknown.err)


class Killed(Patched):
    """A command that is killed in the middle, and a server that is killed after it."""

    def test_a_patch_that_was_killed_goes_on_where_it_was_and_outlives_the_server(self) -> None:
        wheels.write(self.wheels, "demo", "1.0")
        # Long enough to be killed in the middle.
        self.declare("lasting", "demo", "demo", seconds=3)
        self.declare("later", "demo", "demo")
        wheels.write(self.wheels, "demo", "2.0")
        words = [str(program()), "patch", "--yes", "--state", str(self.server.state)]
        with subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE) as killed:
            assert killed.stderr is not None
            for line in killed.stderr:
                if line == b"rolling lasting/default\n":
                    break
            self.wait_for("its rollout", lambda: self.rollout("lasting")["state"] != "none")
            killed.kill()

        self.wait_for("the new one", lambda: self.answer("lasting") == "2.0")
        self.assertEqual(self.answer("later"), "1.0")
        on = self.patch("--yes")
        self.assertEqual(on.code, command.DONE, on)
        self.assertIn("1 deployment is patched", on.out)
        self.assertEqual(self.answer("later"), "2.0")

        self.server.process.kill()
        self.server.process.wait()
        self.server.start()
        self.server.wait_until_up()
        self.server.wait_until_serving("lasting")

        self.assertEqual(self.answer("lasting"), "2.0")
        self.assertIn("nothing to patch", self.patch("--yes").out)
        self.assertEqual(self.deployment("lasting")["revision"], 2)
        self.server.run("rollout", "undo", "lasting")
        self.wait_for("the old one", lambda: self.answer("lasting") == "1.0")


if __name__ == "__main__":
    unittest.main()
