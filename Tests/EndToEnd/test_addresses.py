# Scorekeeper: a model-serving supervisor.
# SPDX-License-Identifier: Apache-2.0

"""Where a server listens, and how commands and callers find it."""

from __future__ import annotations

import json
import os
import stat
import unittest
from pathlib import Path

import command
import models
from harness import EndToEnd, free_port
from raw_http import Answer, RawClient, post

ONE = b'{"inputs": [[1]]}'
FINE = {"predictions": "fine"}


class Addresses(EndToEnd):
    """A common listener, one of an endpoint's own, and one that other machines reach."""

    own_port = free_port()
    open_port = free_port()
    arguments = [
        "--port-for", f"shown=127.0.0.1:{own_port}",
        "--port-for", f"open=0.0.0.0:{open_port}",
        "--insecure",
    ]  # fmt: skip

    @classmethod
    def setUpClass(cls) -> None:
        super().setUpClass()
        cls.deploy("shown", models.answering("fine"))

    def ask(self, port: int, target: str, host: str = "x") -> Answer:
        """One request with a Host of its own."""
        with RawClient(port) as client:
            client.send(post(target, ONE).replace(b"Host: x", b"Host: " + host.encode()))
            return client.answer()

    def test_a_port_of_its_own_has_the_routes_at_the_root(self) -> None:
        for target in ("/invocations", "/score"):
            answer = self.ask(self.own_port, target)
            self.assertEqual((answer.status, json.loads(answer.body)), (200, FINE))
        self.assertEqual(self.ask(self.own_port, "/endpoints/shown/score").status, 404)

        url = self.server.url("shown")
        self.assertEqual(url, f"http://127.0.0.1:{self.own_port}/score")
        status = command.run("status", state=self.server.state).out
        self.assertIn(f"127.0.0.1:{self.own_port} is shown's own", status)

    def test_a_host_whose_first_label_is_the_name_has_the_routes_at_the_root(self) -> None:
        for host in ("shown.local", f"shown.local:{self.server.port}"):
            answer = self.ask(self.server.port, "/invocations", host)
            self.assertEqual((answer.status, json.loads(answer.body)), (200, FINE))

        for host in ("shown", "other.local", "local.shown"):
            self.assertEqual(self.ask(self.server.port, "/invocations", host).status, 404, host)

    def test_an_unknown_name_in_the_path_is_404_and_says_where_the_names_are(self) -> None:
        answer = self.ask(self.server.port, "/endpoints/nobody/score")

        self.assertEqual(answer.status, 404)
        self.assertIn("'nobody'", answer.message)
        self.assertIn("'scorekeeper status'", answer.message)

    def test_listening_beyond_this_machine_is_told_in_status(self) -> None:
        status = command.run("status", state=self.server.state).out

        notices = [line for line in status.splitlines() if line.startswith("notice ")]
        self.assertTrue(any("authentication" in line for line in notices), status)
        self.assertTrue(self.server.status()["server"]["insecure"])

    def test_the_control_socket_is_its_owners_alone(self) -> None:
        found = os.stat(self.server.state / "control.sock")

        self.assertTrue(stat.S_ISSOCK(found.st_mode))
        self.assertEqual(stat.S_IMODE(found.st_mode), 0o600)
        self.assertEqual(found.st_uid, os.geteuid())

    def test_commands_find_the_server_by_state_before_the_variable(self) -> None:
        state = str(self.server.state)
        nowhere = str(Path(self._folder.name) / "nowhere")

        by_variable = command.run("status", env=command.variables(SCOREKEEPER_STATE=state))
        by_option = command.run(
            "status", "--state", state, env=command.variables(SCOREKEEPER_STATE=nowhere)
        )
        elsewhere = command.run("status", env=command.variables(SCOREKEEPER_STATE=nowhere))

        self.assertEqual(by_variable.code, command.DONE, by_variable)
        self.assertIn(f"pid {self.server.process.pid}", by_variable.out)
        self.assertEqual(by_option.code, command.DONE, by_option)
        self.assertEqual(elsewhere.code, command.NO_SERVER, elsewhere)


class SecondServers(EndToEnd):
    """A second server beside one that runs: each is refused before it starts anything."""

    def serve(self, *arguments: str, state: str = "second") -> command.Done:
        """How the second server leaves."""
        done = command.run("serve", *arguments, state=Path(self._folder.name) / state)
        self.assertEqual(done.out, "")
        return done

    def test_a_listener_beyond_this_machine_is_refused_without_insecure(self) -> None:
        for address in ("0.0.0.0:0", "[::]:0"):
            for arguments in (["--listen", address], ["--port-for", f"some={address}"]):
                done = self.serve(*arguments)

                self.assertEqual(done.code, command.BAD_INPUT, done)
                self.assertIn(address, done.err)
                self.assertIn("no authentication", done.err)
                self.assertIn("--insecure", done.err)

    def test_25_a_port_in_use_is_refused_with_the_address(self) -> None:
        done = self.serve("--listen", f"127.0.0.1:{self.server.port}")
        own = self.serve(
            "--listen", "127.0.0.1:0", "--port-for", f"some=127.0.0.1:{self.server.port}"
        )

        for one in (done, own):
            self.assertEqual(one.code, command.NO_ROOM, one)
            self.assertIn(f"127.0.0.1:{self.server.port}", one.err)
            self.assertIn("name a free one", one.err)
        self.assertFalse((Path(self._folder.name) / "second").exists(), "a skeleton was left")

    def test_a_second_server_on_the_same_state_is_refused_with_the_firsts_pid(self) -> None:
        before = self.server.status()

        done = self.serve("--listen", "127.0.0.1:0", state="state")

        self.assertEqual(done.code, command.NO_ROOM, done)
        self.assertIn(f"(pid {self.server.process.pid})", done.err)
        after = self.server.status()
        for part in ("gateway", "nodes"):
            self.assertEqual(after[part], before[part])


if __name__ == "__main__":
    unittest.main()
