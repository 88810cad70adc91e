# Scorekeeper: a model-serving supervisor.
# SPDX-License-Identifier: Apache-2.0

"""Programs of a person's own that are built while a test runs."""

from __future__ import annotations

import subprocess
import textwrap
from pathlib import Path
from typing import Sequence

from harness import program

# Answers each request with its arguments, what its model says, and what a library says.
TELLING = """
    #include <scorer.h>
    #include <stdio.h>
    #include <stdlib.h>
    #include <string.h>

    {declaration}

    int main(int count, char **words) {{
        char text[4096] = "", path[2048];
        struct scorer_lane *lane;
        struct scorer_request request;
        for (int i = 1; i < count; i++) snprintf(text + strlen(text), 512, "[%s]", words[i]);
        const char *folder = getenv("SCOREKEEPER_MODEL_DIR");
        snprintf(path, sizeof path, "%s/weights.txt", folder ? folder : "/nowhere");
        FILE *file = fopen(path, "r");
        if (file) {{
            size_t length = strlen(text);
            length += fread(text + length, 1, 512, file);
            text[length] = 0;
        }}
        {call}
        if (scorer_attach(SCORER_LANE_DESCRIPTOR, &lane) != SCORER_OK) return 4;
        scorer_ready(lane);
        while (scorer_take(lane, &request) == SCORER_OK)
            scorer_answer(lane, &request, 200, NULL, 0, text, strlen(text));
        return 0;
    }}
"""


def build(output: Path, library: str = "", arguments: Sequence[str] = ()) -> Path:
    """Compiles the telling scorer; with a `library`'s function, which answers a text."""
    support = program().parent / "support"
    source = output.with_suffix(".c")
    text = TELLING.format(
        declaration=f"const char *{library}(void);" if library else "",
        call=f"strcat(text, {library}());" if library else "",
    )
    source.write_text(textwrap.dedent(text))
    subprocess.run(
        ["cc", "-O1", "-Wall", f"-I{support}", "-o", str(output), str(source), *arguments]
        + [str(support / "libscorer.a")],
        check=True,
    )
    return output


def build_library(output: Path, function: str, answer: str) -> Path:
    """Compiles a shared library with one function, under its own file's name."""
    output.parent.mkdir(parents=True, exist_ok=True)
    source = output.with_suffix(".c")
    source.write_text(f'const char *{function}(void) {{ return "{answer}"; }}\n')
    soname = f"-Wl,-soname,{output.name}"
    subprocess.run(
        ["cc", "-O1", "-shared", "-fPIC", soname, "-o", str(output), str(source)], check=True
    )
    return output
