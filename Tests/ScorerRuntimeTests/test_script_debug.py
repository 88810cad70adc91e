# Scorekeeper: a model-serving supervisor.
# SPDX-License-Identifier: Apache-2.0

"""`debug`: a script over HTTP, loaded again when saved, with its tracebacks in the answer."""

from __future__ import annotations

import http.client
import json
import os
import re
import subprocess
import sys
import tempfile
import threading
import unittest
from typing import Any, List, Optional, Tuple

import runtime_path

PROGRAM = os.path.join(
    runtime_path.ROOT, "Sources", "ScorerRuntime", "Python", "scorekeeper_scorer", "__main__.py"
)
LISTENING = re.compile(r"http://127\.0\.0\.1:(\d+)/score")


class DebugProcess:
    """The command's Python half as a process."""

    def __init__(self, script: str, *words: str) -> None:
        command = [sys.executable, "-B", PROGRAM, "debug", "--script", script, "--port", "0"]
        self.process = subprocess.Popen(
            [*command, *words], stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        self.lines: List[str] = []
        self._said = threading.Condition()
        self.port = 0
        self._listening = threading.Event()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        assert self.process.stderr is not None
        for line in self.process.stderr:
            with self._said:
                self.lines.append(line)
                self._said.notify_all()
            found = LISTENING.search(line)
            if found:
                self.port = int(found.group(1))
                self._listening.set()
        self._listening.set()

    def wait_for(self, words: str) -> bool:
        """Whether a line with these words came; waits for it."""
        with self._said:
            return self._said.wait_for(lambda: any(words in line for line in self.lines), 60)

    def ask(
        self, body: bytes = b"", target: str = "/score", fields: Optional[Any] = None
    ) -> Tuple[int, bytes, Any]:
        """Posts a body; the status, the answer's body and its fields."""
        assert self._listening.wait(60) and self.port, self.lines
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            connection.request("POST", target, body, fields or {})
            answer = connection.getresponse()
            return answer.status, answer.read(), answer.headers
        finally:
            connection.close()

    def end(self) -> None:
        """Interrupts it as Ctrl-C does."""
        self.process.terminate()
        self.process.wait(60)
        self._reader.join(60)
        for stream in (self.process.stdout, self.process.stderr):
            assert stream is not None
            stream.close()


class Debug(unittest.TestCase):
    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = folder.name
        self.script = os.path.join(self.folder, "score.py")

    def write(self, text: str, name: str = "score.py") -> None:
        with open(os.path.join(self.folder, name), "w", encoding="utf-8") as file:
            file.write(text)

    def start(self, *words: str) -> DebugProcess:
        process = DebugProcess(self.script, *words)
        self.addCleanup(process.end)
        return process

    def test_it_answers_with_what_was_saved_last(self) -> None:
        self.write("import helper\ndef init(): pass\ndef run(data): return helper.WORD + data\n")
        self.write("WORD = 'first '\n", "helper.py")
        process = self.start()
        self.assertEqual(process.ask(b"x")[:2], (200, b'"first x"'))

        self.write("WORD = 'the second '\n", "helper.py")
        self.assertEqual(process.ask(b"x")[:2], (200, b'"the second x"'))

        self.write("def init(): raise ValueError('no model')\ndef run(data): return 1\n")
        status, body, _ = process.ask(b"x")
        self.assertEqual(status, 500)
        self.assertIn("score.py\", line 1, in init", json.loads(body)["message"])

        self.write("def init(): pass\ndef run(data): return 'whole again'\n")
        self.assertEqual(process.ask(b"x")[:2], (200, b'"whole again"'))

    def test_what_was_saved_is_loaded_before_anybody_asks(self) -> None:
        self.write("def init(): pass\ndef run(data): return 1\n")
        process = self.start()
        self.assertTrue(process.wait_for("/score"))

        self.write("def init() pass\n")

        self.assertTrue(process.wait_for("SyntaxError: expected ':' (score.py:1)"))

    def test_a_traceback_is_in_the_answer_and_in_the_terminal_from_the_script_on(self) -> None:
        self.write("def init(): pass\ndef run(data):\n    return inner(data)\n"
                   "def inner(data):\n    return 1 / 0\n")
        process = self.start()

        status, body, fields = process.ask(b"x", fields={"x-request-id": "r-1"})

        self.assertEqual(status, 500)
        message = json.loads(body)["message"]
        for told in (message, "".join(process.lines)):
            self.assertIn("score.py\", line 5, in inner", told)
            self.assertIn("ZeroDivisionError: division by zero", told)
            self.assertNotIn("scorekeeper_scorer", told)
        self.assertIn("(score.py:5 in inner)", "".join(process.lines))
        self.assertEqual(fields["x-ms-run-function-failed"], "True")
        self.assertEqual(fields["x-request-id"], "r-1")

    def test_model_directory_and_chunked_bodies_reach_the_script(self) -> None:
        self.write("import os\ndef init(): pass\n"
                   "def run(data): return [data, os.environ['AZUREML_MODEL_DIR'], os.getcwd()]\n")
        process = self.start("--model-dir", "/a/model")
        process.ask()
        connection = http.client.HTTPConnection("127.0.0.1", process.port, timeout=60)
        self.addCleanup(connection.close)

        connection.request("POST", "/score", iter([b"in ", b"parts"]), encode_chunked=True,
                           headers={"Transfer-Encoding": "chunked"})

        found = json.loads(connection.getresponse().read())
        self.assertEqual(found, ["in parts", "/a/model", os.path.realpath(self.folder)])

    def test_an_answer_in_parts_that_breaks_is_not_taken_for_whole(self) -> None:
        self.write("def init(): pass\ndef run(data):\n    yield 'one '\n    yield 'two'\n"
                   "    if data: raise ValueError('half way')\n")
        process = self.start()

        self.assertEqual(process.ask(b"")[:2], (200, b"one two"))
        with self.assertRaises(http.client.IncompleteRead):
            process.ask(b"x")

    def test_without_debugpy_it_does_not_wait_for_a_debugger(self) -> None:
        self.write("def init(): pass\ndef run(data): return data\n")
        self.write("raise ImportError('hidden by this test')\n", "debugpy.py")
        environment = {**os.environ, "PYTHONPATH": self.folder}

        ended = subprocess.run(
            [sys.executable, "-B", PROGRAM, "debug", "--script", self.script,
             "--wait-for-debugger"],
            capture_output=True, text=True, env=environment, timeout=60,
        )

        self.assertEqual(ended.returncode, 1)
        self.assertIn("has no package 'debugpy'", ended.stderr)

    def test_a_script_that_is_not_there_is_named(self) -> None:
        ended = subprocess.run(
            [sys.executable, "-B", PROGRAM, "debug", "--script", "/no/such.py"],
            capture_output=True, text=True, timeout=60,
        )
        self.assertEqual(ended.returncode, 1)
        self.assertIn("there is no script '/no/such.py'", ended.stderr)


if __name__ == "__main__":
    unittest.main()
