# Scorekeeper: a model-serving supervisor.
# SPDX-License-Identifier: Apache-2.0

"""The scorer of lane_stress in Python, over the `_scorer` extension: scorer.py FOLDER-OF-IT.

Two threads take and answer; every byte of the answer is the body's, changed.
"""

import os
import sys
import threading
from typing import Any, List

CHANGED = bytes(byte ^ 0x5A for byte in range(256))


def score(scorer: Any, failures: List[bool]) -> None:
    """Takes and answers until told to leave; notes each old body that can still be looked at."""
    while True:
        requests = scorer.take(8)
        if requests is None:
            return
        for ticket, _kind, head, body, _deadline in requests:
            if head != b"head" or not body.readonly:
                os._exit(1)
            scorer.answer(ticket, 200, b"h", bytes(body).translate(CHANGED))
            try:
                body[0]
            except ValueError:
                continue
            failures.append(True)


def refuses(scorer: Any) -> bool:
    """Whether misuse is refused by an exception instead of a crash."""
    for call in (
        lambda: scorer.answer(1, 200, b"", b""),
        lambda: scorer.answer(1, 200),
        lambda: scorer.part(2**63, 200, b"", b""),
        lambda: scorer.take(0),
        lambda: scorer.take("many"),
        lambda: scorer.is_cancelled(-1),
        lambda: scorer.attach(0),
        lambda: scorer.failed(b"not text"),
    ):
        try:
            call()
        except (ValueError, TypeError, OverflowError, RuntimeError):
            continue
        return False
    return True


def main() -> int:
    """Answers until told to leave; 0 if everything was as it should be."""
    sys.path.insert(0, sys.argv[1])
    import _scorer

    _scorer.attach(int(os.environ["SCOREKEEPER_LANE_FD"]))
    if not refuses(_scorer) or _scorer.calls() != 2:
        return 1
    _scorer.ready()
    failures: List[bool] = []
    threads = [threading.Thread(target=score, args=(_scorer, failures)) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
