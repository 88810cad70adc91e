# Scorekeeper: a model-serving supervisor.
# SPDX-License-Identifier: Apache-2.0

"""Checks Python sources: they parse, fit 100 columns, bear the header, annotate every function."""

from __future__ import annotations

import ast
import sys
from typing import Iterator, List

LONGEST_LINE = 100
HEADER = (
    "# Scorekeeper: a model-serving supervisor.",
    "# SPDX-License-Identifier: Apache-2.0",
)


def problems(path: str) -> Iterator[str]:
    """Each as `file:line: what is wrong`."""
    with open(path, encoding="utf-8") as file:
        text = file.read()
    lines = text.split("\n")
    first = 1 if lines[0].startswith("#!") else 0
    if tuple(lines[first : first + 2]) != HEADER:
        yield f"{path}:1: the two header lines are missing"
    for number, line in enumerate(lines, 1):
        if len(line) > LONGEST_LINE:
            yield f"{path}:{number}: {len(line)} columns; {LONGEST_LINE} is the most"
        if line != line.rstrip():
            yield f"{path}:{number}: space at the end of the line"
    for node in ast.walk(ast.parse(text, path)):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)) and not _is_annotated(node):
            yield f"{path}:{node.lineno}: '{node.name}' lacks a type hint"


def _is_annotated(node: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    arguments: List[ast.arg] = [*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs]
    arguments += [argument for argument in (node.args.vararg, node.args.kwarg) if argument]
    named = [argument for argument in arguments if argument.arg not in ("self", "cls")]
    return node.returns is not None and all(argument.annotation for argument in named)


def main(paths: List[str]) -> int:
    """Returns: 1 when there is a problem, each printed on a line of its own."""
    found = [problem for path in paths for problem in problems(path)]
    for problem in found:
        print(problem)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
