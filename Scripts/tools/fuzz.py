# Scorekeeper: a model-serving supervisor.
# SPDX-License-Identifier: Apache-2.0

"""Fuzzes every parser of ours in C and tells what was executed, covered and found.

The targets are listed in Tests/LaneStress/fuzz_targets. What they find worth keeping goes to
.build/fuzz/TARGET and is the start of the next time; `--keep` writes the least that covers as much
to Tests/LaneStress/corpus, which the tests run.
"""

from __future__ import annotations

import argparse
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import List, NamedTuple

import fuzz_build
import fuzz_corpus
import table
from fuzz_build import ROOT, Target
from fuzz_coverage import Coverage, coverage_of

WORK = ROOT / ".build" / "fuzz"
KEPT_INPUT = 300
ONE_INPUT_SECONDS = 1200
"""How long one input may take; a machine that sleeps meanwhile is no hang."""


class Outcome(NamedTuple):
    """What came of one target."""

    target: Target
    executions: int
    seconds: int
    corpus: int
    coverage: Coverage
    found: List[str]


def main() -> int:
    """Returns: 1 where a target found something or could not be built."""
    parser = argparse.ArgumentParser(prog="Scripts/fuzz")
    parser.add_argument("seconds", type=int, nargs="?", default=120, help="for all targets")
    parser.add_argument("--only", action="append", metavar="TARGET", help="this target")
    parser.add_argument("--keep", action="store_true", help="write the small corpus of the tests")
    arguments = parser.parse_args()
    targets = fuzz_build.targets(arguments.only)
    share = max(1, arguments.seconds // len(targets))
    outcomes = []
    for target in targets:
        outcome = _fuzz(target, share)
        if arguments.keep and not outcome.found:
            _keep(target)
        outcomes.append(outcome)
        print(f"  {target.name}: {outcome.executions} executions", flush=True)
    _show(outcomes)
    return 1 if any(outcome.found for outcome in outcomes) else 0


def _fuzz(target: Target, seconds: int) -> Outcome:
    folder = WORK / target.name
    pool, found = folder / "corpus", folder / "found"
    small = folder / "small"
    for old in (found, small):
        shutil.rmtree(old, ignore_errors=True)
    for needed in (pool, found):
        needed.mkdir(parents=True, exist_ok=True)
    fuzz_corpus.unpack(target.corpus, small)
    program = fuzz_build.build(target, folder / "fuzz", fuzz_build.SANITIZED)
    options = [f"-max_total_time={seconds}", f"-max_len={target.longest}", "-print_final_stats=1"]
    options += [f"-artifact_prefix={found}/", f"-timeout={ONE_INPUT_SECONDS}"]
    options += [f"-report_slow_units={ONE_INPUT_SECONDS}", *target.options]
    log = folder / "log"
    with open(log, "wb") as file:
        ended = subprocess.run(
            [str(program), *options, str(pool), str(small), *target.seeds],
            stdout=file,
            stderr=file,
            env=fuzz_build.variables(),
        )
    text = log.read_text("utf-8", "replace")
    executions = re.search(r"number_of_executed_units: (\d+)", text)
    finds = sorted(path.name for path in found.iterdir())
    if ended.returncode != 0 and not finds:
        finds.append(f"an end with {ended.returncode}")
    _merge(target, pool, program)
    return Outcome(
        target,
        int(executions.group(1)) if executions else 0,
        seconds,
        len(list(pool.iterdir())),
        coverage_of(target, folder, [pool]),
        finds,
    )


def _merge(target: Target, pool: Path, program: Path) -> None:
    """Leaves in the pool only what adds to the coverage of the rest."""
    merged = pool.with_name("merged")
    shutil.rmtree(merged, ignore_errors=True)
    merged.mkdir()
    command = [str(program), "-merge=1", f"-max_len={target.longest}", str(merged), str(pool)]
    _quietly(command + [str(pool.with_name("small")), *target.seeds])
    shutil.rmtree(pool)
    merged.rename(pool)


def _keep(target: Target) -> None:
    """Replaces the small corpus of the tests by the least that covers as much as the pool."""
    folder = WORK / target.name
    least = folder / "least"
    shutil.rmtree(least, ignore_errors=True)
    least.mkdir()
    program = fuzz_build.build(target, folder / "plain", fuzz_build.PLAIN)
    command = [str(program), "-set_cover_merge=1", f"-max_len={KEPT_INPUT}"]
    _quietly(command + [str(least), str(folder / "corpus"), str(folder / "small")])
    fuzz_corpus.replace(target.corpus, [path.read_bytes() for path in least.iterdir()])


def _quietly(command: List[str]) -> None:
    done = subprocess.run(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, env=fuzz_build.variables()
    )
    if done.returncode != 0:
        sys.exit(f"fuzz: '{command[0]}' ended with {done.returncode}:\n{done.stdout.decode()}")


def _show(outcomes: List[Outcome]) -> None:
    rows = []
    for one in outcomes:
        rows.append(
            [
                one.target.name,
                f"{one.executions:,}",
                str(one.seconds),
                str(one.corpus),
                str(one.coverage.lines),
                str(one.coverage.regions),
                ", ".join(one.found) or "nothing",
            ]
        )
    columns = ("target", "executions", "seconds", "corpus", "lines", "regions", "found")
    table.show(f"fuzzing at commit {fuzz_build.commit()} ({table.machine()})", columns, rows)
    for one in outcomes:
        print(f"  {one.target.name}: {', '.join(one.target.subjects)}")
        if one.coverage.missed:
            print(f"    lines not reached: {one.coverage.missed}")
        for name in one.found:
            print(f"    {name}: see {WORK / one.target.name}/log and the folder found beside it")


if __name__ == "__main__":
    sys.exit(main())
