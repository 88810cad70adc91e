# Scorekeeper: a model-serving supervisor.
# SPDX-License-Identifier: Apache-2.0

"""The table of requests: what MLflow's server or Azure's script answered, what we do, the verdict.

MLflow's server is asked in this process; Azure's answers are those that were recorded. A request
whose verdict is not the one it names makes the tests fail; it is marked here.
"""

from __future__ import annotations

import argparse
import collections
import os
import sys
from typing import Any, Iterable, List

import table

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
LONGEST = 44


def main() -> int:
    """Returns: 1 when an answer differs otherwise than its request says."""
    parser = argparse.ArgumentParser(prog="compare-dialects")
    parser.add_argument("side", nargs="?", choices=["mlflow", "azure"], help="both, unless named")
    parser.add_argument("word", nargs="?", default="", help="only requests and models with it")
    arguments = parser.parse_args()
    sys.path.insert(0, os.path.join(ROOT, "Sources", "ScorerRuntime", "Python"))
    sys.path.insert(0, os.path.join(ROOT, "Tests", "ScorerRuntimeTests"))
    from scorekeeper_scorer import serve

    serve.prepare_mlflow()
    from dialects import compared, requests
    from dialects.requests import azure

    wrong = 0
    for side, title, ask, cases in (
        ("mlflow", "MLflow's server, /invocations", compared.with_mlflow, requests.CASES),
        ("azure", "Azure's script, /score", compared.with_azure, azure.CASES),
    ):
        wanted = [c for c in cases if arguments.word in c.name or arguments.word in c.model]
        if wanted and arguments.side in (None, side):
            wrong += _show(title, ask(wanted))
    return 1 if wrong else 0


def _show(title: str, verdicts: Iterable[Any]) -> int:
    """Prints one table and its totals.

    Returns: how many verdicts are not as declared.
    """
    rows: List[List[str]] = []
    totals: "collections.Counter[str]" = collections.Counter()
    wrong = 0
    for verdict in verdicts:
        what = " ".join(verdict.names) or "equal"
        totals[what] += 1
        if not (verdict.is_as_declared and verdict.is_whole_with_all_told):
            wrong += 1
            what += " (NOT AS DECLARED)"
        asked = _short(verdict.case.name)
        rows.append(
            [verdict.case.model, asked, _answer(verdict.theirs), _answer(verdict.ours), what]
        )
    table.show(title, ["model", "request", "theirs", "ours", "verdict"], rows)
    counted = [[what, str(count)] for what, count in totals.most_common()]
    table.show(f"{title}: totals", ["verdict", "requests"], [*counted, ["all", str(len(rows))]])
    return wrong


def _answer(reply: Any) -> str:
    text = reply.body.decode("utf-8", "replace").replace("\n", " ").replace("|", "\\|")
    return _short(f"{reply.status or '-'} {text}")


def _short(text: str) -> str:
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + "\u2026"


if __name__ == "__main__":
    sys.exit(main())
