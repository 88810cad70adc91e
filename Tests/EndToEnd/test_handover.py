# Scorekeeper: a model-serving supervisor.
# SPDX-License-Identifier: Apache-2.0

"""Scorekeeper itself is replaced under load, and nobody outside can tell."""

from __future__ import annotations

import shutil
import threading
from pathlib import Path
from typing import Any, Dict, List

import command
import own_scorer
from control import ControlSocket
from harness import Call, EndToEnd, OpenLoop, program

PER_SECOND = 100.0


def copy_program(folder: Path) -> Path:
    """A Scorekeeper of its own in that folder: executable, and support beside it."""
    folder.mkdir()
    shutil.copy2(program(), folder / "scorekeeper")
    (folder / "support").symlink_to(program().resolve().parent / "support")
    return folder / "scorekeeper"


def replace(executable: Path) -> None:
    """Puts another file in the executable's place, as an installer does."""
    fresh = executable.with_suffix(".new")
    shutil.copy2(program(), fresh)
    fresh.rename(executable)


class Handover(EndToEnd):
    """A server whose executable is replaced, on two nodes of which one holds a scorer."""

    arguments = ["--nodes", "2"]
    executable: Path

    @classmethod
    def prepare(cls, folder: Path) -> Path:
        cls.executable = copy_program(folder / "installed")
        return cls.executable

    @classmethod
    def setUpClass(cls) -> None:
        super().setUpClass()
        tell = own_scorer.build(Path(cls._folder.name) / "tell")
        cls.server.run("deploy", "--scorer", str(tell), "--name", "steady", "--", "here")

    def load(self) -> OpenLoop:
        """A steady load of the scorer."""
        url = f"http://127.0.0.1:{self.server.port}/endpoints/steady/score"
        load = OpenLoop(url, lambda _: b"{}", lambda _, said: said == b"[here]", PER_SECOND)
        self.addCleanup(load.stop)
        return load

    def wait_for_calls(self, load: OpenLoop, more: int) -> None:
        """Until so many more requests have been answered."""
        enough = len(load.calls) + more
        self.wait_for(f"call {enough}", lambda: len(load.calls) >= enough)

    def peers(self) -> Dict[str, Any]:
        """The processes of the server, and since when it lives."""
        status = self.server.status()
        nodes = {one["name"]: one for one in status["nodes"]}
        busy = self.only_instance("steady")
        idle = next(one for name, one in nodes.items() if name != busy["node"])
        return {
            "since": status["server"]["since"],
            "server": status["server"]["pid"],
            "gateway": status["gateway"]["pid"],
            "busy": nodes[busy["node"]],
            "idle": idle,
            "scorer": busy["pid"],
            "notices": status["server"]["notices"],
        }

    def failed(self, calls: List[Call]) -> List[Call]:
        """What was not answered as it should."""
        return [call for call in calls if call.status != 200 or call.problem]

    def test_a_replaced_executable_takes_over_under_load_and_no_request_fails(self) -> None:
        before = self.peers()
        load = self.load()
        self.wait_for_calls(load, 50)
        replace(self.executable)

        noticed = [text for text in self.peers()["notices"] if "was replaced" in text]
        said = self.server.run("handover")
        self.wait_for_calls(load, 200)
        calls = load.stop()

        after = self.peers()
        self.assertEqual(len(noticed), 1)
        self.assertEqual(self.failed(calls), [])
        self.assertIn("has taken the server over", said)
        self.assertIn(f"{before['busy']['name']} serves on as it was", said)
        self.assertNotEqual(after["since"], before["since"])
        self.assertEqual(after["server"], before["server"])
        self.assertNotEqual(after["gateway"], before["gateway"])
        self.assertEqual(after["scorer"], before["scorer"])
        self.assertEqual(after["busy"]["pid"], before["busy"]["pid"])
        self.assertTrue(after["busy"]["isOlder"])
        self.assertNotEqual(after["idle"]["pid"], before["idle"]["pid"])
        self.assertFalse(after["idle"]["isOlder"])
        self.assertEqual(after["notices"], [])
        # The executables that ran before were really let go: nobody was reaped by accident.
        self.assertFalse(self.is_alive(before["gateway"]))

    def test_one_upgrade_after_another_fails_no_request_and_counts_as_no_death(self) -> None:
        logged = len(self.server.log.read_text("utf-8"))
        load = self.load()
        for _ in range(5):
            replace(self.executable)
            self.server.run("handover")
            self.wait_for_calls(load, 20)
        calls = load.stop()

        self.assertEqual(self.failed(calls), [])
        log = self.server.log.read_text("utf-8")[logged:]
        self.assertEqual(log.count('"handing over"'), 5)
        self.assertEqual([line for line in log.splitlines() if "lost" in line], [])
        self.assertNotIn("listens on ,", log)

    def test_a_handover_to_the_same_executable_keeps_gateway_and_nodes(self) -> None:
        self.server.run("handover")
        before = self.peers()

        self.server.run("handover")

        after = self.peers()
        self.assertNotEqual(after["since"], before["since"])
        for peer in ("server", "gateway", "scorer"):
            self.assertEqual(after[peer], before[peer], peer)
        self.assertEqual(after["idle"]["pid"], before["idle"]["pid"])

    def test_no_command_finds_the_server_gone_while_another_takes_it_over(self) -> None:
        over = threading.Event()
        typed: List[command.Done] = []

        def type_on() -> None:
            while not over.is_set():
                typed.append(command.run("status", state=self.server.state))

        typing = threading.Thread(target=type_on)
        typing.start()
        self.addCleanup(typing.join)
        self.addCleanup(over.set)
        for _ in range(3):
            self.server.run("handover")
        count = len(typed)
        self.wait_for("one command more", lambda: len(typed) > count)
        over.set()
        typing.join()

        self.assertEqual([done for done in typed if done.code != command.DONE], [])

    def test_whoever_asks_for_a_handover_is_answered_before_it_begins(self) -> None:
        for _ in range(5):
            since = self.server.status()["server"]["since"]
            control = ControlSocket(self.server.state / "control.sock")
            status, content = control.ask("POST", "/handover", {})
            control.close()

            self.assertEqual((status, sorted(content)), (202, ["executable", "version"]))
            self.wait_for(
                "the next life",
                lambda: self.server.status()["server"]["since"] != since
                and self.server.status()["gateway"].get("pid"),
            )

    def test_what_does_not_run_is_refused_and_the_server_goes_on(self) -> None:
        before = self.peers()
        broken = Path(self._folder.name) / "broken"
        broken.write_text("#!/bin/sh\nexit 3\n", encoding="utf-8")
        broken.chmod(0o755)

        refused = command.run(
            "handover", "--executable", broken, state=self.server.state
        )

        self.assertEqual(refused.code, command.BAD_INPUT, refused.err)
        self.assertIn("did not say a version", refused.err)
        self.assertEqual(self.peers(), before)

    def test_a_removed_executable_still_starts_a_gateway_and_is_told_of(self) -> None:
        before = self.peers()
        kept = self.executable.with_suffix(".kept")
        self.executable.rename(kept)
        self.addCleanup(lambda: kept.rename(self.executable))
        self.server.program = program()
        self.addCleanup(setattr, self.server, "program", self.executable)

        self.kill(before["gateway"])
        self.wait_for(
            "a gateway",
            lambda: self.server.status()["gateway"].get("pid", before["gateway"])
            != before["gateway"],
        )

        self.wait_for("an answer", lambda: self.score("steady", {}, "score")[0] == 200)
        notices = self.server.status()["server"]["notices"]
        self.assertTrue(any("is not there any more" in text for text in notices), notices)


if __name__ == "__main__":
    import unittest

    unittest.main()
