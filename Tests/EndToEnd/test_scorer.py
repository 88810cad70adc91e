# Scorekeeper: a model-serving supervisor.
# SPDX-License-Identifier: Apache-2.0

"""A program of a person's own behind an endpoint."""

from __future__ import annotations

import os
import shutil
import subprocess
import unittest
from pathlib import Path
from typing import List, Set, Tuple

import own_scorer
from harness import EndToEnd, ROOT, program


class OwnScorer(EndToEnd):
    """The echo scorer in C, deployed and killed."""

    def test_the_echo_sample_is_deployed_answers_and_comes_back(self) -> None:
        folder = Path(self._folder.name) / "byoc-c"
        shutil.copytree(ROOT / "Samples" / "byoc-c", folder)
        support = program().parent / "support"
        subprocess.run(["make", "-s", "-C", str(folder), f"SUPPORT={support}"], check=True)

        self.server.run("deploy", "--scorer", str(folder / "echo"), "--name", "echo")

        body = b"\x00not json\xff" * 20_000
        self.assertEqual(self.score("echo", body, route="score"), (200, body))
        before = self.only_instance("echo")
        self.kill(before["pid"])
        self.wait_for(
            "a new run",
            lambda: self.only_instance("echo")["incarnation"] > before["incarnation"]
            and self.only_instance("echo")["state"] == "serving",
        )
        self.assertEqual(self.score("echo", b"again", route="score"), (200, b"again"))

        self.server.run("delete", "echo")
        self.wait_for("its end", lambda: self.server.deployment("echo") is None)

    def test_one_on_the_gateways_core_shares_it_for_as_long_as_it_is_there(self) -> None:
        folder = Path(self._folder.name)
        own_scorer.build(folder / "telling")
        document = folder / "telling.yml"
        document.write_text(
            "properties:\n  scorekeeper.scorer: ./telling\n  scorekeeper.core: gateway\n"
        )
        gateway = self.server.status()["gateway"]["pid"]
        before = cores_of_threads(gateway)
        last = max(os.sched_getaffinity(0))

        self.server.run("deploy", "-f", str(document), "--name", "telling")

        scorer = self.only_instance("telling")["pid"]
        self.assertEqual(set(map(frozenset, cores_of_threads(scorer))), {frozenset({last})})
        self.assertEqual(
            [name for name, cores in named_cores(gateway) if cores == {last}], ["gateway-loop"]
        )
        self.assertEqual(self.score("telling", b"", route="score")[0], 200)
        said = self.server.run("status", "telling", "--verbose")
        self.assertRegex(said, r"cores +.*the gateway's own")

        self.server.run("delete", "telling")
        self.wait_for("its core back", lambda: cores_of_threads(gateway) == before)


def named_cores(pid: int) -> List[Tuple[str, Set[int]]]:
    """The name of each of its threads, and the cores that it may run on."""
    threads = []
    for thread in sorted(os.listdir(f"/proc/{pid}/task")):
        with open(f"/proc/{pid}/task/{thread}/comm", encoding="utf-8") as file:
            threads.append((file.read().strip(), os.sched_getaffinity(int(thread))))
    return threads


def cores_of_threads(pid: int) -> List[Set[int]]:
    """The cores that each of its threads may run on."""
    return [cores for _, cores in named_cores(pid)]


if __name__ == "__main__":
    unittest.main()
