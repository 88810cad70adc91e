# Scorekeeper: a model-serving supervisor.
# SPDX-License-Identifier: Apache-2.0

"""What the tests of rollouts and nodes share: a scorer that answers its version, under load."""

from __future__ import annotations

import json
import subprocess
import threading
from collections import Counter
from pathlib import Path
from typing import Any, Dict, List

from harness import Call, EndToEnd, OpenLoop, program

SOURCE = Path(__file__).resolve().parent / "scorers" / "versioned.c"
INSTANCES = 5
PER_SECOND = 120.0


class Versioned(EndToEnd):

    """An endpoint of five instances that answer the name of their version."""

    scorer: Path

    @classmethod
    def setUpClass(cls) -> None:
        super().setUpClass()
        cls.scorer = Path(cls._folder.name) / "versioned"
        support = program().parent / "support"
        words = ["cc", "-std=gnu11", "-O1", "-Wall", "-Wextra", "-Werror", f"-I{support}"]
        words += [str(SOURCE), str(support / "libscorer.a"), "-o", str(cls.scorer)]
        subprocess.run(words, check=True)

    def change(self, name: str, *version: str) -> None:
        """Deploys a version and does not wait for it."""
        counted = ["--name", name, "--instances", str(INSTANCES), "--no-wait"]
        self.server.run("deploy", "--scorer", str(self.scorer), *counted, "--", *version)

    def begin(self, name: str) -> None:
        """Version `one` serves, under load whose answers are counted."""
        self.change(name, "one")
        self.addCleanup(self.server.run, "delete", name)
        self.server.wait_until_serving(name, INSTANCES)
        self.answered: "Counter[str]" = Counter()
        lock = threading.Lock()

        def note(_: int, content: bytes) -> bool:
            with lock:
                self.answered[content.decode()] += 1
            return True

        url = f"http://127.0.0.1:{self.server.port}/endpoints/{name}/score"
        self.load = OpenLoop(url, lambda _: b"{}", note, PER_SECOND, 8)
        self.addCleanup(self.load.stop)

    def rollout(self, name: str) -> Dict[str, Any]:
        """How the endpoint's rollout stands."""
        said = self.server.run("rollout", "status", name, "--output", "json")
        status: Dict[str, Any] = json.loads(said)
        return status

    def wait_for_state(self, name: str, state: str) -> Dict[str, Any]:
        """The rollout once it is so."""

        def look() -> Any:
            status = self.rollout(name)
            return status if status["state"] == state else None

        found: Dict[str, Any] = self.wait_for(f"a rollout that is {state}", look)
        return found

    def wait_for_calls(self, count: int) -> None:
        """Until so many more requests have been answered."""
        wanted = len(self.load.calls) + count
        self.wait_for(f"{count} calls", lambda: len(self.load.calls) >= wanted)

    def wait_for_only(self, version: str) -> None:
        """Until a hundred answers in a row are of one version."""

        def look() -> bool:
            before = Counter(self.answered)
            self.wait_for_calls(100)
            return set(Counter(self.answered) - before) == {version}

        self.wait_for(f"answers of {version} alone", look)

    def processes(self, name: str) -> List[Any]:
        """Revision and process of each instance that serves or is started."""
        instances = self.deployment(name)["instances"]
        return sorted(((one["revision"], one.get("pid") or 0) for one in instances))

    def finish(self) -> List[Call]:
        """Stops the load; all that was not answered with 200."""
        return [call for call in self.load.stop() if call.status != 200]
