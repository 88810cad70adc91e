# Scorekeeper: a model-serving supervisor.
# SPDX-License-Identifier: Apache-2.0

"""Kills and restarts a C scorer a thousand times, and tells what the server holds afterwards."""

from __future__ import annotations

import argparse
import tempfile
import time
from pathlib import Path

import churn
import table
from server import Server, built_program, free_port

ROOT = Path(__file__).resolve().parent.parent.parent
SETTLE_SECONDS = 2.0


def main() -> None:
    """Churns, then prints one table."""
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
            before, sizes = churn.all_holdings(server), churn.memory(server)
            groups = churn.groups(server)
            print(f"  {killed} kills to warm up", flush=True)
            killed, number, began = 0, 0, time.monotonic()
            while killed < arguments.kills:
                number += 1
                killed += churn.kill_round(server, f"churn-{number}")
                print(f"  {killed} kills", flush=True)
            seconds = time.monotonic() - began
            time.sleep(SETTLE_SECONDS)
            after, later = churn.all_holdings(server), churn.memory(server)
            rows = [
                (name, *(f"{a} -> {b}" for a, b in zip(before[name], after[name])))
                + (f"{sizes[name]:.1f} -> {later[name]:.1f}",)
                for name in before
            ]
            table.show(
                f"{killed} kills and restarts of a C scorer in {seconds:.0f} s ({table.machine()})",
                ("process", "descriptors", "threads", "mounts", "children", "MiB"),
                rows,
            )
            print(f"\ncgroups of the node: {groups} -> {churn.groups(server)}")
        finally:
            server.stop()


if __name__ == "__main__":
    main()
