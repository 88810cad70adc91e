# Scorekeeper: a model-serving supervisor.
# SPDX-License-Identifier: Apache-2.0

"""Kills and restarts a C scorer a thousand times, and tells what the server holds afterwards."""

from __future__ import annotations

import argparse
import tempfile
import time
from pathlib import Path
from typing import Dict, List, NamedTuple

import churn
import table
from server import Server, built_program, free_port

ROOT = Path(__file__).resolve().parent.parent.parent
SETTLE_SECONDS = 2.0


class Seen(NamedTuple):
    """What the server's processes held at one time."""

    holdings: Dict[str, churn.Holdings]
    sizes: Dict[str, float]
    groups: int

    @classmethod
    def of(cls, server: Server) -> Seen:
        """Looks now."""
        return cls(churn.all_holdings(server), churn.memory(server), churn.groups(server))


def main() -> None:
    """Churns, then prints one table.

    What grows as much in the second half as in the first may be a leak.
    """
    parser = argparse.ArgumentParser(prog="Scripts/bench churn")
    parser.add_argument("--kills", type=int, default=1_000)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="scorekeeper-bench-") as name:
        server = Server(built_program(ROOT), Path(name), free_port())
        try:
            server.wait_until_up()
            # One round first: whatever is made once is made by then.
            killed = churn.kill_round(server, "warm-up")
            time.sleep(SETTLE_SECONDS)
            print(f"  {killed} kills to warm up", flush=True)
            seen = [Seen.of(server)]
            killed, number, began, paused = 0, 0, time.monotonic(), 0.0
            for half in (arguments.kills / 2, arguments.kills):
                while killed < half:
                    number += 1
                    killed += churn.kill_round(server, f"churn-{number}")
                    print(f"  {killed} kills", flush=True)
                time.sleep(SETTLE_SECONDS)
                paused += SETTLE_SECONDS
                seen.append(Seen.of(server))
            seconds = time.monotonic() - began - paused
            table.show(
                f"{killed} kills and restarts of a C scorer in {seconds:.0f} s: before, half way,"
                f" after ({table.machine()})",
                ("process", "descriptors", "threads", "mounts", "children", "MiB"),
                [(name, *_columns(name, seen)) for name in seen[0].sizes],
            )
            groups = " -> ".join(str(one.groups) for one in seen)
            print(f"\ncgroups of the node: {groups}")
        finally:
            server.stop()


def _columns(name: str, seen: List[Seen]) -> List[str]:
    counts = zip(*(one.holdings[name] for one in seen))
    texts = [" -> ".join(map(str, each)) for each in counts]
    return [*texts, " -> ".join(f"{one.sizes[name]:.1f}" for one in seen)]


if __name__ == "__main__":
    main()
