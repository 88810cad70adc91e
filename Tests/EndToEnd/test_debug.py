# Scorekeeper: a model-serving supervisor.
# SPDX-License-Identifier: Apache-2.0

"""`scorekeeper debug --scorer` serves one scorer in the terminal and starts it again."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import tempfile
import time
import unittest
import urllib.error
import urllib.request
from pathlib import Path
from typing import Callable, Optional, Tuple

import command
from harness import PATIENCE_SECONDS, is_alive, program
from test_conformance import SCORERS, built

READY = "is ready"


def can_debug() -> bool:
    """Whether there is a gdb that is allowed to run a program."""
    if shutil.which("gdb") is None:
        return False
    line = ["gdb", "-batch", "-ex", "run", "/bin/true"]
    done = subprocess.run(line, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    return b"exited normally" in done.stdout


def child_of(pid: int) -> int:
    """The pid of the one process that another has started."""
    tasks = Path(f"/proc/{pid}/task").glob("*/children")
    return next(int(child) for task in tasks for child in task.read_text().split())


class Debug(unittest.TestCase):
    """A scorer in C whose author looks at it."""

    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory(prefix="scorekeeper-test-")
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        self.log = self.folder / "log"

    def start(
        self,
        *arguments: object,
        path: Optional[Path] = None,
        stdin: int = subprocess.DEVNULL,
    ) -> "subprocess.Popen[bytes]":
        """`scorekeeper debug` on a free port, in a session of its own."""
        line = [str(program()), "debug", "--port", "0", *map(str, arguments)]
        env = command.variables(TMPDIR=str(self.folder))
        if path is not None:
            env["PATH"] = f"{path}:{env['PATH']}"
        with open(self.log, "wb") as log:
            process = subprocess.Popen(
                line,
                stdin=stdin,
                stdout=log,
                stderr=log,
                env=env,
                cwd=self.folder,
                start_new_session=True,
            )
        self.addCleanup(self.end, process)
        return process

    def end(self, process: "subprocess.Popen[bytes]") -> None:
        """Sees that the test leaves nothing, whatever happened."""
        if process.poll() is None:
            process.kill()
        process.wait()

    def said(self) -> str:
        """What was told so far."""
        return self.log.read_text(errors="replace")

    def wait_for(self, what: str, look: Callable[[], object]) -> None:
        """Looks until something is so."""
        end = time.monotonic() + PATIENCE_SECONDS
        while not look():
            self.assertLess(time.monotonic(), end, f"no {what}; it said:\n{self.said()}")
            time.sleep(0.02)

    def wait_until_ready(self, times: int = 1) -> None:
        """Until the scorer has said ready so often."""
        self.wait_for("ready scorer", lambda: self.said().count(READY) >= times)

    def score(self, body: bytes) -> Tuple[int, bytes]:
        """What the scorer answers."""
        found = re.search(r"http://\S+/score", self.said())
        assert found is not None
        request = urllib.request.Request(found.group(), data=body)
        try:
            with urllib.request.urlopen(request, timeout=PATIENCE_SECONDS) as response:
                return response.status, response.read()
        except urllib.error.HTTPError as error:
            return error.code, error.read()

    def scorer(self, process: "subprocess.Popen[bytes]") -> int:
        """The pid of the process that was started."""
        return child_of(process.pid)

    def test_it_answers_and_leaves_with_its_scorer(self) -> None:
        process = self.start("--scorer", built(SCORERS / "honest.c", self.folder))
        self.wait_until_ready()
        scorer = self.scorer(process)

        self.assertEqual(self.score(b"as it is"), (200, b"as it is"))
        process.send_signal(signal.SIGTERM)

        self.assertEqual(process.wait(PATIENCE_SECONDS), 0, self.said())
        self.assertFalse(is_alive(scorer))

    def test_ctrl_c_ends_it_without_a_word_of_failure(self) -> None:
        process = self.start("--scorer", built(SCORERS / "honest.c", self.folder))
        self.wait_until_ready()
        scorer = self.scorer(process)

        # As a terminal does: to all of its group, so that the scorer dies of it at the same moment.
        os.killpg(process.pid, signal.SIGINT)

        self.assertEqual(process.wait(PATIENCE_SECONDS), 0, self.said())
        self.assertFalse(is_alive(scorer))
        self.assertNotIn("started again", self.said())
        self.assertNotIn("cannot", self.said())

    def test_a_scorer_that_dies_is_started_again(self) -> None:
        process = self.start("--scorer", built(SCORERS / "honest.c", self.folder))
        self.wait_until_ready()
        before = self.scorer(process)

        os.kill(before, signal.SIGKILL)
        self.wait_until_ready(times=2)

        self.assertIn("was ended by signal 9 (Killed); it is started again", self.said())
        self.assertEqual(self.score(b"again"), (200, b"again"))
        self.assertFalse(is_alive(before))

    def test_a_scorer_that_dies_of_a_request_is_told_at_once(self) -> None:
        self.start("--scorer", built(SCORERS / "bad" / "dies_writing.c", self.folder))
        self.wait_until_ready()

        status, _ = self.score(b"deadly")

        self.assertEqual(status, 502)
        self.wait_for("word of its end", lambda: "was ended by signal 6" in self.said())

    def test_a_program_that_is_built_anew_is_started_again(self) -> None:
        scorer = built(SCORERS / "doubles.c", self.folder)
        self.start("--scorer", scorer)
        self.wait_until_ready()
        self.assertEqual(self.score(b"four"), (200, b"8"))

        os.replace(built(SCORERS / "honest.c", self.folder), scorer)
        self.wait_until_ready(times=2)

        self.assertIn("doubles' has changed; it is started again\n", self.said())
        self.assertEqual(self.score(b"four"), (200, b"four"))

    def test_one_that_cannot_start_waits_for_its_next_build(self) -> None:
        scorer = self.folder / "scorer"
        scorer.write_text("#!/bin/sh\nexit 3\n")
        scorer.chmod(0o755)
        self.start("--scorer", scorer)
        self.wait_for("word of its end", lambda: "left with status 3 before" in self.said())

        os.replace(built(SCORERS / "honest.c", self.folder), scorer)
        self.wait_until_ready()

        self.assertEqual(self.score(b"at last"), (200, b"at last"))

    def test_a_tool_runs_the_program_and_its_end_is_the_end(self) -> None:
        tools = self.folder / "tools"
        tools.mkdir()
        (tools / "gdb").write_text('#!/bin/sh\necho "gdb $1 $3"\nshift\n"$@"\n')
        (tools / "gdb").chmod(0o755)
        honest = built(SCORERS / "honest.c", self.folder)

        process = self.start("--under", "gdb", "--scorer", honest, "--", "--flag", path=tools)
        self.wait_until_ready()
        self.assertEqual(self.score(b"seen"), (200, b"seen"))
        os.kill(self.scorer(process), signal.SIGKILL)

        self.assertEqual(process.wait(PATIENCE_SECONDS), 0, self.said())
        self.assertIn("gdb --args --flag", self.said())
        self.assertIn("the tool was ended by signal 9", self.said())

    @unittest.skipUnless(can_debug(), "no gdb that may trace")
    def test_the_debugger_runs_it_as_often_as_it_likes(self) -> None:
        honest = built(SCORERS / "honest.c", self.folder)
        process = self.start("--under", "gdb", "--scorer", honest, stdin=subprocess.PIPE)
        assert process.stdin is not None
        for times in (1, 2):
            process.stdin.write(b"run\n")
            process.stdin.flush()
            self.wait_until_ready(times)
            self.assertEqual(self.score(b"seen"), (200, b"seen"))
            stopped = self.said().count("received signal SIGINT")
            os.kill(child_of(self.scorer(process)), signal.SIGINT)
            self.wait_for(
                "stop", lambda: self.said().count("received signal SIGINT") > stopped
            )

        process.stdin.write(b"kill\nquit\n")
        process.stdin.close()

        self.assertEqual(process.wait(PATIENCE_SECONDS), 0, self.said())

    def test_a_tool_that_is_not_there_is_named(self) -> None:
        honest = built(SCORERS / "honest.c", self.folder)

        done = command.run(
            *("debug", "--under", "perf", "--scorer", honest),
            env=command.variables(PATH=str(self.folder)),
        )

        self.assertEqual(done.code, command.NOT_FOUND)
        self.assertIn("cannot find 'perf' on PATH; install it", done.err)


if __name__ == "__main__":
    unittest.main()
