# Scorekeeper: a model-serving supervisor.
# SPDX-License-Identifier: Apache-2.0

"""A language model's manners without a language model: it says back what it was told.

The three keys are answered in the three shapes that clients of language models expect: a
conversation, a completion, embeddings. Nothing here is random and nothing needs a network.
"""

from __future__ import annotations

import zlib
from typing import Any, Dict, List, Optional

import pandas as pd
from mlflow.models import set_model
from mlflow.pyfunc import PythonModel

DIMENSIONS = 8


def reply(text: str, longest: int) -> str:
    """At most so many words."""
    return " ".join(("You said: " + text).split()[: max(0, longest)])


def embedding(text: str) -> List[float]:
    """How many of the words fall into each of eight boxes, as shares of all."""
    words = text.lower().split()
    boxes = [zlib.crc32(word.encode("utf-8")) % DIMENSIONS for word in words]
    return [boxes.count(box) / max(1, len(words)) for box in range(DIMENSIONS)]


class Parrot(PythonModel):
    """Takes `messages`, `prompt` or `input`."""

    def predict(
        self, context: Any, model_input: pd.DataFrame, params: Optional[Dict[str, Any]] = None
    ) -> Dict[str, Any]:
        """The answer in the shape that belongs to the key that was sent."""
        rows = model_input.to_dict("records") or [{}]
        asked = {key: value for key, value in rows[0].items() if value is not None}
        longest = int((params or {}).get("max_tokens", 16))
        if "messages" in asked:
            said = [message["content"] for message in asked["messages"]]
            answer = {"role": "assistant", "content": reply(said[-1], longest)}
            return {"object": "chat.completion", "choices": [{"index": 0, "message": answer}]}
        if "prompt" in asked:
            text = reply(asked["prompt"], longest)
            return {"object": "text_completion", "choices": [{"index": 0, "text": text}]}
        if "input" not in asked:
            raise ValueError("send 'messages', 'prompt' or 'input'")
        texts = [asked["input"]] if isinstance(asked["input"], str) else list(asked["input"])
        vectors = [
            {"object": "embedding", "index": index, "embedding": embedding(text)}
            for index, text in enumerate(texts)
        ]
        return {"object": "list", "data": vectors}


set_model(Parrot())
