# Scorekeeper: a model-serving supervisor.
# SPDX-License-Identifier: Apache-2.0

"""A script as a process on a lane: it starts, answers, and tells why it cannot."""

from __future__ import annotations

import json
import os
import signal
import tempfile
import unittest

import runtime_path  # noqa: F401
from scorer_process import Heard, ScorerProcess

POST = b"POST /score\ncontent-type: application/json\nx-request-id: r-1\n"


class ScriptLife(unittest.TestCase):
    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = folder.name

    def write(self, text: str, name: str = "score.py") -> None:
        with open(os.path.join(self.folder, name), "w", encoding="utf-8") as file:
            file.write(text)

    def start(self, **variables: str) -> ScorerProcess:
        scorer = ScorerProcess(
            *("--script", os.path.join(self.folder, "score.py")),
            *("--source-directory", self.folder, "--model-dir", "/a/model"),
            **variables,
        )
        self.addCleanup(scorer.end)
        return scorer

    def serve(self, text: str, **variables: str) -> ScorerProcess:
        self.write(text)
        scorer = self.start(**variables)
        self.assertEqual(scorer.gateway.hear().word, "ready", scorer.log())
        return scorer

    def fail_to_start(self, text: str, **variables: str) -> str:
        self.write(text)
        scorer = self.start(**variables)
        heard = scorer.gateway.hear()
        self.assertEqual(heard.word, "failed", scorer.log())
        self.assertEqual(scorer.process.wait(60), 3)
        return heard.body.decode()

    def content(self, heard: Heard) -> object:
        return json.loads(heard.body)

    def test_it_answers_and_leaves_with_0_when_it_is_drained(self) -> None:
        self.write("WORD = 'beside'\n", "helper.py")
        scorer = self.serve(
            "import os\n"
            "import helper\n"
            "def init():\n    print('my words')\n"
            "def run(data):\n"
            "    return [data, helper.WORD, os.getenv('AZUREML_MODEL_DIR'), os.listdir()]\n"
        )

        heard = scorer.gateway.ask(POST, '{"a": "é"}'.encode())

        self.assertEqual(heard.status, 200)
        files = ["helper.py", "score.py"]
        self.assertEqual(
            [sorted(part) if isinstance(part, list) else part for part in self.content(heard)],
            ['{"a": "é"}', "beside", "/a/model", files],
        )
        self.assertIn(b"\nx-ms-request-id: r-1\n", heard.head)
        self.assertIn("my words\n", scorer.log())
        self.assertEqual(scorer.drain(), 0)

    def test_a_body_longer_than_an_area_arrives_whole(self) -> None:
        scorer = self.serve("def init(): pass\ndef run(data): return len(data)\n")
        self.assertEqual(self.content(scorer.gateway.ask(POST, b"x" * 300_000)), 300_000)

    def test_a_failed_start_is_told_with_the_scripts_line(self) -> None:
        told = self.fail_to_start(
            "def init():\n    load()\ndef load():\n    print('half way')\n    open('/no/model')\n"
            "def run(data): pass\n"
        )
        self.assertTrue(told.startswith("FileNotFoundError: "), told)
        self.assertIn("(score.py:5 in load)", told)

    def test_a_script_that_leaves_or_cannot_be_read_is_told(self) -> None:
        run = "def run(data): pass\n"
        for text, words in (
            (f"import sys\ndef init(): sys.exit(0)\n{run}", "SystemExit: 0 (score.py:2 in init)"),
            ("def init(): pass\ndef run(data) pass\n", "SyntaxError: expected ':' (score.py:2)"),
            ("import no_such_module\n", "'no_such_module' (score.py:1 in <module>)"),
            ("def init(): pass\n", "'score.py' defines no function run(); it needs one"),
            (f"def init(): pass\ndef run(*data): pass\n", "give its parameters names"),
        ):
            with self.subTest(words):
                self.assertIn(words, self.fail_to_start(text))

    def test_a_failed_start_shows_no_line_of_the_runtime(self) -> None:
        self.write("def init():\n    raise ValueError('no weights')\ndef run(data): pass\n")
        scorer = self.start()
        self.assertEqual(scorer.gateway.hear().word, "failed")
        self.assertEqual(scorer.process.wait(60), 3)

        log = scorer.log()

        self.assertIn('score.py", line 2, in init', log)
        self.assertNotIn("scorekeeper_scorer", log)

    def test_a_package_that_is_missing_is_told_with_where_to_name_it(self) -> None:
        told = self.fail_to_start("import no_such_module\n")
        self.assertTrue(told.endswith("to 'environment', or the file to 'code'"), told)

    def test_a_crash_in_native_code_leaves_the_scripts_line_in_the_log(self) -> None:
        scorer = self.serve(
            "import ctypes\ndef init(): pass\ndef run(data):\n    ctypes.string_at(0)\n"
        )

        scorer.gateway.tell(b"post %d 1\n" % len(POST) + POST + b"x")

        self.assertEqual(scorer.process.wait(60), -signal.SIGSEGV)
        self.assertIn("Segmentation fault", scorer.log())
        self.assertIn('score.py", line 4 in run', scorer.log())

    def test_what_a_script_prints_and_logs_is_in_the_log(self) -> None:
        script = (
            "import logging, sys\n"
            "def init():\n"
            "    print('printed'); print('to the other', file=sys.stderr)\n"
            "    logging.warning('warned'); logging.info('not worth it')\n"
            "    logging.getLogger('azmlinfsrv').info('as the server')\n"
            "    own = logging.getLogger('own'); own.setLevel('DEBUG'); own.debug('in detail')\n"
            "def run(data): return data\n"
        )
        log = self.serve(script).log()
        for words in ("printed", "to the other", "warned", "as the server", "in detail"):
            self.assertIn(f"{words}\n", log)
        self.assertNotIn("not worth it", log)

        configured = "import logging\nlogging.basicConfig(level='INFO', format='own %(message)s')\n"
        log = self.serve(configured + script).log()
        self.assertIn("own not worth it\n", log)

        self.write('{"version": 1, "handlers": {}, "loggers": 7}', "logging.json")
        self.assertIn("logging.json'", self.fail_to_start(script))

    def test_a_bad_setting_is_named(self) -> None:
        text = "def init(): pass\ndef run(data): pass\n"
        told = self.fail_to_start(text, SCORING_TIMEOUT_MS="soon")
        self.assertIn("SCORING_TIMEOUT_MS is 'soon'", told)

    def test_run_may_exit_raise_and_be_late_and_the_next_request_is_answered(self) -> None:
        scorer = self.serve(
            "import sys, threading\n"
            "def init(): pass\n"
            "def run(data):\n"
            "    if data == 'exit': sys.exit(3)\n"
            "    if data == 'raise': raise ValueError('of its own')\n"
            "    if data == 'late': threading.Event().wait()\n"
            "    return data\n",
            SCORING_TIMEOUT_MS="200",
        )
        for word in ("exit", "raise", "late"):
            heard = scorer.gateway.ask(POST, word.encode())
            self.assertEqual(heard.status, 500)
            self.assertIn(b"x-ms-run-function-failed: True\n", heard.head)
            self.assertEqual(self.content(scorer.gateway.ask(POST, b"next")), "next")
        self.assertEqual(
            self.content(scorer.gateway.ask(POST, b"late")),
            {"message": "Scoring timeout after 200 ms"},
        )
        self.assertIn("run() failed: ValueError: of its own (score.py:5 in run)", scorer.log())

    def test_a_head_that_no_lane_carries_is_answered_with_500(self) -> None:
        scorer = self.serve(
            "from azureml.contrib.services.aml_response import AMLResponse\n"
            "def init(): pass\n"
            "def run(data): return AMLResponse('x', 200, {'X-Long': 'y' * int(data)})\n"
        )
        self.assertEqual(scorer.gateway.ask(POST, b"70000").status, 500)
        self.assertEqual(scorer.gateway.ask(POST, b"7").status, 200)

    def test_a_generator_is_sent_in_parts_and_a_failing_one_is_broken_off(self) -> None:
        scorer = self.serve(
            "def init(): pass\n"
            "def run(data):\n"
            "    for number in range(3): yield f'part {number} '\n"
            "    if data: raise ValueError('half way')\n"
        )
        heard = scorer.gateway.ask(POST, b"")
        self.assertEqual((heard.word, heard.body), ("answer", b"part 0 part 1 part 2 "))
        self.assertIn(b"content-type: text/plain; charset=utf-8\n", heard.head)

        broken = scorer.gateway.ask(POST, b"x")
        self.assertEqual((broken.word, broken.body), ("broken", heard.body))
        self.assertIn("failed in a part of its answer: ValueError: half way", scorer.log())
        self.assertEqual(scorer.gateway.ask(POST, b"").body, heard.body)


if __name__ == "__main__":
    unittest.main()
