# Scorekeeper: a model-serving supervisor.
# SPDX-License-Identifier: Apache-2.0

"""CSV and Parquet."""

from __future__ import annotations

import io
from typing import Any, Dict, List

import pandas as pd

from ..case import CSV, PARQUET, Case

ECHO, STACK = ("no-echo",), ("no-stack",)


def _csv(name: str, model: str, text: "str | bytes", *differs: str, kind: str = CSV) -> Case:
    return Case(f"CSV: {name}", model, text, differs, kind)


def _parquet(name: str, model: str, columns: Dict[str, Any], *differs: str) -> Case:
    written = io.BytesIO()
    pd.DataFrame(columns).to_parquet(written)
    return Case(f"Parquet: {name}", model, written.getvalue(), differs, PARQUET)


CASES: List[Case] = [
    _csv("as it should be", "doubles", "a,b\n1,2.5\n3,4\n"),
    _csv("in another order", "doubles", "b,a\n1,2\n"),
    _csv("a column missing", "doubles", "a\n1\n", *ECHO),
    _csv("a column too many", "doubles", "a,b,c\n1,2,x\n"),
    _csv("a word for a number", "doubles", "a,b\nx,2\n", *STACK),
    _csv("an empty field", "doubles", "a,b\n,2\n"),
    _csv("only the header", "doubles", "a,b\n"),
    _csv("nothing", "doubles", "", *STACK),
    _csv("ragged lines", "doubles", "a,b\n1,2\n1,2,3,4\n", *STACK),
    _csv("quotes and commas", "no signature", 'a,"b, c"\n"x ""y""",2\n'),
    _csv("windows' line ends", "no signature", "a,b\r\n1,x\r\n"),
    _csv("NA and NaN", "no signature", "a,b\nNA,NaN\n1,x\n"),
    _csv("numbers of all kinds", "no signature", "a,b,c\n1,1e400,99999999999999999999\n"),
    _csv("a byte order mark", "no signature", b"\xef\xbb\xbfa\n1\n"),
    _csv("another encoding", "no signature", "a\n\u00e9\n".encode("latin-1"), *ECHO),
    _csv("with a charset", "no signature", "a\n\u00e9\n", kind=f"{CSV}; charset=UTF-8"),
    _csv("another charset", "no signature", "a\n1\n", kind=f"{CSV}; charset=latin1"),
    _csv("another parameter", "no signature", "a\n1\n", kind=f"{CSV}; header=present"),
    _csv("JSON, in truth", "no signature", '{"inputs": [1]}'),
    _csv("an integer", "integer", "integer\n1\n"),
    _csv("half an integer", "integer", "integer\n1.5\n", *STACK),
    _csv("an integer beyond 32 bits", "integer", "integer\n4294967296\n", *STACK),
    _csv("a boolean", "boolean", "boolean\nTrue\nfalse\n"),
    _csv("a boolean that is none", "boolean", "boolean\n2\n", *STACK),
    _csv("a time", "datetime", "datetime\n2026-01-02\n", *STACK),
    _csv("bytes", "binary", "binary\nAAE=\n"),
    _csv("text that looks like a number", "string", "string\n007\n"),
    _csv("text that is missing", "string", "string\n\n"),
    _csv("columns without names", "unnamed columns", "x,y\n1,2\n"),
    _csv("for a tensor", "free tensor", "a,b,c,d\n1,2,3,4\n", *STACK),
    _csv("for named tensors", "named tensors", "image,size\n1,2\n", *STACK),
    _csv("a model that fails", "returning", "a\nan exception\n", *STACK),
    _parquet("as it should be", "doubles", {"a": [1.5], "b": [2.5]}),
    _parquet("integers for doubles", "doubles", {"a": [0, 1], "b": [1, 0]}),
    _parquet("large integers for doubles", "doubles", {"a": [5], "b": [2]}, *ECHO),
    _parquet("a column missing", "doubles", {"a": [1.5]}, *ECHO),
    _parquet("everything", "no signature", {"a": [1, None], "b": ["x", "y"], "c": [[1], [2, 3]]}),
    _parquet("times", "datetime", {"datetime": pd.to_datetime(["2026-01-02T03:04:05"])}),
    _parquet("texts", "string", {"string": ["x"]}),
    _parquet(
        "rows for a tensor", "free tensor", {"a": [1.5], "b": [1.5], "c": [1.5], "d": [1.5]}, *ECHO
    ),
    Case("Parquet: another format", "doubles", b"a,b\n1,2\n", STACK, PARQUET),
    Case("Parquet: nothing", "doubles", b"", STACK, PARQUET),
    Case("Parquet: a parameter", "doubles", b"", (), f"{PARQUET}; a=b"),
]
