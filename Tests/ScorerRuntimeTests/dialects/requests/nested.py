# Scorekeeper: a model-serving supervisor.
# SPDX-License-Identifier: Apache-2.0

"""Arrays, objects, maps and anything, in columns."""

from __future__ import annotations

from typing import List

from ..case import Case

ECHO = ("no-echo",)
GOOD = {
    "list": [1, 2],
    "lists": [[1.5], [2.5, 3.5]],
    "who": {"name": "Ada", "age": 36},
    "map": {"x": 1.5, "y": 2.5},
    "any": [1, "x", None],
}


def _with(**changes: object) -> dict:
    return {"dataframe_records": [{**GOOD, **changes}]}


CASES: List[Case] = [
    Case("all as they should be", "nested", {"dataframe_records": [GOOD, GOOD]}),
    Case("as inputs", "nested", {"inputs": [GOOD]}),
    Case("as columns", "nested", {"inputs": {name: [value] for name, value in GOOD.items()}}),
    Case("as an object", "nested", {"inputs": GOOD}),
    Case("as instances", "nested", {"instances": [GOOD]}),
    Case("an empty list", "nested", _with(list=[])),
    Case("a list of doubles for longs", "nested", _with(list=[1.5])),
    Case("a list of texts for longs", "nested", _with(list=["x"])),
    Case("a number for a list", "nested", _with(list=1)),
    Case("null in a list", "nested", _with(list=[1, None])),
    Case("null for a list", "nested", _with(list=None)),
    Case("integers for doubles", "nested", _with(lists=[[1]])),
    Case("a list for lists", "nested", _with(lists=[1.5])),
    Case("an object without what it may lack", "nested", _with(who={"name": "Ada"})),
    Case("an object without what it needs", "nested", _with(who={"age": 36})),
    Case("an object with more", "nested", _with(who={"name": "Ada", "city": "London"})),
    Case("an object with null", "nested", _with(who={"name": None})),
    Case("an object with another type", "nested", _with(who={"name": 3})),
    Case("a list for an object", "nested", _with(who=["Ada"])),
    Case("an empty map", "nested", _with(map={})),
    Case("a map of integers for doubles", "nested", _with(map={"x": 1})),
    Case("a map of texts", "nested", _with(map={"x": "y"})),
    Case("a list for a map", "nested", _with(map=[1.5])),
    Case("null for anything", "nested", _with(any=None)),
    Case("an object for anything", "nested", _with(any={"a": {"b": [1]}})),
    Case("nothing, though it is needed", "nested", {"dataframe_records": [{}]}, ECHO),
    Case("nothing", "optional nested", {"dataframe_records": [{}]}),
    Case("nulls", "optional nested", {"dataframe_records": [dict.fromkeys(GOOD)]}),
    Case("all", "optional nested", {"dataframe_records": [GOOD]}),
    Case("a null in a list", "optional nested", {"dataframe_records": [{"list": [None]}]}),
]
