# Scorekeeper: a model-serving supervisor.
# SPDX-License-Identifier: Apache-2.0

"""The keys of language models, and models whose type hints say what they take."""

from __future__ import annotations

from typing import List

from ..case import Case

ECHO, STACK = ("no-echo",), ("no-stack",)
MESSAGES = [{"role": "user", "content": "hello"}]

CASES: List[Case] = [
    Case("messages", "chat", {"messages": MESSAGES}),
    Case(
        "messages with settings",
        "chat",
        {"messages": MESSAGES, "temperature": 0.1, "max_tokens": 5},
    ),
    Case(
        "messages with a wrong setting", "chat", {"messages": MESSAGES, "temperature": "hot"}, ECHO
    ),
    Case("messages with a setting nobody knows", "chat", {"messages": MESSAGES, "unknown": 1}),
    Case("messages of a wrong form", "chat", {"messages": [{"role": "user"}]}, STACK),
    Case("messages as text", "chat", {"messages": "hello"}, ECHO),
    Case("no messages", "chat", {"messages": []}, STACK),
    Case("inputs for a chat", "chat", {"inputs": {"messages": [MESSAGES]}}),
    Case("messages for any model", "no signature", {"messages": MESSAGES, "temperature": 1}),
    Case("prompt for any model", "no signature", {"prompt": ["a", "b"]}),
    Case("input for any model", "no signature", {"input": "a", "encoding": None}),
    Case("input beside inputs", "no signature", {"input": "a", "inputs": [1], "params": {"b": 2}}),
    Case("input with params of the schema", "params only", {"input": "a", "count": 4, "other": 1}),
    Case("input with wrong params", "params only", {"input": "a", "count": "x"}, ECHO),
    Case("input for a signature", "one column", {"input": "a"}, ECHO),
    Case("input that fits a signature", "doubles", {"input": 1, "a": 1, "b": 2.5}),
    Case("input that is null", "no signature", {"input": None}),
    Case("a result of its own", "returning", {"input": "object"}, STACK),
    Case("texts", "typed texts", {"inputs": ["a", "b"]}),
    Case("no texts", "typed texts", {"inputs": []}),
    Case("one text", "typed texts", {"inputs": "a"}, ECHO),
    Case("numbers for texts", "typed texts", {"inputs": [1]}, ECHO),
    Case("a table for texts", "typed texts", {"dataframe_split": {"data": [["a"]]}}),
    Case("instances for texts", "typed texts", {"instances": ["a"]}),
    Case("no key for texts", "typed texts", {"data": ["a"]}),
    Case("texts with params", "typed texts", {"inputs": ["a"], "params": {"b": 1}}),
    Case("records", "typed records", {"inputs": [{"name": "Ada", "age": 36, "scores": [1.5]}]}),
    Case("records with defaults", "typed records", {"inputs": [{"name": "Ada"}, {"name": "Bob"}]}),
    Case("a record that lacks a field", "typed records", {"inputs": [{"age": 36}]}, ECHO),
    Case("a record with a field too many", "typed records", {"inputs": [{"name": "Ada", "x": 1}]}),
    Case(
        "a record with a wrong field",
        "typed records",
        {"inputs": [{"name": "Ada", "age": "x"}]},
        ECHO,
    ),
    Case("a record outside a list", "typed records", {"inputs": {"name": "Ada"}}, ECHO),
    Case("as the example", "typed by example", {"inputs": ["a", "b"]}),
    Case(
        "as the example, in a table",
        "typed by example",
        {"dataframe_split": {"data": [["a"], ["b"]]}},
    ),
]
