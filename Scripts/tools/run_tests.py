# Scorekeeper: a model-serving supervisor.
# SPDX-License-Identifier: Apache-2.0

"""Runs the Python tests of one folder and writes how many passed and failed into a file."""

from __future__ import annotations

import sys
import unittest


def main(folder: str, counts: str) -> int:
    """Returns: 1 unless every test passed and there was at least one."""
    suite = unittest.defaultTestLoader.discover(folder, pattern="test_*.py")
    result = unittest.TextTestRunner(stream=sys.stderr, verbosity=2).run(suite)
    failed = len(result.failures) + len(result.errors) + len(result.unexpectedSuccesses)
    passed = max(0, result.testsRun - failed - len(result.skipped))
    with open(counts, "w", encoding="ascii") as file:
        file.write(f"{passed} {failed}\n")
    return 0 if passed > 0 and failed == 0 else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2]))
