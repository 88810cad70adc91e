# Scorekeeper: a model-serving supervisor.
# SPDX-License-Identifier: Apache-2.0

"""A Scorekeeper server of our own: started, asked, stopped through its command line only."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import time
from pathlib import Path
from typing import Any, Callable, Dict, List, Optional

Status = Dict[str, Any]
GRACE_SECONDS = 30.0


class ServerFailed(Exception):
    """The server or an endpoint cannot do what was asked; the message is for a person."""


def free_port(preferred: int = 0) -> int:
    """The preferred port where nobody has it, else one that the kernel picks."""
    for port in (preferred, 0):
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return int(probe.getsockname()[1])
    raise ServerFailed("there is no free port on 127.0.0.1")


class Server:
    """One `scorekeeper serve` process with its own models and state folders."""

    def __init__(
        self,
        program: Path,
        folder: Path,
        port: int,
        more_arguments: Optional[List[str]] = None,
        is_attended: bool = False,
    ) -> None:
        self.program = program
        self.models = folder / "models"
        self.state = folder / "state"
        self.log = folder / "server.log"
        self.port = port
        self.is_attended = is_attended
        self.more_arguments = more_arguments or []
        for needed in (self.models, self.state):
            needed.mkdir(parents=True, exist_ok=True)
        self.start()

    def start(self) -> None:
        """Starts the server; its models and state are where they were."""
        arguments = [str(self.program), "serve", "--models", str(self.models)]
        arguments += ["--state", str(self.state), "--listen", f"127.0.0.1:{self.port}"]
        with open(self.log, "ab") as log:
            self.process = subprocess.Popen(
                arguments + self.more_arguments,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                # Ctrl-C is for us: we stop the server and wait until it has drained.
                start_new_session=self.is_attended,
            )

    def run(self, *arguments: str) -> str:
        """What a subcommand prints.

        Errors: `ServerFailed` with what it said.
        """
        # What comes after two hyphens is a scorer's.
        end = arguments.index("--") if "--" in arguments else len(arguments)
        ours, scorers = arguments[:end], arguments[end:]
        command = [str(self.program), *ours, "--state", str(self.state), *scorers]
        done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        if done.returncode != 0:
            said = done.stderr.decode("utf-8", "replace").strip()
            raise ServerFailed(f"'{' '.join(arguments)}' ended with {done.returncode}: {said}")
        return done.stdout.decode("utf-8")

    def status(self) -> Status:
        """The server's status, as programs read it."""
        status: Status = json.loads(self.run("status", "--output", "json"))
        return status

    def wait_until_up(self, seconds: float = 60.0) -> None:
        """Waits until the control socket answers."""
        self._wait(lambda: True if self._status_or_nothing() else None, "the server", seconds)

    def wait_until_serving(
        self,
        endpoint: str,
        instances: int = 1,
        seconds: float = 900.0,
        tell: Callable[[str], None] = lambda text: None,
    ) -> Dict[str, Any]:
        """Waits until so many instances of the endpoint serve; tells each new word of progress.

        Errors: `ServerFailed` with the reason when its deployment has failed.
        """
        told: List[str] = []

        def look() -> Optional[Dict[str, Any]]:
            deployment = self.deployment(endpoint)
            if deployment is None:
                return None
            if deployment["state"] == "failed":
                raise ServerFailed(f"'{endpoint}' cannot serve: {deployment['why']}")
            text = progress_of(deployment)
            if told[-1:] != [text]:
                told.append(text)
                tell(text)
            serves = deployment["state"] == "serving" and deployment["serving"] >= instances
            return deployment if serves else None

        found: Dict[str, Any] = self._wait(look, f"'{endpoint}'", seconds)
        return found

    def deployment(self, endpoint: str) -> Optional[Dict[str, Any]]:
        """The endpoint's first deployment, or nothing while there is none."""
        status = self._status_or_nothing() or {"endpoints": []}
        for one in status["endpoints"]:
            if one["name"] == endpoint and one["deployments"]:
                deployment: Dict[str, Any] = one["deployments"][0]
                return deployment
        return None

    def url(self, endpoint: str) -> str:
        """Where the endpoint is scored.

        Errors: `ServerFailed` when it is not there.
        """
        for one in self.status()["endpoints"]:
            if one["name"] == endpoint:
                return str(one["url"])
        raise ServerFailed(f"there is no endpoint '{endpoint}'")

    def stop(self) -> None:
        """Ends the server: it drains, then leaves; if it does not, it is killed."""
        if self.process.poll() is not None:
            return
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(GRACE_SECONDS)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    def last_lines(self, count: int = 20) -> str:
        """The end of the server's own log."""
        lines = self.log.read_text("utf-8", "replace").splitlines()
        return "\n".join(lines[-count:])

    def _status_or_nothing(self) -> Optional[Status]:
        if self.process.poll() is not None:
            raise ServerFailed(
                f"the server ended with {self.process.returncode}:\n{self.last_lines()}"
            )
        try:
            return self.status()
        except (ServerFailed, ValueError):
            return None

    def _wait(self, look: Callable[[], Any], subject: str, seconds: float) -> Any:
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            found = look()
            if found is not None:
                return found
            self._pause()
        raise ServerFailed(
            f"{subject} is not ready after {seconds:.0f} s; its log ends:\n{self.last_lines()}"
        )


    def _pause(self) -> None:
        """A fifth of a second, or until the server ends."""
        try:
            self.process.wait(0.2)
        except subprocess.TimeoutExpired:
            pass


def progress_of(deployment: Dict[str, Any]) -> str:
    """One line on how far a deployment has come."""
    environment = deployment.get("environment") or {}
    if environment.get("state") in ("waiting", "building"):
        return f"environment: {environment.get('progress') or environment['state']}"
    return str(deployment.get("why") or deployment["state"])


def built_program(root: Path, configuration: str = "release") -> Path:
    """The executable that `Scripts/build` left.

    Errors: `ServerFailed` when there is none.
    """
    program = root / ".build" / configuration / "scorekeeper"
    if not os.access(program, os.X_OK):
        raise ServerFailed(f"there is no '{program}'; run Scripts/build {configuration} first")
    return program
