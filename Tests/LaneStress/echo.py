# Scorekeeper: a model-serving supervisor.
# SPDX-License-Identifier: Apache-2.0

"""An echo scorer over the `_scorer` extension, for measuring: echo.py FOLDER-OF-_scorer.so."""

import os
import sys


def main() -> int:
    """Answers until told to leave."""
    sys.path.insert(0, sys.argv[1])
    import _scorer

    _scorer.attach(int(os.environ["SCOREKEEPER_LANE_FD"]))
    _scorer.ready()
    take, answer = _scorer.take, _scorer.answer
    while True:
        requests = take(16)
        if requests is None:
            return 0
        for ticket, _kind, _head, body, _deadline in requests:
            answer(ticket, 200, b"content-type: application/json\n", body)


if __name__ == "__main__":
    sys.exit(main())
