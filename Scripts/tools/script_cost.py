# Scorekeeper: a model-serving supervisor.
# SPDX-License-Identifier: Apache-2.0

"""The CPU that the runtime adds to a request of a script, in this process: no lane, no gateway."""

from __future__ import annotations

import json
import os
import sys
import tempfile
import time
from statistics import median
from typing import Any, Callable

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
CALLS, ROUNDS = 100_000, 5
SCRIPT = "def init(): pass\ndef run(data): return {'length': len(data)}\n"
HEAD = (
    b"POST /score\ncontent-type: application/json\naccept: */*\n"
    b"x-request-id: 0123456789abcdef0123456789abcdef\nuser-agent: bench\n"
)


def main() -> None:
    """Prints one line."""
    sys.path.insert(0, os.path.join(ROOT, "Sources", "ScorerRuntime", "Python"))
    from scorekeeper_scorer.script import service
    from scorekeeper_scorer.script.settings import Settings
    from scorekeeper_scorer.script.text_way import TextWay
    from scorekeeper_scorer.task import Task

    with tempfile.TemporaryDirectory() as folder:
        with open(os.path.join(folder, "score.py"), "w", encoding="utf-8") as file:
            file.write(SCRIPT)
        started = service.start(Settings.read(Task(None, "score.py", folder, None), {}))
    short = TextWay.of(started)
    assert short is not None
    answer, run, body = short.answer, started.script.run, memoryview(b"x" * 200)
    text = str(body, "utf-8")
    whole = _microseconds(lambda: answer(HEAD, body))
    user = _microseconds(lambda: run(text))
    written = _microseconds(lambda: json.dumps({"length": 200}))
    print(
        f"in process, 200 B: {whole:.2f} us of CPU a request, the script's own run() {user:.2f};"
        f" the runtime adds {whole - user:.2f}, its JSON included"
        f" (json.dumps alone: {written:.2f})"
    )


def _microseconds(call: Callable[[], Any]) -> float:
    rounds = []
    for _ in range(ROUNDS):
        began = time.process_time()
        for _ in range(CALLS):
            call()
        rounds.append((time.process_time() - began) / CALLS * 1e6)
    return median(rounds)


if __name__ == "__main__":
    main()
