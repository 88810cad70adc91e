# Scorekeeper: a model-serving supervisor.
# SPDX-License-Identifier: Apache-2.0

"""`scorekeeper conformance` tells whether a scorer of one's own keeps the contract."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path
from typing import List

import command
from harness import ROOT, program

SOURCES = ROOT / "Sources" / "CScorerABI"
SCORERS = ROOT / "Tests" / "Conformance"


def built(source: Path, folder: Path) -> Path:
    """The scorer made of a source in C."""
    program = folder / source.stem
    line = ["cc", "-O1", f"-I{SOURCES}/include", f"-I{SCORERS}", "-o", program, source]
    line += [SCORERS / "raw.c", SOURCES / "libscorer.c", "-pthread"]
    subprocess.run([str(word) for word in line], check=True)
    return program


def running(word: str) -> List[str]:
    """The processes that have a word in their command line."""
    found = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            if word.encode() in path.read_bytes():
                found.append(path.parent.name)
        except OSError:
            continue  # It has just ended.
    return found


class Conformance(unittest.TestCase):
    """Scorers in C, played against without a server."""

    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory(prefix="scorekeeper-test-")
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)

    def broken(self, done: command.Done) -> List[int]:
        """The numbers of the sentences that do not hold."""
        sentences = done.content["sentences"]
        return [line["number"] for line in sentences if line["verdict"] == "broken"]

    def sample(self, name: str, source: str) -> Path:
        """A sample, built in a folder of its own."""
        support = program().parent / "support"
        (self.folder / "Samples").mkdir()
        shutil.copytree(ROOT / "Samples" / name, self.folder / "Samples" / name)
        line = ["make", "-s", "-C", str(self.folder / "Samples" / name)]
        line += [f"SUPPORT={support}", f"SOURCES={ROOT / 'Sources'}"]
        subprocess.run(line, check=True)
        return self.folder / "Samples" / name / source

    def keeps_every_sentence(self, *arguments: object) -> None:
        """Plays against a good scorer."""
        words = [str(argument) for argument in arguments]
        # A sample that answers in many parts takes a minute, more where cores are far apart.
        line = ["conformance", "--requests", "2000", "--output", "json", *words]
        done = command.run(*line, patience=300)
        self.assertEqual(self.broken(done), [], done.out)
        self.assertEqual(done.code, command.DONE, done.err)

    def test_the_sample_in_c_keeps_every_sentence(self) -> None:
        self.keeps_every_sentence(self.sample("byoc-c", "echo"))

    def test_the_sample_in_cpp_keeps_every_sentence(self) -> None:
        request = ROOT / "Samples" / "byoc-cpp" / "request.json"
        self.keeps_every_sentence(
            self.sample("byoc-cpp", "linear"), "--request-file", request
        )

    def test_the_sample_in_python_keeps_every_sentence(self) -> None:
        request = ROOT / "Samples" / "byoc-python" / "request.json"
        self.keeps_every_sentence(
            self.sample("byoc-python", "words"), "--request-file", request
        )

    def test_the_sample_in_swift_keeps_every_sentence(self) -> None:
        # It answers each word in a part of its own, and 16 MiB are some million words.
        request = ROOT / "Samples" / "byoc-swift" / "request.txt"
        self.keeps_every_sentence(
            *(self.sample("byoc-swift", "aloud"), "--request-file", request),
            *("--content-type", "text/plain", "--largest", 100_000),
        )

    @unittest.skipUnless(shutil.which("rustc"), "no rustc")
    def test_the_sample_in_rust_keeps_every_sentence(self) -> None:
        request = ROOT / "Samples" / "byoc-rust" / "request.json"
        self.keeps_every_sentence(
            self.sample("byoc-rust", "nearest"), "--request-file", request
        )

    def test_a_bad_scorer_is_told_what_it_breaks_and_what_to_do(self) -> None:
        program = built(SCORERS / "bad" / "answers_twice.c", self.folder)

        done = command.run("conformance", program)

        self.assertEqual(done.code, command.FAILED)
        self.assertIn("✗  5  answers each request once", done.out)
        self.assertIn("seen: the scorer answered where no request was", done.out)
        self.assertIn("do:   a request is over with its answer", done.out)
        self.assertIn(", 1 broken, ", done.out)

    def test_a_scorer_that_hangs_holds_nobody_up(self) -> None:
        program = built(SCORERS / "bad" / "never_ready.c", self.folder)

        done = command.run("conformance", program, "--patience", "1", "--output", "json")

        self.assertEqual(self.broken(done), [2])

    def test_a_request_of_the_persons_own_is_what_the_scorer_sees(self) -> None:
        script = self.folder / "scorer.py"
        script.write_text(
            "import os, sys\n"
            f"sys.path.insert(0, {str(command.program().parent / 'support')!r})\n"
            "import _scorer\n"
            "_scorer.attach(3)\n"
            "_scorer.ready()\n"
            "while True:\n"
            "    taken = _scorer.take(1)\n"
            "    if taken is None:\n"
            "        sys.exit(0)\n"
            "    for ticket, _, head, body, _ in taken:\n"
            "        whole = bytes(body)\n"
            "        body.release()\n"
            "        if len(whole) == 100:\n"
            "            os.abort()\n"
            "        _scorer.answer(ticket, 200, b'', b'fine')\n"
        )
        request = self.folder / "request.json"
        request.write_text('{"input_data": [1, 2, 3]}')

        done = command.run(
            *("conformance", sys.executable, "--request-file", request),
            *("--requests", "1000", "--output", "json", "--", script),
        )
        without = command.run(
            "conformance", sys.executable, "--output", "json", "--", script
        )

        self.assertEqual(self.broken(done), [], done.out)
        self.assertEqual(self.broken(without)[0], 4, without.out)

    def test_what_the_scorer_leaves_behind_is_ended(self) -> None:
        marked = self.folder / "left-behind"
        marked.symlink_to("/bin/sleep")
        scorer = self.folder / "scorer.sh"
        scorer.write_text(f'#!/bin/sh\nsetsid "{marked}" 1000 &\nexit 0\n')
        os.chmod(scorer, 0o755)

        done = command.run("conformance", scorer)

        self.assertEqual(done.code, command.FAILED)
        self.assertEqual(running(str(marked)), [])


if __name__ == "__main__":
    unittest.main()
