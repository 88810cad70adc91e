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

    def test_a_second_interrupt_ends_every_process_though_a_request_is_held(self) -> None:
        model = models.write(self.folder / "model", models.HOLDING.replace("0.3", "60"))
        port = free_port()
        process = self.start(str(model), "--port", str(port))
        self.wait_for(process, lambda: "Ctrl-C ends it" in self.log.read_text())
        family = tree(process.pid)

        with RawClient(port) as client:
            # The gateway asks for the body once it holds the request: not before is it under way.
            client.send(
                b"POST /score HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
                b"Expect: 100-continue\r\nContent-Length: 17\r\n\r\n"
            )
            self.assertEqual(client.answer().status, 100)
            client.send(b'{"inputs": [[1]]}')
            process.send_signal(signal.SIGINT)
            self.wait_for(process, lambda: "draining" in self.log.read_text())
            process.send_signal(signal.SIGINT)

            self.assertEqual(process.wait(PATIENCE_SECONDS), 0, self.log.read_text())

        self.assertIn("leaving at once: the gateway, the nodes", self.log.read_text())
        self.assertEqual([pid for pid in family if is_alive(pid)], [])
        self.assertEqual(self.left_behind(), [])

    def test_an_interrupt_before_it_serves_leaves_no_process(self) -> None:
        model = models.write(self.folder / "model", models.answering("never"))
        process = self.start(str(model), "--port", str(free_port()))
        family = self.wait_for(process, lambda: tree(process.pid)[1:] and tree(process.pid))

        process.send_signal(signal.SIGINT)
        process.wait(PATIENCE_SECONDS)

        self.assertEqual([pid for pid in family if is_alive(pid)], [])
        self.assertEqual(self.left_behind(), [])

    def test_what_a_killed_one_left_is_removed_by_the_next(self) -> None:
        model = models.write(self.folder / "model", models.answering("up"))
        first = self.start(str(model), "--port", str(free_port()))
        self.wait_for(first, lambda: "Ctrl-C ends it" in self.log.read_text())
        family = tree(first.pid)
        for pid in reversed(family):
            os.kill(pid, signal.SIGKILL)
        first.wait(PATIENCE_SECONDS)
        kept = self.folder / "tmp" / f"scorekeeper-up-{os.getpid()}"
        kept.mkdir()
        self.assertEqual(len(self.state_folders()), 2)

        second = self.start(str(model), "--port", str(free_port()))
        self.wait_for(second, lambda: "Ctrl-C ends it" in self.log.read_text())

        self.assertIn(kept, self.state_folders())
        self.assertEqual(len(self.state_folders()), 2)

    def state_folders(self) -> List[Path]:
        """What is in the folder for what is temporary."""
        return list((self.folder / "tmp").glob("scorekeeper-up-*"))

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
        # They are gone with it.
        self.assertNotIn("scorekeeper logs", self.log.read_text().splitlines()[-1])
        self.assertEqual(self.left_behind(), [])


if __name__ == "__main__":
    unittest.main()
