# Scorekeeper: a model-serving supervisor.
# SPDX-License-Identifier: Apache-2.0

"""`scorekeeper_kit`: programs of one's own, as they lie on the path and in one file."""

from __future__ import annotations

import json
import os
import socket
import struct
import subprocess
import sys
import tempfile
import unittest
from typing import Any, List

from scorer_process import Gateway, Heard, support_folder

PROGRAM = """
import scorekeeper_kit as kit

scorer = kit.attach()
scorer.expect_tensor("float32", (None, 2))


def answer(request):
    rows = request.tensor()
    first = rows[0, 0]
    if first == -1:
        raise kit.Refusal(422, "no such 'row'")
    if first == -2:
        raise KeyError("gone")
    if first == -3:
        return None
    if first == -4:
        for part in (b"a", b"b"):
            request.send(kit.Answer(part, "text/plain", 201))
        request.finish()
        return None
    if first == -5:
        request.send(kit.Answer(b"half"))
        raise ValueError("within its answer")
    scorer.count("rows_total", len(rows))
    scorer.gauge("last", first)
    told = [rows.tolist(), rows.shape, rows.format, request.line, request.headers["x"]]
    told += [request.seconds_left, request.is_cancelled]
    return kit.Answer.json(told)


scorer.serve(answer, threads=2)
"""

HEAD = b"POST /score?q=1\ncontent-type: application/json\nx: y\n"


class Kit(unittest.TestCase):
    """A program over the kit, and a gateway."""

    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.program = os.path.join(folder.name, "program.py")
        with open(self.program, "w", encoding="utf-8") as file:
            file.write(PROGRAM)
        self.path = {**os.environ, "PYTHONPATH": os.path.join(support_folder(), "python")}

    def start(self, command: List[str], environment: Any) -> None:
        """Starts a program at the other end of a gateway's lane."""
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs:
            self.process = subprocess.Popen(
                command,
                pass_fds=[theirs.fileno()],
                env={**environment, "SCOREKEEPER_LANE_FD": str(theirs.fileno())},
                stderr=subprocess.DEVNULL,
            )
        self.gateway = Gateway(ours)
        # A test may start several: each is ended.
        self.addCleanup(self.end, self.gateway, self.process)
        self.assertEqual(self.gateway.hear(), Heard("ready"))

    @staticmethod
    def end(gateway: Gateway, process: "subprocess.Popen[bytes]") -> None:
        """Ends both processes."""
        gateway.end()
        process.kill()
        process.wait()

    def start_program(self) -> None:
        """The program as a file beside the kit."""
        self.start([sys.executable, "-B", self.program], self.path)

    def ask(self, body: bytes, head: bytes = HEAD) -> Heard:
        """Posts a request and waits for its answer."""
        return self.gateway.ask(head, body)

    def refusal(self, body: bytes) -> Any:
        """Status, code and message of a refusal."""
        heard = self.ask(body)
        error = json.loads(heard.body)["error"]
        return heard.status, error["code"], error["message"]

    def test_a_tensor_is_shown_with_its_shape_however_it_was_sent(self) -> None:
        self.start_program()
        raw = HEAD.replace(b"json", b"octet-stream")

        for body, head in ((b"[[1, 2.5], [3, 4]]", HEAD), (struct.pack("<4f", 1, 2.5, 3, 4), raw)):
            told = json.loads(self.ask(body, head).body)
            self.assertEqual(told[:3], [[[1, 2.5], [3, 4]], [2, 2], "f"])
            self.assertEqual(told[3:], ["POST /score?q=1", "y", None, False])

    def test_what_a_function_raises_or_forgets_is_told(self) -> None:
        self.start_program()

        self.assertEqual(self.refusal(b"[[-1, 0]]"), (422, "UnfitRequest", "no such 'row'"))
        self.assertEqual(self.refusal(b"[[-2, 0]]"), (500, "ScorerFailed", "KeyError: 'gone'"))
        self.assertEqual(self.refusal(b"[[-3, 0]]")[0], 500)
        self.assertEqual(self.refusal(b"[[1]]")[0], 400)
        self.assertEqual(self.ask(b"[[-5, 0]]").body, b"half")
        self.assertEqual(self.ask(b"[[1, 0]]").status, 200)

    def test_an_answer_can_be_sent_in_parts(self) -> None:
        self.start_program()

        heard = self.ask(b"[[-4, 0]]")

        self.assertEqual((heard.status, heard.body), (201, b"ab"))
        self.assertEqual(heard.head, b"content-type: text/plain\n")

    def test_it_leaves_when_told_and_when_nobody_is_left(self) -> None:
        self.start_program()
        self.gateway.tell(b"drain\n")
        self.assertEqual(self.process.wait(60), 0)

        self.start_program()
        self.gateway.end()
        self.assertEqual(self.process.wait(60), 4)

    def test_run_by_hand_it_says_what_would_give_it_a_lane(self) -> None:
        command = [sys.executable, "-B", self.program]
        path = {name: word for name, word in self.path.items() if name != "SCOREKEEPER_LANE_FD"}

        done = subprocess.run(command, env=path, stdin=subprocess.DEVNULL, stderr=subprocess.PIPE)

        self.assertEqual(done.returncode, 1)
        self.assertIn(b"scorekeeper debug --scorer", done.stderr)

    def test_program_and_kit_are_one_file_that_needs_nothing_else(self) -> None:
        bundle = self.program[: -len(".py")]
        command = [sys.executable, "-B", "-m", "scorekeeper_kit.bundle", self.program, bundle]
        subprocess.run(command, env=self.path, check=True)

        self.start([bundle], {"PATH": os.environ["PATH"]})

        self.assertEqual(self.ask(b"[[1, 2]]").status, 200)


if __name__ == "__main__":
    unittest.main()
