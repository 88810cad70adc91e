# Scorekeeper: a model-serving supervisor.
# SPDX-License-Identifier: Apache-2.0

"""How much of the files under test a corpus reaches, by clang's own counters."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from typing import Any, Dict, List, NamedTuple, Set, Tuple

import fuzz_build
from fuzz_build import ROOT, Target

CODE_REGION = 0
Lines = Set[Tuple[str, int]]


class Share(NamedTuple):
    """So many of so many."""

    reached: int
    all: int

    def __str__(self) -> str:
        percent = 100 * self.reached / self.all if self.all else 0
        return f"{self.reached}/{self.all} ({percent:.0f}%)"


class Coverage(NamedTuple):
    """What of a target's subjects was reached; `missed` names lines that were not."""

    lines: Share
    regions: Share
    missed: str


def coverage_of(target: Target, folder: Path, corpora: List[Path]) -> Coverage:
    """Runs the corpora through a build that counts, and reads the counts."""
    program = fuzz_build.build(target, folder / "covered", fuzz_build.COVERED)
    raw, profile = folder / "raw", folder / "profile"
    subprocess.run(
        [str(program), "-runs=0", *map(str, corpora)],
        env={**os.environ, "LLVM_PROFILE_FILE": str(raw)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    merge = [fuzz_build.tool("llvm-profdata"), "merge", "-sparse", str(raw), "-o", str(profile)]
    subprocess.run(merge, check=True)
    export = [fuzz_build.tool("llvm-cov"), "export", f"-instr-profile={profile}", str(program)]
    exported = json.loads(subprocess.run(export, stdout=subprocess.PIPE, check=True).stdout)
    return _read(exported["data"][0], target.subjects)


def _read(data: Dict[str, Any], subjects: List[str]) -> Coverage:
    regions: Dict[Tuple[str, ...], int] = {}
    for subject in subjects:
        path, _, wanted = subject.partition(":")
        file = str(ROOT / path)
        for function in data["functions"]:
            name = function["name"].rpartition(":")[2]
            if file not in function["filenames"] or (wanted and name != wanted):
                continue
            for region in function["regions"]:
                if region[7] == CODE_REGION and function["filenames"][region[5]] == file:
                    key = (path, *map(str, region[:4]))
                    regions[key] = max(regions.get(key, 0), region[4])
    reached, all_lines = _lines(regions)
    return Coverage(
        Share(len(reached), len(all_lines)),
        Share(sum(1 for count in regions.values() if count > 0), len(regions)),
        _ranges(sorted(all_lines - reached)),
    )


def _ranges(lines: List[Tuple[str, int]]) -> str:
    """Lines in a few words: `lane.c 3-5 9`."""
    words: List[str] = []
    first = last = 0
    for place, (path, line) in enumerate(lines):
        is_new_file = place == 0 or lines[place - 1][0] != path
        if is_new_file:
            words.append(Path(path).name)
        if is_new_file or line != last + 1:
            first = line
            words.append("")
        last = line
        words[-1] = str(line) if first == last else f"{first}-{last}"
    return " ".join(words)


def _lines(regions: Dict[Tuple[str, ...], int]) -> Tuple[Lines, Lines]:
    """Lines of the regions: reached where the innermost one was."""
    reached, every = set(), set()
    outermost_first = sorted(
        regions.items(), key=lambda item: (item[0][0], int(item[0][1]), -int(item[0][3]))
    )
    for (path, first, _, last, _), count in outermost_first:
        for line in range(int(first), int(last) + 1):
            every.add((path, line))
            if count > 0:
                reached.add((path, line))
            elif line > int(first) or int(first) == int(last):
                reached.discard((path, line))
    return reached, every
