# Scorekeeper: a model-serving supervisor.
# SPDX-License-Identifier: Apache-2.0

"""The fuzz targets, and how they are built with the clang of the Swift toolchain."""

from __future__ import annotations

import glob
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Dict, List, NamedTuple, Optional

ROOT = Path(__file__).resolve().parent.parent.parent
STRESS = ROOT / "Tests" / "LaneStress"
SANITIZED = ["-O2", "-fsanitize=fuzzer,address,undefined", "-fno-sanitize-recover=all"]
PLAIN = ["-O1", "-fsanitize=fuzzer"]
COVERED = ["-O0", "-fsanitize=fuzzer", "-fprofile-instr-generate", "-fcoverage-mapping"]
LONGEST_INPUT = 600


class Target(NamedTuple):
    """One line of the list."""

    name: str
    sources: List[str]
    subjects: List[str]
    longest: int
    options: List[str]
    seeds: List[str]

    @property
    def corpus(self) -> Path:
        """The small corpus that the tests run: one input a line, in base64."""
        return STRESS / "corpus" / f"{self.name}.txt"


def targets(only: Optional[List[str]]) -> List[Target]:
    """All targets, or those of these names; leaves with a word where one is not there."""
    found = []
    for line in (STRESS / "fuzz_targets").read_text("utf-8").splitlines():
        if not line or line.startswith("#"):
            continue
        name, sources, subjects, longest, words, seeds = [*line.split(";"), "", "", ""][:6]
        paths = [path for word in sources.split() for path in sorted(glob.glob(str(ROOT / word)))]
        found.append(
            Target(
                name,
                paths,
                subjects.split(),
                int(longest or LONGEST_INPUT),
                [f"-dict={ROOT / words}"] if words else [],
                [str(ROOT / folder) for folder in seeds.split()],
            )
        )
    unknown = set(only or []) - {target.name for target in found}
    if unknown:
        sys.exit(f"fuzz: there is no target '{', '.join(sorted(unknown))}'")
    return [target for target in found if not only or target.name in only]


def tool(name: str) -> str:
    """A program of the Swift toolchain; leaves with a word where it is not there."""
    swift = shutil.which("swift")
    beside = Path(os.path.realpath(swift)).parent / name if swift else Path(name)
    found = str(beside) if os.access(beside, os.X_OK) else shutil.which(name)
    if found is None:
        sys.exit(f"fuzz: cannot find {name} beside swift or on the path; install a Swift toolchain")
    return found


def build(target: Target, output: Path, flags: List[str]) -> Path:
    """Builds a target; leaves with the compiler's words where it does not compile."""
    command = [tool("clang"), "-std=gnu11", "-Wall", "-Wextra", "-Werror", "-g", "-D_GNU_SOURCE"]
    command += ["-Wno-macro-redefined", "-DSCORER_PLAIN_COPY", *flags]
    command += [f"-I{folder}" for folder in [STRESS, *sorted(ROOT.glob("Sources/C*"))]]
    command += [f"-I{folder}" for folder in sorted(ROOT.glob("Sources/C*/include"))]
    done = subprocess.run(
        [*command, *target.sources, "-o", str(output)],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    if done.returncode != 0:
        sys.exit(f"fuzz: cannot build {target.name}:\n{done.stdout.decode('utf-8', 'replace')}")
    return output


def variables() -> Dict[str, str]:
    """What targets run in: what libFuzzer keeps at its end is no leak of ours."""
    return {**os.environ, "ASAN_OPTIONS": "detect_leaks=0"}


def commit() -> str:
    """What is fuzzed, as Git names it; with a plus where something is not committed."""
    described = ["git", "-C", str(ROOT), "describe", "--always", "--dirty=+", "--exclude=*"]
    done = subprocess.run(described, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    return done.stdout.decode().strip() or "unknown"
