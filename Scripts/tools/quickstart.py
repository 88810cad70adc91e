# Scorekeeper: a model-serving supervisor.
# SPDX-License-Identifier: Apache-2.0

"""Serves the iris sample and shows a person what it can do; run by Scripts/quickstart."""

from __future__ import annotations

import argparse
import filecmp
import json
import shutil
import signal
import sys
import time
from pathlib import Path
from typing import Any, Dict

from server import Server, ServerFailed, built_program, free_port

ROOT = Path(__file__).resolve().parent.parent.parent
SAMPLE = ROOT / "Samples" / "mlflow-iris"
ENDPOINT = "iris"
PREFERRED_PORT = 8080


def say(text: str = "") -> None:
    """Tells a person, at once."""
    print(text, flush=True)


def main() -> int:
    """Returns: the exit code."""
    parser = argparse.ArgumentParser(prog="Scripts/quickstart")
    parser.add_argument("--once", action="store_true", help="stop after the first answer")
    arguments = parser.parse_args()
    # SIGINT too: started in the background by a shell, a process ignores it otherwise.
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _interrupt)
    folder = ROOT / ".build" / "quickstart"
    server = Server(built_program(ROOT), folder, free_port(PREFERRED_PORT), is_attended=True)
    try:
        _show(server)
        if not arguments.once:
            say("\nServing until Ctrl-C.")
            server.process.wait()
            raise ServerFailed(f"the server has ended:\n{server.last_lines()}")
    except KeyboardInterrupt:
        say("\nDraining.")
    finally:
        server.stop()
    return 0


def _show(server: Server) -> None:
    server.wait_until_up()
    say(f"The server is up (pid {server.process.pid}); its log is {server.log}.")
    _drop_in(SAMPLE, server.models / ENDPOINT)
    say(f"Dropped Samples/mlflow-iris into {server.models}.")
    began = time.monotonic()
    deployment = server.wait_until_serving(ENDPOINT, tell=_Progress().tell)
    say(f"'{ENDPOINT}' serves after {time.monotonic() - began:.1f} s.")
    request = SAMPLE / "request.json"
    answer = server.run("invoke", ENDPOINT, "--request-file", str(request)).strip()
    say(f"\nprediction: {answer}")
    url = server.url(ENDPOINT)
    say(f"URL:        {url}")
    say(f"isolation:  {_isolation(deployment)}")
    say("\nTry next:")
    say(f"  curl {url} -H 'Content-Type: application/json' \\")
    say(f"    -d @{request.relative_to(ROOT)}")
    json.loads(answer)


class _Progress:
    """Tells how far the deployment has come, and before the long step that it is long."""

    def __init__(self) -> None:
        self._has_warned = False

    def tell(self, text: str) -> None:
        """One line of progress."""
        if text.startswith("environment:") and not self._has_warned:
            self._has_warned = True
            say("  The packages that the model names are fetched once; it takes about a minute.")
        say(f"  {text}")


def _drop_in(source: Path, target: Path) -> None:
    """Copies the model as a person would; what is there already and the same stays."""
    names = [path.name for path in source.iterdir() if path.is_file()]
    if target.is_dir():
        _, differing, missing = filecmp.cmpfiles(source, target, names, shallow=False)
        if not differing and not missing:
            return
        shutil.rmtree(target)
    shutil.copytree(source, target)


def _isolation(deployment: Dict[str, Any]) -> str:
    reasons = deployment.get("isolationReasons") or []
    return f"{deployment.get('isolation')}" + "".join(f"\n            {why}" for why in reasons)


def _interrupt(number: int, frame: Any) -> None:
    raise KeyboardInterrupt


if __name__ == "__main__":
    try:
        sys.exit(main())
    except ServerFailed as problem:
        say(f"\nquickstart: {problem}")
        sys.exit(1)
