# Scorekeeper: a model-serving supervisor.
# SPDX-License-Identifier: Apache-2.0

"""Every refusal of the command line has a status and a sentence that says what to do."""

from __future__ import annotations

import subprocess
import unittest
from pathlib import Path

import command
import models
from command import BAD_INPUT, NO_COMMAND, NO_ROOM, NO_SERVER, NOT_FOUND
from harness import EndToEnd, program

COMMANDS = "check deploy status invoke logs explain delete serve up simulate".split()


class ExitCodes(EndToEnd):
    """A server with nothing on it."""

    def assert_refused(self, done: command.Done, code: int, *words: str) -> None:
        """It left with `code`, printed no answer, and said `words` on standard error."""
        self.assertEqual(done.code, code, done)
        self.assertEqual(done.out, "")
        for word in words:
            self.assertIn(word, done.err)

    def test_no_server_is_3_and_names_the_socket_and_what_to_do(self) -> None:
        nowhere = Path(self._folder.name) / "nowhere"
        for arguments in (
            ["status"],
            ["deploy", str(nowhere), "--name", "some"],
            ["invoke", "some", "--request-file", "-"],
            ["explain", "some/default/1"],
            ["delete", "some"],
        ):
            done = command.run(*arguments, state=nowhere)

            self.assert_refused(
                done, NO_SERVER, f"{nowhere}/control.sock", "scorekeeper serve", "--state"
            )

    def test_a_server_with_too_few_descriptors_is_5_and_names_the_limit(self) -> None:
        limited = "ulimit -n 48; exec \"$0\" serve --listen 127.0.0.1:0 --state \"$1\""
        done = subprocess.run(
            ["sh", "-c", limited, str(program()), str(Path(self._folder.name) / "few")],
            capture_output=True,
            text=True,
            timeout=command.PATIENCE_SECONDS,
            check=False,
        )

        self.assertEqual(done.returncode, NO_ROOM, done)
        for word in ("48 files open", "ulimit -Hn", "LimitNOFILE"):
            self.assertIn(word, done.stderr)

    def test_an_unknown_endpoint_is_4_and_names_the_command_that_lists_them(self) -> None:
        for arguments in (
            ["status", "nobody"],
            ["invoke", "nobody", "--request-file", "-"],
            ["logs", "nobody"],
            ["explain", "nobody"],
            ["explain", "nobody/default/1"],
            ["delete", "nobody"],
        ):
            done = command.run(*arguments, state=self.server.state)

            self.assert_refused(done, NOT_FOUND, "'nobody", "'scorekeeper status'")

    def test_a_model_that_is_not_there_is_4(self) -> None:
        done = command.run("deploy", "/not/there", state=self.server.state)

        self.assert_refused(done, NOT_FOUND, "'/not/there'")

    def test_a_request_file_that_is_not_there_is_4(self) -> None:
        self.deploy("asked", models.answering("here"))

        done = command.run(
            "invoke", "asked", "--request-file", "/not/there", state=self.server.state
        )

        self.assert_refused(done, NOT_FOUND, "'/not/there'", "standard input")

    def test_a_name_that_breaks_the_rule_is_2_and_tells_the_rule(self) -> None:
        for name in ("x", "a_b", "3dcnn", "a" * 33, "..", "name-"):
            done = command.run("delete", name, state=self.server.state)

            self.assert_refused(done, BAD_INPUT, name, "3 to 32 characters")

    def test_arguments_that_are_no_command_are_64_with_the_usage(self) -> None:
        for arguments in (
            ["frobnicate"],
            ["deploy"],
            ["deploy", "model", "--instances", "0"],
            ["deploy", "model", "--instances", "many"],
            ["invoke", "some"],
            ["status", "--output", "xml"],
            ["logs", "some", "--lines", "-1"],
            ["delete"],
            ["explain"],
            ["serve", "--nodes", "0"],
        ):
            done = command.run(*arguments)

            self.assert_refused(done, NO_COMMAND, "Error:", "Usage: scorekeeper")

    def test_more_instances_than_a_deployment_may_have_are_refused_at_once(self) -> None:
        model = models.write(Path(self._folder.name) / "many", models.answering("many"))

        for count in ("51", "1000000000"):
            done = command.run(
                "deploy", model, "--instances", count, "--no-wait", state=self.server.state
            )

            self.assertIn(done.code, (BAD_INPUT, command.NO_ROOM), done)
            self.assertIn("50", done.err)
        self.assertIsNone(self.server.deployment("many"))

    def test_a_metrics_port_that_is_taken_is_5_names_the_option_and_leaves_nothing(self) -> None:
        done = self.serve("--metrics-port", str(self.server.port))

        self.assert_refused(
            done, command.NO_ROOM, f"127.0.0.1:{self.server.port}: another", "--metrics-port"
        )
        self.assertFalse(self.second.exists())

    def test_a_models_folder_that_is_a_file_is_2_and_one_that_is_not_there_4(self) -> None:
        self.assert_refused(self.serve("--models", __file__), BAD_INPUT, "it is no folder")
        self.assert_refused(self.serve("--models", "/not/there"), NOT_FOUND, "no such folder")

    def serve(self, *arguments: str) -> command.Done:
        """A second server that cannot begin."""
        return command.run("serve", "--listen", "127.0.0.1:0", *arguments, state=self.second)

    @property
    def second(self) -> Path:
        """The state folder of a second server."""
        return Path(self._folder.name) / "second"

    def test_a_server_that_was_stopped_leaves_no_socket(self) -> None:
        self.server.stop()

        left = [str(one) for one in self.server.state.rglob("*.sock")]
        self.server.start()
        self.server.wait_until_up()

        self.assertEqual(left, [])

    def test_every_command_has_help_with_an_example(self) -> None:
        for name in COMMANDS:
            done = command.run(name, "--help")

            self.assertEqual(done.code, command.DONE)
            example = done.out.partition("EXAMPLE\n")[2]
            self.assertIn(f"scorekeeper {name} ", example.split("\n\n")[0], name)


if __name__ == "__main__":
    unittest.main()
