# Scorekeeper: a model-serving supervisor.
# SPDX-License-Identifier: Apache-2.0

"""Signatures of tensors."""

from __future__ import annotations

from typing import List

from ..case import Case

ECHO = ("no-echo",)
IMAGE = [[1, 2], [3, 4]]

CASES: List[Case] = [
    Case("one row", "free tensor", {"inputs": [[1, 2, 3, 4]]}),
    Case("rows as instances", "free tensor", {"instances": [[1, 2, 3, 4.5]] * 2}),
    Case("no rows", "free tensor", {"inputs": []}, ECHO),
    Case("a row too wide", "free tensor", {"inputs": [[1, 2, 3, 4, 5]]}, ECHO),
    Case("a dimension less", "free tensor", {"inputs": [1, 2, 3, 4]}, ECHO),
    Case("a dimension more", "free tensor", {"inputs": [[[1, 2, 3, 4]]]}, ECHO),
    Case("ragged rows", "free tensor", {"inputs": [[1, 2, 3, 4], [1]]}),
    Case("numbers as text", "free tensor", {"inputs": [["1", "2", "3", "4.5"]]}),
    Case("words", "free tensor", {"inputs": [["a", "b", "c", "d"]]}),
    Case("nulls", "free tensor", {"inputs": [[None, 1, 2, 3]]}),
    Case("beyond a float", "free tensor", {"inputs": [[1e39, 16777217, 0.1, -0.0]]}),
    Case("an object", "free tensor", {"inputs": {"a": [[1, 2, 3, 4]]}}),
    Case("a number", "free tensor", {"inputs": 1}, ECHO),
    Case(
        "a table",
        "free tensor",
        {"dataframe_split": {"columns": list("abcd"), "data": [[1, 2, 3, 4]]}},
    ),
    Case(
        "a table too narrow",
        "free tensor",
        {"dataframe_split": {"columns": ["a"], "data": [[1]]}},
        ECHO,
    ),
    Case("records of lists", "free tensor", {"dataframe_records": [{"a": [1, 2, 3, 4]}]}),
    Case("instances with a name", "free tensor", {"instances": [{"a": [1, 2, 3, 4]}]}, ECHO),
    Case("as it is fixed", "fixed tensor", {"inputs": [[1, 2, 3], [4, 5, 6]]}),
    Case("fixed, doubles", "fixed tensor", {"inputs": [[1.5, 2, 3], [4, 5, 6]]}),
    Case("fixed, a row too few", "fixed tensor", {"inputs": [[1, 2, 3]]}, ECHO),
    Case("fixed, beyond a long", "fixed tensor", {"inputs": [[2**63, 2, 3], [4, 5, 6]]}),
    Case("objects of all kinds", "tensor of objects", {"inputs": ["a", 1, None]}),
    Case("lists of objects", "tensor of objects", {"inputs": [["a"], ["b", "c"]]}),
    Case("texts", "tensor of strings", {"inputs": ["a", "bcd"]}),
    Case("numbers for texts", "tensor of strings", {"inputs": [1, 2.5]}),
    Case("by name", "named tensors", {"inputs": {"image": [IMAGE], "size": [4]}}),
    Case(
        "by name, as instances", "named tensors", {"instances": [{"image": IMAGE, "size": 4}] * 2}
    ),
    Case(
        "by name, doubles for integers",
        "named tensors",
        {"inputs": {"image": [IMAGE], "size": [4.5]}},
    ),
    Case("by name, one missing", "named tensors", {"inputs": {"image": [IMAGE]}}, ECHO),
    Case(
        "by name, one too many",
        "named tensors",
        {"inputs": {"image": [IMAGE], "size": [4], "more": [1]}},
    ),
    Case(
        "by name, of another shape",
        "named tensors",
        {"inputs": {"image": [[1, 2]], "size": [4]}},
        ECHO,
    ),
    Case(
        "by name, of unequal length",
        "named tensors",
        {"instances": [{"image": IMAGE, "size": 4}, {"image": IMAGE}]},
    ),
    Case("a list where names are wanted", "named tensors", {"inputs": [IMAGE]}, ECHO),
    Case(
        "a table of tensors",
        "named tensors",
        {"dataframe_records": [{"image": [1, 2, 3, 4], "size": 4}]},
    ),
    Case(
        "a table of nested lists",
        "named tensors",
        {"dataframe_records": [{"image": IMAGE, "size": 4}]},
        ECHO,
    ),
]
