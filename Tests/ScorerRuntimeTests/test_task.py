# Scorekeeper: a model-serving supervisor.
# SPDX-License-Identifier: Apache-2.0

"""The words that a scorer is started with, cold and forked alike."""

from __future__ import annotations

import contextlib
import io
import unittest

import runtime_path  # noqa: F401
from scorekeeper_scorer.task import Task


class TaskWords(unittest.TestCase):
    def test_a_model_or_a_script_with_its_folder_and_perhaps_a_model(self) -> None:
        self.assertEqual(Task.read(["--model", "/m"]), Task("/m", None, None, None))
        words = ["--script", "score.py", "--source-directory", "/s"]
        self.assertEqual(Task.read(words), Task(None, "score.py", "/s", None))
        words += ["--model-dir", "/m"]
        self.assertEqual(Task.read(words), Task(None, "score.py", "/s", "/m"))

    def test_other_words_end_the_process_with_2_and_say_why(self) -> None:
        for words, why in (
            ([], "one of the arguments --model --script is required"),
            (["--model", "/m", "--script", "score.py"], "not allowed with"),
            (["--script", "score.py"], "--script needs --source-directory"),
            (["--model", "/m", "--model-dir", "/m"], "go with --script"),
            (["--model", "/m", "--scripts", "x"], "unrecognized arguments"),
            (["/m"], "required"),
        ):
            said = io.StringIO()
            with self.subTest(words), contextlib.redirect_stderr(said):
                with self.assertRaises(SystemExit) as ended:
                    Task.read(words)
                self.assertEqual(ended.exception.code, 2)
                self.assertIn(why, said.getvalue())


if __name__ == "__main__":
    unittest.main()
