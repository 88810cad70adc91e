# Scorekeeper: a model-serving supervisor.
# SPDX-License-Identifier: Apache-2.0

"""Runs the Python tests of one folder and writes how many passed and failed into a file.

With `--at-once N`, so many of its files run at the same time, each in a process of its own; what a
file wrote is shown when it has ended. A file that says `RUNS_ALONE = True` runs after the others.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import time
import unittest
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Dict, List, NamedTuple, Tuple

ALONE = "RUNS_ALONE = True"
SLOWEST = 15


class Counts(NamedTuple):
    """How many tests passed and failed."""

    passed: int
    failed: int


class TimedResult(unittest.TextTestResult):
    """Tells of each test what the text runner tells, and remembers how long it took."""

    def startTest(self, test: unittest.TestCase) -> None:  # noqa: N802 (the library's name)
        """Called by the library before each test."""
        self._began = time.monotonic()
        super().startTest(test)

    def stopTest(self, test: unittest.TestCase) -> None:  # noqa: N802 (the library's name)
        """Called by the library after each test."""
        super().stopTest(test)
        print(f"TOOK {time.monotonic() - self._began:.1f} {test.id()}", file=sys.stderr, flush=True)


def run_here(folder: str, pattern: str) -> Counts:
    """Runs the tests of the files that match, in this process."""
    suite = unittest.defaultTestLoader.discover(folder, pattern=pattern)
    runner = unittest.TextTestRunner(stream=sys.stderr, verbosity=2, resultclass=TimedResult)
    result = runner.run(suite)
    failed = len(result.failures) + len(result.errors) + len(result.unexpectedSuccesses)
    return Counts(max(0, result.testsRun - failed - len(result.skipped)), failed)


def run_file(folder: str, file: str) -> Tuple[Counts, str]:
    """Runs one file in a process of its own; one that breaks counts as a failure."""
    with tempfile.NamedTemporaryFile("r", encoding="ascii") as counts:
        command = [sys.executable, "-B", __file__, folder, counts.name, "--file", file]
        ran = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        told = counts.read().split()
    if len(told) != 2:
        return Counts(0, 1), ran.stdout + f"{file} broke: status {ran.returncode}\n"
    return Counts(int(told[0]), int(told[1])), ran.stdout


def run_at_once(folder: str, most: int) -> Counts:
    """Runs the files of a folder, so many at the same time, the longest first."""
    files = sorted(Path(folder).glob("test_*.py"), key=lambda file: -file.stat().st_size)
    alone = [file.name for file in files if ALONE in file.read_text(encoding="utf-8")]
    together = [file.name for file in files if file.name not in alone]
    took: Dict[str, float] = {}
    passed = failed = 0

    def run(file: str) -> Counts:
        counts, text = run_file(folder, file)
        sys.stderr.write(f"-- {file}\n{text}")
        sys.stderr.flush()
        for line in text.splitlines():
            if line.startswith("TOOK "):
                _, seconds, name = line.split(" ", 2)
                took[name] = float(seconds)
        return counts

    def run_all(names: List[str], workers: int) -> None:
        nonlocal passed, failed
        with ThreadPoolExecutor(workers) as pool:
            for counts in pool.map(run, names):
                passed += counts.passed
                failed += counts.failed

    run_all(together, most)
    run_all(alone, 1)
    slowest = sorted(took.items(), key=lambda item: -item[1])[:SLOWEST]
    for name, seconds in slowest:
        print(f"{seconds:6.1f} s  {name}", file=sys.stderr)
    return Counts(passed, failed)


def main() -> int:
    """Returns: 1 unless every test passed and there was at least one."""
    parser = argparse.ArgumentParser()
    parser.add_argument("folder")
    parser.add_argument("counts", help="the file that is written")
    parser.add_argument("--file", default="test_*.py", help="these of its files alone")
    parser.add_argument("--at-once", type=int, help="so many files at the same time")
    arguments = parser.parse_args()
    if arguments.at_once:
        found = run_at_once(arguments.folder, arguments.at_once)
    else:
        found = run_here(arguments.folder, arguments.file)
    with open(arguments.counts, "w", encoding="ascii") as file:
        file.write(f"{found.passed} {found.failed}\n")
    return 0 if found.passed > 0 and found.failed == 0 else 1


if __name__ == "__main__":
    sys.exit(main())
