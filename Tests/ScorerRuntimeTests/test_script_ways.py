# Scorekeeper: a model-serving supervisor.
# SPDX-License-Identifier: Apache-2.0

"""A script's requests on a lane: the short way, several at once, and answers in parts."""

from __future__ import annotations

import os
import queue
import re
import tempfile
import threading
import unittest
from typing import Any, List, Optional, Tuple

import runtime_path  # noqa: F401
from script_dialect.case import PROBE
from script_dialect.cases import CASES, SCRIPTS
from script_dialect.sides import hushed
from scorekeeper_scorer.script import service
from scorekeeper_scorer.script.request import Request
from scorekeeper_scorer.script.serve_script import ServedScript
from scorekeeper_scorer.script.settings import Settings
from scorekeeper_scorer.script.text_way import TextWay
from scorekeeper_scorer.task import Task

HEAD = b"POST /score\ncontent-type: text/plain\nx-request-id: r-1\n"
_TOOK = re.compile(rb"x-ms-run-fn-exec-ms: [0-9.]+\n")


class FakeScorer:
    """A lane in memory: what `take` brings, and what was answered."""

    def __init__(self, bodies: List[bytes], calls: int = 1, wants: int = 1_000) -> None:
        self._calls = calls
        self._wants = wants
        self._waiting: "queue.Queue[Optional[Tuple[int, bytes]]]" = queue.Queue()
        for ticket, body in enumerate(bodies, 1):
            self._waiting.put((ticket, body))
        for _ in range(calls):
            self._waiting.put(None)
        self.answers: List[Tuple[Any, ...]] = []
        self.parts: List[bytes] = []

    def calls(self) -> int:
        """Calls at once."""
        return self._calls

    def take(self, most: int) -> Optional[List[Tuple[int, int, bytes, memoryview, int]]]:
        """The next request; none once all are taken."""
        taken = self._waiting.get()
        return None if taken is None else [(taken[0], 1, HEAD, memoryview(taken[1]), 0)]

    def answer(self, *answer: Any) -> None:
        """Ends a request."""
        self.answers.append(answer)

    def break_off(self, ticket: int) -> None:
        """Cuts the client off."""
        self.answers.append((ticket, "broken off"))

    def part(self, ticket: int, status: int, head: bytes, body: bytes) -> bool:
        """A part; false once the client has gone."""
        self.parts.append(body)
        return len(self.parts) < self._wants


class Ways(unittest.TestCase):
    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = folder.name

    def load(self, text: str) -> service.ScriptService:
        with open(os.path.join(self.folder, "score.py"), "w", encoding="utf-8") as file:
            file.write(text)
        return self.load_from(self.folder)

    def load_from(self, folder: str) -> service.ScriptService:
        return service.start(Settings.read(Task(None, "score.py", folder, None), {}))

    def test_the_short_way_answers_to_the_byte_as_the_service_or_steps_aside(self) -> None:
        taken = 0
        with hushed():
            whole = self.load_from(os.path.join(SCRIPTS, "raw"))
            short = TextWay.of(whole)
            assert short is not None
            for case in CASES:
                if case.script != "raw" or case.method == PROBE or case.body == "parts":
                    continue
                lines = "".join(f"{name.lower()}: {value}\n" for name, value in case.sent)
                head = f"{case.method} {case.target}\n{lines}".encode("utf-8")
                expected = whole.answer(Request(head, memoryview(case.written)))
                found = short.answer(head, memoryview(case.written))
                if found is not None:
                    taken += 1
                    with self.subTest(case.name):
                        self.assertEqual(self.without_times(found), self.without_times(expected))
        self.assertGreaterEqual(taken, 30)

    def without_times(self, reply: Tuple[Any, ...]) -> Tuple[Any, ...]:
        return (reply[0], _TOOK.sub(b"", reply[1]), *reply[2:])

    def test_identifiers_of_the_clients_own_take_the_long_way(self) -> None:
        short = TextWay.of(self.load("def init(): pass\ndef run(data): return data\n"))
        assert short is not None
        for line in (b"x-ms-request-id: o\n", b"x-ms-client-request-id: c\n", b"traceid: t\n"):
            self.assertIsNone(short.answer(HEAD + line, memoryview(b"x")))
        self.assertIsNotNone(short.answer(HEAD, memoryview(b"x")))

    def test_scripts_that_want_more_than_text_have_no_short_way(self) -> None:
        init = "def init(): pass\n"
        for run in (
            "def run(*, data): return data\n",
            "def run(data, request_headers): return data\n",
            "import flask\ndef run(data): return data\n",
        ):
            with self.subTest(run):
                self.assertIsNone(TextWay.of(self.load(init + run)))

    def test_several_calls_at_once_run_at_once(self) -> None:
        # Neither call ends before the other has begun.
        script = "import threading\nboth = threading.Barrier(2)\ndef init(): pass\n"
        script += "def run(data):\n    both.wait(60)\n    return data\n"
        scorer = FakeScorer([b"a", b"b", b"c", b"d"], calls=2)

        ServedScript(self.load(script)).answer_until_drained(scorer)

        bodies = sorted(answer[3] for answer in scorer.answers)
        self.assertEqual(bodies, [b'"a"', b'"b"', b'"c"', b'"d"'])

    def test_an_exception_that_cannot_say_what_it_is_fails_its_request_alone(self) -> None:
        for silence in ("ValueError('mute')", "SystemExit(1)", "KeyboardInterrupt"):
            text = f"class Mute(Exception):\n    def __str__(self): raise {silence}\n"
            text += "def init(): pass\ndef run(data):\n    if data: raise Mute()\n"
            scorer = FakeScorer([b"x", b""])

            with self.subTest(silence), hushed():
                ServedScript(self.load(text)).answer_until_drained(scorer)

                self.assertEqual([answer[1] for answer in scorer.answers], [500, 200])

    def test_one_call_at_once_runs_in_the_thread_that_loaded_the_script(self) -> None:
        script = "import threading\ndef init(): pass\n"
        script += "def run(data): return threading.get_ident()\n"
        scorer = FakeScorer([b""])

        ServedScript(self.load(script)).answer_until_drained(scorer)

        self.assertEqual(scorer.answers[0][3], str(threading.get_ident()).encode())

    def test_values_of_a_generator_are_parts_and_the_first_says_of_which_type(self) -> None:
        for values, kind, parts in (
            ("'a', 'b'", b"text/plain; charset=utf-8", [b"a", b"b"]),
            ("b'a', b'b'", b"application/octet-stream", [b"a", b"b"]),
            ("{'a': 1}, 'b'", b"application/x-ndjson", [b'{"a": 1}\n', b'"b"\n']),
        ):
            scorer = FakeScorer([b""])
            text = f"def init(): pass\ndef run(data): yield from ({values},)\n"

            ServedScript(self.load(text)).answer_until_drained(scorer)

            with self.subTest(values):
                self.assertEqual(scorer.parts, parts)
                self.assertIn(b"content-type: " + kind + b"\n", scorer.answers[0][2])

    def test_azures_modules_are_there_under_both_names_and_are_the_same(self) -> None:
        text = (
            "import azureml.contrib.services.aml_response as older\n"
            "from azureml_inference_server_http.api.aml_request import AMLRequest, rawhttp\n"
            "from azureml_inference_server_http.api.aml_response import AMLResponse\n"
            "def init(): pass\n"
            "@rawhttp\n"
            "def run(request):\n"
            "    return [isinstance(request, AMLRequest), older.AMLResponse is AMLResponse]\n"
        )
        scorer = FakeScorer([b""])

        ServedScript(self.load(text)).answer_until_drained(scorer)

        self.assertEqual(scorer.answers[0][3], b"[true, true]")

    def test_a_response_in_parts_says_its_own_type(self) -> None:
        text = (
            "from azureml.contrib.services.aml_response import AMLResponse\n"
            "def init(): pass\n"
            "def run(data):\n"
            "    parts = (f'data: {n}\\n\\n' for n in range(2))\n"
            "    return AMLResponse(parts, 200, {'Content-Type': 'text/event-stream'})\n"
        )
        scorer = FakeScorer([b""])

        ServedScript(self.load(text)).answer_until_drained(scorer)

        self.assertEqual(scorer.parts, [b"data: 0\n\n", b"data: 1\n\n"])
        self.assertIn(b"Content-Type: text/event-stream\n", scorer.answers[0][2])

    def test_a_generator_is_closed_once_nobody_wants_its_parts(self) -> None:
        text = "ended = []\ndef init(): pass\ndef run(data):\n    try:\n"
        text += "        for n in range(9): yield str(n)\n    finally: ended.append(n)\n"
        loaded = self.load(text)
        scorer = FakeScorer([b""], wants=3)

        ServedScript(loaded).answer_until_drained(scorer)

        self.assertEqual(scorer.parts, [b"0", b"1", b"2"])
        self.assertEqual(getattr(loaded.script.module, "ended"), [2])
        self.assertEqual(len(scorer.answers), 1)

    def test_a_generator_that_fails_before_its_first_part_is_answered_with_500(self) -> None:
        text = "def init(): pass\ndef run(data):\n    raise ValueError('early')\n    yield 1\n"
        scorer = FakeScorer([b""])

        with hushed():
            ServedScript(self.load(text)).answer_until_drained(scorer)

        self.assertEqual(scorer.answers[0][1], 500)
        self.assertIn(b"x-ms-run-function-failed: True\n", scorer.answers[0][2])

    def test_a_response_is_broken_off_in_a_later_part_and_500_in_its_first(self) -> None:
        text = (
            "from azureml.contrib.services.aml_response import AMLResponse\n"
            "def init(): pass\n"
            "def run(data): return AMLResponse((str(1 / int(n)) for n in data), 200)\n"
        )
        for body, ends in ((b"0", (1, 500)), (b"10", (1, "broken off"))):
            scorer = FakeScorer([body])
            with hushed():
                ServedScript(self.load(text)).answer_until_drained(scorer)
            with self.subTest(body):
                self.assertEqual(scorer.answers[0][:2], ends)


if __name__ == "__main__":
    unittest.main()
