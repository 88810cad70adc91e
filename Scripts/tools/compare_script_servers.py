# Scorekeeper: a model-serving supervisor.
# SPDX-License-Identifier: Apache-2.0

"""The table of requests of scripts: what Azure's scoring server answers, what we do, the verdict.

Azure's server runs as it is, a process for each script, asked over HTTP; with --record what it
answers is written down for the tests of the runtime. Run it with the interpreter of an environment
that has `azureml-inference-server-http` and `inference-schema`; Scripts/compare-script-servers
builds one.
"""

from __future__ import annotations

import argparse
import base64
import collections
import http.client
import importlib.metadata
import json
import os
import sys
import tempfile
from pathlib import Path
from typing import Any, Dict, List

import table
from scoring_server import ScoringServer

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
LONGEST = 48
PACKAGES = ["azureml-inference-server-http", "flask", "gunicorn", "inference-schema", "numpy"]


def main() -> int:
    """Returns: 1 when an answer differs otherwise than its request says."""
    parser = argparse.ArgumentParser(prog="compare-script-servers")
    parser.add_argument("word", nargs="?", default="", help="only requests and scripts with it")
    parser.add_argument("--record", action="store_true", help="write down what Azure's answers")
    arguments = parser.parse_args()
    sys.path.insert(0, os.path.join(ROOT, "Sources", "ScorerRuntime", "Python"))
    sys.path.insert(0, os.path.join(ROOT, "Tests", "ScorerRuntimeTests"))
    from script_dialect import cases, compared

    wanted = [c for c in cases.CASES if arguments.word in c.name or arguments.word in c.script]
    theirs = _theirs(wanted)
    if arguments.record:
        _record(wanted, theirs)
    return _show(compared.with_replies(wanted, theirs))


def _theirs(cases: List[Any]) -> List[Any]:
    """What Azure's server answers to each, in their order."""
    from script_dialect import case as kinds
    from script_dialect.cases import SCRIPTS

    replies: List[Any] = [None] * len(cases)
    with tempfile.TemporaryDirectory() as folder:
        for script in dict.fromkeys(case.script for case in cases):
            variables = kinds.VARIABLES.get(script, {})
            log = Path(folder) / f"{script}.log"
            server = ScoringServer(Path(sys.executable), Path(SCRIPTS) / script, variables, log)
            try:
                is_up = server.is_up()
                for place, case in enumerate(cases):
                    if case.script == script:
                        replies[place] = _ask(server, case, is_up)
            finally:
                server.end()
            print(f"{script}: asked", file=sys.stderr, flush=True)
    return replies


def _ask(server: ScoringServer, case: Any, is_up: bool) -> Any:
    from script_dialect import case as kinds

    if case.method == kinds.PROBE or not is_up:
        return kinds.STARTS if is_up else kinds.FAILS
    try:
        answer = server.ask(case.method, case.target, case.sent, case.written)
    except (OSError, http.client.HTTPException):
        return kinds.ENDED
    return kinds.Reply.of(*answer)


def _record(cases: List[Any], replies: List[Any]) -> None:
    from script_dialect.sides import RECORDED

    answers: Dict[str, Any] = {}
    for case, reply in zip(cases, replies):
        reply = _without_words(reply)
        try:
            body: Any = {"text": reply.body.decode("utf-8")}
        except UnicodeDecodeError:
            body = {"base64": base64.b64encode(reply.body).decode("ascii")}
        told = {"status": reply.status, "fields": reply.fields, **body}
        answers.setdefault(case.script, {})[case.name] = told
    versions = {name: importlib.metadata.version(name) for name in PACKAGES}
    with open(RECORDED, "w", encoding="utf-8") as file:
        json.dump({"versions": versions, "answers": answers}, file, indent=1)
        file.write("\n")


def _without_words(reply: Any) -> Any:
    """A document without its descriptions, which are Azure's to write; else the answer itself."""
    from script_dialect.differences import without_words

    content = reply.content
    if not (isinstance(content, dict) and ("swagger" in content or "openapi" in content)):
        return reply
    return reply._replace(body=json.dumps(without_words(content)).encode("ascii"))


def _show(verdicts: List[Any]) -> int:
    rows: List[List[str]] = []
    totals: "collections.Counter[str]" = collections.Counter()
    wrong = 0
    for verdict in verdicts:
        what = " ".join(verdict.names) or "equal"
        totals[what] += 1
        if not verdict.is_as_declared:
            wrong += 1
            what += " (NOT AS DECLARED)"
        answers = [_answer(verdict.theirs), _answer(verdict.ours)]
        rows.append([verdict.case.script, _short(verdict.case.name), *answers, what])
    title = "Azure's scoring server, live"
    table.show(title, ["script", "request", "theirs", "ours", "verdict"], rows)
    counted = [[what, str(count)] for what, count in totals.most_common()]
    table.show(f"{title}: totals", ["verdict", "requests"], [*counted, ["all", str(len(rows))]])
    return 1 if wrong else 0


def _answer(reply: Any) -> str:
    text = reply.body.decode("utf-8", "replace").replace("\n", " ").replace("|", "\\|")
    return _short(f"{reply.status or '-'} {text}")


def _short(text: str) -> str:
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + "\u2026"


if __name__ == "__main__":
    sys.exit(main())
