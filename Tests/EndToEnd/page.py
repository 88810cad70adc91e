# Scorekeeper: a model-serving supervisor.
# SPDX-License-Identifier: Apache-2.0

"""The snippets of the pages for users, as they stand there."""

from __future__ import annotations

import re
import textwrap
from typing import List

from harness import ROOT

# What a snippet of a few lines may use: all that the page speaks of.
FRAME = """#include <scorer.h>
#include <stdio.h>

int improve_the_result(void);
int snippet(struct scorer_lane *lane, struct scorer_request *request);

int snippet(struct scorer_lane *lane, struct scorer_request *request) {
%s
    (void)lane, (void)request;
    return 0;
}
"""


def snippets(language: str, page: str = "SCORERS.md") -> List[str]:
    """The fenced blocks of that language, in order."""
    text = (ROOT / page).read_text(encoding="utf-8")
    return re.findall(rf"^```{language}\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)


def whole_c(snippet: str) -> str:
    """A translation unit: the snippet itself where it is one, else within a function."""
    return snippet if "int main(" in snippet else FRAME % textwrap.indent(snippet, "    ")
