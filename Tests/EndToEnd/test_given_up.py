# Scorekeeper: a model-serving supervisor.
# SPDX-License-Identifier: Apache-2.0

"""A revision that was given up stays known: it is listed, explained, logged and deleted."""

from __future__ import annotations

import os
import shutil
import subprocess
import unittest
from pathlib import Path
from unittest import mock

import models
from command import FAILED, NO_ROOM, NOT_FOUND
from commanded import Commanded
from harness import ROOT, program

HOPELESS = "a-package-that-is-nowhere==1"

# Makes environments without packages, and finds no other requirement.
UV = """#!/bin/sh
case "$1" in
    --version) echo 'uv 0.0.1' ;;
    venv)
        for last; do :; done
        exec python3 -m venv --without-pip "$last"
        ;;
    *)
        echo "error: No solution found: {requirement} is in no registry" >&2
        exit 1
        ;;
esac
"""


class GivenUp(Commanded):
    """A server whose uv is a script."""

    shares_environments = False
    uv: Path

    @classmethod
    def prepare(cls, folder: Path) -> Path:
        cls.uv = folder / "uv"
        cls.install_uv()
        named = mock.patch.dict(os.environ, SCOREKEEPER_UV=str(cls.uv))
        named.start()
        cls.addClassCleanup(named.stop)
        return super().prepare(folder)

    @classmethod
    def install_uv(cls) -> None:
        """Puts the script where SCOREKEEPER_UV says."""
        cls.uv.write_text(UV.format(requirement=HOPELESS))
        cls.uv.chmod(0o755)

    def hopeless(self, name: str, requirement: str = HOPELESS) -> Path:
        """A model with a requirement that is nowhere."""
        model = models.write(Path(self._folder.name) / "hopeless" / name, models.answering("no"))
        (model / "requirements.txt").write_text(requirement + "\n")
        (model / "conda.yaml").unlink()
        lines = (model / "MLmodel").read_text().splitlines()
        (model / "MLmodel").write_text(
            "\n".join(line for line in lines if "conda.yaml" not in line) + "\n"
        )
        return model

    def test_the_first_one_is_shown_logged_refused_a_second_origin_and_deleted(self) -> None:
        model = self.hopeless("first")

        deploy = self.run_command("deploy", model, "--name", "first")
        status = self.run_command("status", "first").out
        logs = self.run_command("logs", "first")
        explain = self.run_command("explain", "first")
        code, body = self.score("first", {"inputs": [[1]]})

        self.assertEqual(deploy.code, FAILED, deploy)
        self.assertIn(HOPELESS, deploy.err)
        self.assertIn(f"{model}/requirements.txt:1:1: cannot resolve", deploy.err)
        self.assertIn(f"source       {model}", status)
        self.assertIn("deadline     60 s", status)
        self.assertIn("environment  failed", status)
        self.assertIn("is in no registry", logs.out)
        self.assertEqual(explain.code, NOT_FOUND, explain)
        self.assertIn(HOPELESS, explain.err)
        self.assertEqual(code, 503)
        self.assertIn(b"'scorekeeper status first'", body)
        for internal in (HOPELESS, str(self.server.state), "log"):
            self.assertNotIn(internal.encode(), body)

        self.server.run("delete", "first")

        self.wait_for("its end", lambda: self.server.deployment("first") is None)

    def test_a_replacement_ends_the_deploy_with_the_reason_and_the_old_one_goes_on(self) -> None:
        self.server.run("deploy", "--scorer", self.echo("byoc-c"), "--name", "replaced")

        deploy = self.run_command("deploy", self.hopeless("second"), "--name", "replaced")

        self.assertEqual(deploy.code, FAILED, deploy)
        self.assertIn("r2 was given up: ", deploy.err)
        self.assertIn("; r1 goes on serving", deploy.err)
        self.assertEqual(self.score("replaced", b"on", route="score"), (200, b"on"))

    def test_what_was_given_up_is_tried_again_when_asked_and_when_the_server_starts(self) -> None:
        self.server.stop()
        self.uv.unlink()
        self.server.start()
        self.server.wait_until_up()
        missing = f"cannot run '{self.uv}' as uv"
        self.wait_for("the notice", lambda: missing in str(self.server.status()["server"]))
        model = self.hopeless("again", requirement="")
        arguments = ("deploy", model, "--name", "again")

        failed = self.run_command(*arguments)
        again = self.run_command(*arguments)
        self.install_uv()
        self.server.stop()
        self.server.start()
        self.server.wait_until_up()
        self.wait_for("its environment", lambda: self.environment("again") == "built")
        self.server.run("delete", "again")

        self.assertIn(missing, failed.err)
        self.assertIn("'again/default' r1: ", failed.err)
        self.assertIn("'again/default' r2: ", again.err)

    def test_what_serves_outlives_any_number_of_starts_with_one_given_up(self) -> None:
        self.server.run("deploy", "--scorer", self.echo("good"), "--name", "lasting")
        self.run_command("deploy", self.hopeless("third"), "--name", "lasting")

        for _ in range(5):
            self.server.process.kill()
            self.server.process.wait()
            self.server.start()
            self.server.wait_until_up()
            self.wait_for("the failure", lambda: self.deployment("lasting")["state"] == "halted")
        kept = self.run_command("backup", Path(self._folder.name) / "kept")

        self.assertEqual(self.score("lasting", b"on", route="score"), (200, b"on"))
        self.assertEqual(kept.code, 0, kept)
        self.assertIn("2 copies", kept.out)

    def echo(self, name: str) -> str:
        """The sample in C, built in a folder of this name."""
        folder = Path(self._folder.name) / name
        shutil.copytree(ROOT / "Samples" / "byoc-c", folder)
        support = program().parent / "support"
        subprocess.run(["make", "-s", "-C", str(folder), f"SUPPORT={support}"], check=True)
        return str(folder / "echo")

    def environment(self, endpoint: str) -> str:
        """How far its environment is."""
        return str(self.deployment(endpoint)["environment"]["state"])

    def test_a_dropped_one_keeps_its_name(self) -> None:
        self.hopeless("dropped").rename(self.server.models / "dropped")
        self.wait_for(
            "its failure",
            lambda: (self.server.deployment("dropped") or {}).get("state") == "failed",
        )

        other = self.run_command("deploy", self.hopeless("other"), "--name", "dropped")

        self.assertEqual(other.code, NO_ROOM, other)
        self.assertIn(f"{self.server.models}/dropped", other.err)


if __name__ == "__main__":
    unittest.main()
