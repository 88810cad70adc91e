# Scorekeeper: a model-serving supervisor.
# SPDX-License-Identifier: Apache-2.0

"""`scorekeeper up` serves one model in the foreground and leaves nothing behind."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import tempfile
import time
import unittest
from pathlib import Path
from typing import Any, Callable, Dict, List

import command
import models
from harness import free_port, is_alive, program, shared_environments
from processes import tree
from raw_http import RawClient, post

PATIENCE_SECONDS = 90.0


class Up(unittest.TestCase):
    """A process of the test's own, with folders of its own for what is temporary and cached."""

    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory(prefix="scorekeeper-test-")
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        for name in ("tmp", "home", "cache/scorekeeper"):
            (self.folder / name).mkdir(parents=True)
        cached = self.folder / "cache" / "scorekeeper" / "environments"
        cached.symlink_to(shared_environments())
        self.log = self.folder / "up.log"

    def start(self, *arguments: str) -> "subprocess.Popen[bytes]":
        """`scorekeeper up` with these arguments."""
        line = [str(program()), "up", *arguments]
        if os.geteuid() == 0:
            # Root's cache is /var/cache, whatever the variables say: it gets one of its own.
            if subprocess.run(["unshare", "--mount", "true"]).returncode != 0:
                self.skipTest("root's cache is kept apart by a mount, which is not permitted here")
            script = f'mount --bind "{self.folder}/cache" /var/cache && exec "$@"'
            line = ["unshare", "--mount", "--", "sh", "-c", script, "sh", *line]
        env = command.variables(
            TMPDIR=str(self.folder / "tmp"),
            HOME=str(self.folder / "home"),
            XDG_CACHE_HOME=str(self.folder / "cache"),
        )
        with open(self.log, "wb") as log:
            process = subprocess.Popen(
                line, stdin=subprocess.DEVNULL, stdout=log, stderr=log, env=env
            )
        self.addCleanup(self.end, process)
        return process

    def end(self, process: "subprocess.Popen[bytes]") -> None:
        """Sees that the test leaves nothing, whatever happened."""
        if process.poll() is None:
            process.terminate()
            process.wait(PATIENCE_SECONDS)

    def wait_for(self, process: "subprocess.Popen[bytes]", look: Callable[[], Any]) -> Any:
        """What `look` finds, once it finds anything."""
        end = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < end and process.poll() is None:
            found = look()
            if found:
                return found
            time.sleep(0.02)
        self.fail(f"it did not come; the log says:\n{self.log.read_text()}")

    def ask(self, port: int, target: str) -> Dict[str, Any]:
        """The content of a good answer."""
        with RawClient(port) as client:
            client.send(post(target, b'{"inputs": [[1]]}'))
            answer = client.answer()
        self.assertEqual(answer.status, 200, answer)
        content: Dict[str, Any] = json.loads(answer.body)
        return content

    def left_behind(self) -> List[str]:
        """Files that are still in the folders for what is temporary."""
        return [str(one) for name in ("tmp", "home") for one in (self.folder / name).rglob("*")]

    def test_it_answers_at_the_root_and_an_interrupt_leaves_no_process_and_no_state(self) -> None:
        model = models.write(self.folder / "model", models.answering("up"))
        port = free_port()
        process = self.start(str(model), "--port", str(port))
        self.wait_for(process, lambda: "Ctrl-C ends it" in self.log.read_text())

        for target in ("/invocations", "/score"):
            self.assertEqual(self.ask(port, target), {"predictions": "up"})
        family = tree(process.pid)
        self.assertGreater(len(family), 3, "itself, gateway, node, scorer")
        self.assertNotEqual(self.left_behind(), [])

        process.send_signal(signal.SIGINT)

        self.assertEqual(process.wait(PATIENCE_SECONDS), 0, self.log.read_text())
        self.assertEqual([pid for pid in family if is_alive(pid)], [])
        self.assertEqual(self.left_behind(), [])

    def test_a_model_that_cannot_be_served_is_told_before_anything_starts(self) -> None:
        model = models.write(self.folder / "model", models.answering("up"))
        (model / "MLmodel").write_text("flavors: [\n")

        process = self.start(str(model), "--port", str(free_port()))

        self.assertEqual(process.wait(PATIENCE_SECONDS), command.BAD_INPUT)
        self.assertIn(f"{model}/MLmodel:2:1: ", self.log.read_text())
        self.assertEqual(self.left_behind(), [])

    def test_a_model_whose_load_fails_ends_it_with_the_reason(self) -> None:
        model = models.write(
            self.folder / "model",
            """
            def _load_pyfunc(path, model_config=None):
                raise ValueError('the weights are not the weights')
            """,
        )

        process = self.start(str(model), "--port", str(free_port()))

        self.assertEqual(process.wait(PATIENCE_SECONDS), command.FAILED)
        self.assertIn("the weights are not the weights", self.log.read_text())
        self.assertEqual(self.left_behind(), [])


if __name__ == "__main__":
    unittest.main()
