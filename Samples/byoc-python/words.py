# Scorekeeper: a model-serving supervisor.
# SPDX-License-Identifier: Apache-2.0

"""Counts the words of a text: a plain Python program over the kit."""

from __future__ import annotations

import collections
import re

import scorekeeper_kit as kit

scorer = kit.attach()
scorer.expect_json()


def answer(request: kit.Request) -> kit.Answer:
    """The five words that are said most."""
    asked = request.json()
    text = asked.get("text") if isinstance(asked, dict) else None
    if not isinstance(text, str):
        raise kit.Refusal(400, 'the body has no text; send {"text": "..."}')
    counted = collections.Counter(re.findall(r"\w+", text.lower()))
    scorer.count("words_counted_total", sum(counted.values()))
    return kit.Answer.json(dict(counted.most_common(5)))


scorer.serve(answer, threads=2)
