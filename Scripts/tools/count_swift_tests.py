# Scorekeeper: a model-serving supervisor.
# SPDX-License-Identifier: Apache-2.0

"""Reads how many Swift tests passed and failed from the report that `swift test` wrote."""

from __future__ import annotations

import sys
import xml.etree.ElementTree as tree


def main(report: str) -> int:
    """Prints `passed failed`; a report that is missing or empty is an error of this program."""
    cases = list(tree.parse(report).getroot().iter("testcase"))
    failed = sum(1 for case in cases if case.find("failure") is not None)
    print(len(cases) - failed, failed)
    return 0 if cases else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
