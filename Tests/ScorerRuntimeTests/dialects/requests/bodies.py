# Scorekeeper: a model-serving supervisor.
# SPDX-License-Identifier: Apache-2.0

"""Bodies that are no request, and what they claim to be."""

from __future__ import annotations

from typing import List

from ..case import JSON, Case

GOOD = {"inputs": [1]}
STRICT = ("strict-json",)

CASES: List[Case] = [
    Case("nothing at all", "iris", b"", ("no-echo",)),
    Case("half an object", "iris", b'{"inputs": [1', ("no-echo",)),
    Case("a comma too many", "iris", b'{"inputs": [1,]}', ("no-echo",)),
    Case("single quotes", "iris", b"{'inputs': [1]}", ("no-echo",)),
    Case("two values", "iris", b'{"inputs": [1]} {}', ("no-echo",)),
    Case("a control character", "iris", b'{"inputs": ["\x01"]}', ("no-echo",)),
    Case("a long text", "iris", b"private words " * 1_000, ("no-echo",)),
    Case("another encoding", "iris", '{"inputs": ["\u00e9"]}'.encode("latin-1"), ("no-echo",)),
    Case("a byte order mark", "no signature", b'\xef\xbb\xbf{"inputs": [1]}'),
    Case("white space around", "no signature", b' \r\n\t{"inputs" : [1] } \n'),
    Case("a list", "iris", [1, 2]),
    Case("a number", "iris", b"3"),
    Case("a float", "iris", b"3.5"),
    Case("text", "iris", b'"inputs"'),
    Case("null", "iris", b"null"),
    Case("true", "iris", b"true"),
    Case("no key", "iris", {}),
    Case("an unknown key", "iris", {"data": [1]}),
    Case("params only", "iris", {"params": {}}),
    Case("two keys", "iris", {"inputs": [1], "instances": [1]}),
    Case("three keys", "iris", {"inputs": [], "dataframe_split": {}, "dataframe_records": []}),
    Case("a list for split", "iris", {"dataframe_split": [1]}),
    Case("text for split", "iris", {"dataframe_split": "x"}),
    Case("nothing for split", "iris", {"dataframe_split": None}),
    Case("split without data", "iris", {"dataframe_split": {"columns": ["a"]}}),
    Case("split with a key too many", "iris", {"dataframe_split": {"data": [], "rows": []}}),
    Case(
        "split with too few columns",
        "iris",
        {"dataframe_split": {"columns": ["a"], "data": [[1, 2]]}},
    ),
    Case("split with text for data", "iris", {"dataframe_split": {"columns": ["a"], "data": "x"}}),
    Case(
        "split with a short index", "iris", {"dataframe_split": {"data": [[1], [2]], "index": [1]}}
    ),
    Case("an object for records", "iris", {"dataframe_records": {"a": 1}}),
    Case("text for records", "iris", {"dataframe_records": "x"}),
    Case("nothing for records", "iris", {"dataframe_records": None}),
    Case(
        "objects for columns",
        "iris",
        {"dataframe_split": {"columns": [{"a": 1}], "data": [[1]]}},
        ("unreadable-input",),
    ),
    Case("no content type", "no signature", GOOD, ("missing-content-type",), None),
    Case("an empty content type", "no signature", GOOD, ("missing-content-type",), ""),
    Case("a charset", "no signature", GOOD, (), f"{JSON}; charset=utf-8"),
    Case("a charset in capitals", "no signature", GOOD, (), f"{JSON};charset=UTF-8"),
    Case("a charset in quotes", "no signature", GOOD, (), f'{JSON}; charset="utf-8"'),
    Case("a charset by its other name", "no signature", GOOD, (), f"{JSON}; charset=utf8"),
    Case("another charset", "no signature", GOOD, (), f"{JSON}; charset=latin1"),
    Case("a key of a charset in capitals", "no signature", GOOD, (), f"{JSON}; Charset=utf-8"),
    Case("another parameter", "no signature", GOOD, (), f"{JSON}; profile=x"),
    Case("a charset and a parameter", "no signature", GOOD, (), f"{JSON}; charset=utf-8; a=b"),
    Case("a semicolon too many", "no signature", GOOD, (), f"{JSON};"),
    Case("a type in capitals", "no signature", GOOD, (), "Application/JSON"),
    Case("a type that ends in json", "no signature", GOOD, (), "application/vnd.api+json"),
    Case("plain text", "no signature", GOOD, (), "text/plain"),
    Case("plain text with a charset", "no signature", GOOD, (), "text/plain; charset=utf-8"),
    Case("a form", "no signature", b"inputs=1", (), "application/x-www-form-urlencoded"),
    Case("two types", "no signature", GOOD, (), f"{JSON}, text/csv"),
    Case("NaN", "no signature", b'{"inputs": [NaN]}', STRICT),
    Case("an infinity", "no signature", b'{"inputs": [-Infinity]}', STRICT),
    Case("a number beyond a double", "no signature", b'{"inputs": [1e400]}', STRICT),
    Case("a key twice", "no signature", b'{"inputs": [1], "inputs": [2]}', STRICT),
    Case(
        "a key twice, deep down", "no signature", b'{"inputs": {"a": [{"b": 1, "b": 2}]}}', STRICT
    ),
    Case(
        "a hundred and one levels",
        "no signature",
        b'{"inputs":' + b"[" * 100 + b"]" * 100 + b"}",
        STRICT,
    ),
    Case("ten thousand levels", "no signature", b"[" * 10_000, STRICT),
    Case("half a surrogate pair", "no signature", b'{"inputs": ["\\ud800"]}', STRICT),
    Case("an integer of 400 digits", "no signature", b'{"inputs": [1' + b"0" * 399 + b"]}", STRICT),
    Case(
        "an integer of 5,000 digits", "no signature", b'{"inputs": [' + b"9" * 5_000 + b"]}", STRICT
    ),
    Case("UTF-16", "no signature", '{"inputs": [1]}'.encode("utf-16"), STRICT),
    Case("UTF-32", "no signature", '{"inputs": [1]}'.encode("utf-32"), STRICT),
    Case("a surrogate in UTF-8", "no signature", b'{"inputs": ["\xed\xa0\x80"]}', STRICT),
]
