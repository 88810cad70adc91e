# Scorekeeper: a model-serving supervisor.
# SPDX-License-Identifier: Apache-2.0

"""The way in: ``serve --model DIR`` or ``warm --import MODULE ...``.

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

    parser = argparse.ArgumentParser(prog="scorekeeper_scorer")
    verbs = parser.add_subparsers(dest="verb", required=True)
    cold = verbs.add_parser("serve", help="answer for one model over the lane")
    cold.add_argument("--model", required=True, metavar="DIR")
    parent = verbs.add_parser("warm", help="import modules, then fork scorers when asked")
    parent.add_argument("--import", dest="modules", nargs="+", default=[], metavar="MODULE")
    arguments = parser.parse_args()
    serve.prepare_output()
    if arguments.verb == "serve":
        serve.run(arguments.model)
    return warm.run(arguments.modules)


if __name__ == "__main__":
    sys.exit(main())
