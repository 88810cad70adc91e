# Scorekeeper: a model-serving supervisor.
# SPDX-License-Identifier: Apache-2.0

"""A server of the test's own, and what the tests ask of it."""

from __future__ import annotations

import json
import os
import signal
import sys
import tempfile
import time
import unittest
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any, Callable, Dict, List, Optional, Tuple

import models

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "Scripts" / "tools"))

from open_loop import Call, OpenLoop  # noqa: E402
from server import Server, ServerFailed, built_program, free_port  # noqa: E402

__all__ = [
    "Call", "OpenLoop", "Server", "ServerFailed", "EndToEnd", "ROOT", "free_port", "is_alive",
    "program", "shared_environments",
]  # fmt: skip

PATIENCE_SECONDS = 120.0


def program() -> Path:
    """The executable under test."""
    named = os.environ.get("SCOREKEEPER_PROGRAM")
    return Path(named) if named else built_program(ROOT, "debug")


def is_alive(pid: int) -> bool:
    """Whether the process runs; one that nobody has reaped does not."""
    try:
        with open(f"/proc/{pid}/stat", encoding="utf-8", errors="replace") as file:
            return file.read().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def shared_environments() -> Path:
    """One cache of built environments for all classes: the tests are not about building."""
    shared = ROOT / ".build" / "test-environments"
    shared.mkdir(parents=True, exist_ok=True)
    return shared


class EndToEnd(unittest.TestCase):
    """One server for all tests of a class; each test brings endpoints of its own."""

    arguments: List[str] = []
    # Off where a test is about building: what an earlier run built is there already.
    shares_environments = True
    server: Server
    _folder: "tempfile.TemporaryDirectory[str]"

    @classmethod
    def setUpClass(cls) -> None:
        cls._folder = tempfile.TemporaryDirectory(prefix="scorekeeper-test-")
        cls.addClassCleanup(cls._folder.cleanup)
        folder = Path(cls._folder.name)
        (folder / "state").mkdir()
        executable = cls.prepare(folder)
        if cls.shares_environments:
            (folder / "state" / "environments").symlink_to(shared_environments())
        cls.server = Server(executable, folder, free_port(), cls.arguments)
        # Also where a subclass fails to set up what its tests need.
        cls.addClassCleanup(cls.stop_server)
        cls.server.wait_until_up()

    @classmethod
    def prepare(cls, folder: Path) -> Path:
        """Whatever must be done before the server starts.

        Shape: `folder` holds its models and state; returns what is started.
        """
        return program()

    @classmethod
    def stop_server(cls) -> None:
        """Stops whichever server is the class's at its end."""
        cls.server.stop()

    @classmethod
    def deploy(cls, name: str, code: str, *arguments: str) -> None:
        """A model with that loader module, which serves when this returns."""
        model = models.write(Path(cls._folder.name) / "deployed" / name, code)
        cls.server.run("deploy", str(model), "--name", name, *arguments)

    def wait_for(self, subject: str, look: Callable[[], Any], seconds: float = 0) -> Any:
        """What `look` finds, once it finds anything; the test fails after a long patience."""
        end = time.monotonic() + (seconds or PATIENCE_SECONDS)
        while time.monotonic() < end:
            found = look()
            if found:
                return found
            time.sleep(0.02)
        self.fail(f"{subject} did not come; the server's log ends:\n{self.server.last_lines()}")

    def deployment(self, endpoint: str) -> Dict[str, Any]:
        """The endpoint's deployment, which must be there."""
        found = self.server.deployment(endpoint)
        self.assertIsNotNone(found, f"there is no endpoint '{endpoint}'")
        assert found is not None
        return found

    def only_instance(self, endpoint: str) -> Dict[str, Any]:
        """The one instance of an endpoint that has one."""
        instances: List[Dict[str, Any]] = self.deployment(endpoint)["instances"]
        self.assertEqual(len(instances), 1, f"'{endpoint}' has {len(instances)} instances")
        return instances[0]

    def score(
        self,
        endpoint: str,
        body: Any,
        route: str = "invocations",
        content_type: Optional[str] = "application/json",
    ) -> Tuple[int, bytes]:
        """Scores once; answers status and body, whatever the status."""
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        url = f"http://127.0.0.1:{self.server.port}/endpoints/{endpoint}/{route}"
        request = urllib.request.Request(url, data, method="POST")
        if content_type is not None:
            request.add_header("Content-Type", content_type)
        try:
            with urllib.request.urlopen(request, timeout=PATIENCE_SECONDS) as response:
                return response.status, response.read()
        except urllib.error.HTTPError as error:
            return error.code, error.read()

    def kill(self, pid: int) -> None:
        """kill -9 of a process that status named."""
        os.kill(pid, signal.SIGKILL)

    def is_alive(self, pid: int) -> bool:
        """Whether the process runs; one that nobody has reaped does not."""
        return is_alive(pid)
