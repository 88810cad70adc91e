# Scorekeeper: a model-serving supervisor.
# SPDX-License-Identifier: Apache-2.0

"""The way in: ``serve`` what `Task` reads, ``debug`` a script, or ``warm --import MODULE ...``.

Run by path in an isolated interpreter (``-I``), so this package's folder is put on the path here.
"""

from __future__ import annotations

import argparse
import os
import sys


def main() -> int:
    """Reads the arguments and hands over.

    Returns: the exit code.
    """
    sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
    from scorekeeper_scorer import serve, warm
    from scorekeeper_scorer.task import Task

    parser = argparse.ArgumentParser(prog="scorekeeper_scorer", allow_abbrev=False)
    verbs = parser.add_subparsers(dest="verb", required=True)
    verbs.add_parser("serve", help="answer for one model or script over the lane", add_help=False)
    parent = verbs.add_parser("warm", help="import modules, then fork scorers when asked")
    parent.add_argument("--import", dest="modules", nargs="+", default=[], metavar="MODULE")
    serve.prepare_output()
    verbs.add_parser("debug", help="answer for one script over HTTP", add_help=False)
    if sys.argv[1:2] == ["serve"]:
        serve.run(Task.read(sys.argv[2:]))
    if sys.argv[1:2] == ["debug"]:
        from scorekeeper_scorer.script import debug

        return debug.run(sys.argv[2:])
    return warm.run(parser.parse_args().modules)


if __name__ == "__main__":
    sys.exit(main())
