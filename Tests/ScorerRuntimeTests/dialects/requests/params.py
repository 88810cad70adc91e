# Scorekeeper: a model-serving supervisor.
# SPDX-License-Identifier: Apache-2.0

"""Params, with a schema of them and without."""

from __future__ import annotations

from typing import Any, List

from ..case import Case

ECHO = ("no-echo",)


def _case(name: str, params: Any, *differs: str) -> Case:
    return Case(f"params: {name}", "params", {"inputs": {"a": [1]}, "params": params}, differs)


CASES: List[Case] = [
    Case("params: none", "params", {"inputs": {"a": [1]}}),
    _case("null", None),
    _case("empty", {}),
    _case("one", {"count": 4}),
    _case(
        "all",
        {
            "temperature": 0.1,
            "count": 1,
            "big": 2**50,
            "word": "y",
            "loud": True,
            "since": "2026-02-03",
            "stops": ["b", "c"],
        },
    ),
    _case("unknown", {"unknown": 1, "count": 4}),
    _case("an integer for a double", {"temperature": 1}),
    _case("a double for an integer", {"count": 1.0}, *ECHO),
    _case("a text for a double", {"temperature": "0.5"}, *ECHO),
    _case("a text for an integer", {"count": "1"}, *ECHO),
    _case("a number for a text", {"word": 1}, *ECHO),
    _case("a number for a boolean", {"loud": 1}, *ECHO),
    _case("a boolean for an integer", {"count": True}, *ECHO),
    _case("an integer beyond 32 bits", {"count": 2**40}),
    _case("null for a double", {"temperature": None}),
    _case("a list for one", {"count": [1]}, *ECHO),
    _case("one for a list", {"stops": "a"}, *ECHO),
    _case("an empty list", {"stops": []}),
    _case("a list of another type", {"stops": [1]}, *ECHO),
    _case("a list of lists", {"stops": [["a"]]}, *ECHO),
    _case("a time that is none", {"since": "not a day"}, *ECHO),
    _case("two that are wrong", {"count": "x", "temperature": "y"}, *ECHO),
    _case("a list instead of an object", [1], *ECHO),
    _case("text instead of an object", "x", *ECHO),
    _case("an empty list instead of an object", [], *ECHO),
    Case(
        "params: without a schema", "doubles", {"inputs": {"a": [1], "b": [2]}, "params": {"x": 1}}
    ),
    Case("params: without a schema, no object", "no signature", {"inputs": [1], "params": 3}),
    Case("params: without columns", "params only", {"inputs": [1], "params": {"count": 4}}),
    Case("params: before the input", "params", '{"params": {"count": 4}, "inputs": {"a": [1]}}'),
    Case(
        "params: with a table", "params", {"dataframe_records": [{"a": 1}], "params": {"count": 4}}
    ),
    Case(
        "params: with a wrong table",
        "params",
        {"dataframe_records": [{"b": 1}], "params": {"count": "x"}},
        ECHO,
    ),
]
