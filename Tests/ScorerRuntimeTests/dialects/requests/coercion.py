# Scorekeeper: a model-serving supervisor.
# SPDX-License-Identifier: Apache-2.0

"""What a signature of columns makes of values: MLflow's casts, lossy ones too, and its refusals."""

from __future__ import annotations

from typing import Any, Dict, List, Tuple

from ..case import Case

ECHO = ("no-echo",)

DIFFERS: Dict[str, Tuple[str, ...]] = {
    "datetime '2026-01-02T03:04:05Z' in a table": ECHO,
    "datetime '2026-01-02T03:04:05+02: in a table": ECHO,
}

# Each value is sent in a table (split) and as a column (inputs), to a model with one such column.
VALUES: Dict[str, List[Any]] = {
    "boolean": [True, 1, 0, 2, 1.0, "x", "", "false", None],
    "integer": [1, 1.5, 2**31 - 1, 2**31, 2**40, "7", "x", True, None, 2**70],
    "long": [1, 1.5, 2**53 + 1, 2**63 - 1, 2**63, "7", "1.5", False, None],
    "float": [0.1, 1, 1e39, 16777217, "0.5", "x", None, True],
    "double": [0.1, 1, 2**53 + 1, "1e5", "NaN", "x", None, True, 10**299],
    "string": ["x", "", 1, 1.5, True, None, ["a"], {"a": 1}],
    "binary": ["AAE=", "AAE", "not base64!", "", 1, None, ["AAE="]],
    "datetime": [
        "2026-01-02",
        "2026-01-02T03:04:05.123456789",
        "2026-01-02T03:04:05Z",
        "2026-01-02T03:04:05+02:00",
        "02/01/2026",
        "not a day",
        1767225600000000000,
        1.5,
        None,
        "9999-12-31",
    ],
}


def _of_values() -> List[Case]:
    cases = []
    for kind, values in VALUES.items():
        for value in values:
            table = {"dataframe_split": {"columns": [kind], "data": [[value]]}}
            column = {"inputs": {kind: [value]}}
            for way, body in (
                (f"{kind} {value!r:.24} in a table", table),
                (f"{kind} {value!r:.24} in a column", column),
            ):
                cases.append(Case(way, kind, body, DIFFERS.get(way, ())))
    return cases


A, B = {"columns": ["a"], "data": [[1]]}, {"columns": ["b", "a"], "data": [[1, 2]]}

CASES: List[Case] = _of_values() + [
    Case(
        "rows of which one is null",
        "integer",
        {"dataframe_records": [{"integer": 1}, {"integer": None}]},
    ),
    Case("doubles and null", "double", {"dataframe_records": [{"double": 1}, {"double": None}]}),
    Case(
        "booleans and text",
        "boolean",
        {"dataframe_records": [{"boolean": True}, {"boolean": "no"}]},
    ),
    Case("texts and null", "string", {"dataframe_records": [{"string": "a"}, {"string": None}]}),
    Case("texts and numbers", "string", {"dataframe_records": [{"string": "a"}, {"string": 1}]}),
    Case(
        "zones of two kinds",
        "datetime",
        {
            "dataframe_records": [
                {"datetime": "2026-01-02T00:00Z"},
                {"datetime": "2026-01-02T00:00+01:00"},
            ]
        },
    ),
    Case("instances of doubles", "double", {"instances": [{"double": 1}, {"double": 2.5}]}),
    Case("instances of integers", "integer", {"instances": [{"integer": 1.5}]}),
    Case("instances of bytes", "binary", {"instances": [{"binary": "AAE="}]}),
    Case("a list for the only column", "double", {"inputs": [1, 2.5]}),
    Case("a number for the only column", "double", {"inputs": 1}, ECHO),
    Case("a list of texts for the only column", "one column", {"inputs": ["a", "b"]}),
    Case("a text for the only column", "one column", {"inputs": "a"}, ECHO),
    Case("an object of a text", "one column", {"inputs": {"text": "a"}}),
    Case("a column missing", "doubles", {"dataframe_split": A}, ECHO),
    Case("a column missing in a list", "doubles", {"inputs": {"a": [1]}}, ECHO),
    Case(
        "a column missing, another too many",
        "doubles",
        {"dataframe_records": [{"a": 1, "c": 2}]},
        ECHO,
    ),
    Case("columns in another order", "doubles", {"dataframe_split": B}),
    Case("a column too many", "doubles", {"dataframe_records": [{"c": "x", "b": 1, "a": 2}]}),
    Case("a column in other letters", "doubles", {"dataframe_records": [{"A": 1, "b": 2}]}, ECHO),
    Case("columns without names", "doubles", {"dataframe_split": {"data": [[1, 2]]}}, ECHO),
    Case("rows in a list", "doubles", {"inputs": [[1, 2], [3, 4]]}, ECHO),
    Case("columns of unequal length", "doubles", {"inputs": {"a": [1, 2], "b": [1]}}, ECHO),
    Case("instances of unequal length", "doubles", {"instances": [{"a": 1, "b": 1}, {"a": 2}]}),
    Case("no rows", "doubles", {"dataframe_split": {"columns": ["a", "b"], "data": []}}),
    Case("no records", "doubles", {"dataframe_records": []}, ECHO),
    Case("empty columns", "doubles", {"inputs": {"a": [], "b": []}}),
    Case("numbers for columns", "doubles", {"inputs": {"a": 1, "b": 2}}),
    Case(
        "a long message",
        "doubles",
        {"dataframe_records": [{f"column {n}": n for n in range(400)}]},
        ECHO,
    ),
    Case("as many columns as wanted", "unnamed columns", {"dataframe_split": {"data": [[1, 2]]}}),
    Case("named, in order", "unnamed columns", {"dataframe_records": [{"x": 1, "y": 2}]}),
    Case("one more", "unnamed columns", {"dataframe_split": {"data": [[1, 2, "x"]]}}),
    Case("one less", "unnamed columns", {"dataframe_split": {"data": [[1]]}}, ECHO),
    Case("an array", "unnamed columns", {"inputs": [[1, 2]]}, ECHO),
    Case("an object", "unnamed columns", {"inputs": {"a": [1]}}),
    Case("a list for one without a name", "one unnamed column", {"inputs": ["a", "b"]}),
    Case("a text for one without a name", "one unnamed column", {"inputs": "a"}),
    Case("an object for one without a name", "one unnamed column", {"inputs": {"a": ["b"]}}),
    Case("records for one without a name", "one unnamed column", {"inputs": [{"a": "b"}]}),
    Case(
        "all of them",
        "optional",
        {
            "dataframe_records": [
                {
                    "boolean": True,
                    "integer": 1,
                    "long": 2,
                    "float": 0.5,
                    "double": 1.5,
                    "string": "x",
                    "binary": "AAE=",
                    "datetime": "2026-01-02",
                }
            ]
        },
    ),
    Case("none of them", "optional", {"dataframe_records": [{}]}),
    Case("one of them", "optional", {"dataframe_records": [{"string": "x"}]}),
    Case(
        "nulls",
        "optional",
        {"dataframe_records": [{"double": None, "string": None, "datetime": None}]},
    ),
    Case(
        "a null integer that may be missing", "optional", {"dataframe_records": [{"integer": None}]}
    ),
    Case(
        "a null among bytes that may be missing",
        "optional",
        {"dataframe_records": [{"binary": None}]},
    ),
    Case("holes", "optional", {"dataframe_records": [{"double": 1}, {"string": "x"}]}),
    Case("another column only", "optional", {"dataframe_records": [{"more": 1}]}),
    Case("inputs that may be missing", "optional", {"inputs": {"double": [1]}}),
]
