# Scorekeeper: a model-serving supervisor.
# SPDX-License-Identifier: Apache-2.0

"""What is asked of the models at `/score` with Azure's key, `input_data`."""

from __future__ import annotations

from typing import Any, Dict, List, Tuple

from ..case import CSV, JSON, Case
from ..returning import RESULTS
from .coercion import VALUES
from .formats import COLUMNS, FLOWER
from .tensors import IMAGE

UNFIT, FORMS, MODELS = ("unfit-400",), ("more-forms",), ("more-models",)
STRICT, NULL, WRITTEN = ("strict-json",), ("non-finite-null",), ("more-results",)

DIFFERS: Dict[str, Tuple[str, ...]] = {
    "integer: 'x' in a table": UNFIT,
    "integer: None in a table": UNFIT,
    "integer: 1180591620717411303424 in a table": UNFIT,
    "long: '1.5' in a table": UNFIT,
    "long: None in a table": UNFIT,
    "float: 'x' in a table": UNFIT,
    "double: 'x' in a table": UNFIT,
    "double: 100000000000000000000000 in a table": UNFIT,
    "datetime: '2026-01-02T03:04:05Z' in a table": UNFIT,
    "datetime: '2026-01-02T03:04:05+02: in a table": UNFIT,
    "datetime: 'not a day' in a table": UNFIT,
    "datetime: '9999-12-31' in a table": UNFIT,
    "returning: result: array of bytes": WRITTEN,
    "returning: result: array of times": WRITTEN,
    "returning: result: frame of times": WRITTEN,
    "returning: result: named arrays": WRITTEN,
    "returning: result: bytes": WRITTEN,
    "returning: result: numpy numbers": WRITTEN,
    "returning: result: numpy time": WRITTEN,
    "returning: result: times": WRITTEN,
    "returning: result: time with a zone": WRITTEN,
    "returning: result: not finite": NULL,
    "returning: result: not finite in a list": NULL,
    "returning: result: frame": NULL,
    "returning: result: frame of missing text": NULL,
    "returning: result: an exception of the network": ("sandbox-hint",),
    "returning: result: an exit": ("survived-exit",),
}


def _case(name: str, model: str, data: Any, differs: Tuple[str, ...] = (), **more: Any) -> Case:
    return Case(name, model, {"input_data": data, **more}, differs)


def _raw(
    name: str,
    model: str,
    body: Any,
    content_type: "str | None" = JSON,
    differs: Tuple[str, ...] = (),
) -> Case:
    return Case(name, model, body, differs, content_type)


def _table(columns: List[Any], *rows: Any, index: bool = True) -> Dict[str, Any]:
    table = {"columns": columns, "data": list(rows)}
    return {**table, "index": list(range(len(rows)))} if index else table


def _values() -> List[Case]:
    return [
        _of(f"{value!r:.24} in a table", kind, _table([kind], [value]))
        for kind, values in VALUES.items()
        for value in values
    ]


def _results() -> List[Case]:
    return [_of(f"result: {name}", "returning", [name]) for name in RESULTS]


def _of(name: str, model: str, data: Any) -> Case:
    return _case(name, model, data, DIFFERS.get(f"{model}: {name}", ()))


GOOD = {"input_data": [1]}

CASES: List[Case] = [
    _case("a table", "iris", _table(COLUMNS, FLOWER, FLOWER)),
    _case("a table without an index", "iris", _table(COLUMNS, FLOWER, index=False)),
    _case("a table in another order", "iris", _table(COLUMNS[::-1], FLOWER[::-1])),
    _case("a table with a column too many", "iris", _table(COLUMNS + ["x"], FLOWER + [1])),
    _case("a table that lacks a column", "iris", _table(COLUMNS[1:], FLOWER[1:]), UNFIT),
    _case("a table with words for numbers", "iris", _table(COLUMNS, ["x"] * 4), UNFIT),
    _case("a table without rows", "iris", _table(COLUMNS)),
    _case("rows", "iris", [FLOWER, FLOWER], FORMS),
    _case("a row", "iris", FLOWER, UNFIT),
    _case("records", "iris", [dict(zip(COLUMNS, FLOWER))], UNFIT),
    _case("columns", "iris", {name: [value] for name, value in zip(COLUMNS, FLOWER)}, FORMS),
    _case("a number", "iris", 3, UNFIT),
    _case("text", "iris", "setosa", UNFIT),
    _case("nothing", "iris", None, UNFIT),
    _case("no rows", "iris", [], UNFIT),
    _case("an empty object", "iris", {}, UNFIT),
    _case("params that nobody knows", "iris", _table(COLUMNS, FLOWER), params={"x": 1}),
    _case("other keys beside", "iris", _table(COLUMNS, FLOWER), other=1),
    _raw("mlflow's key", "iris", {"data": [1]}),
    _raw("no key", "iris", {}),
    _raw("nothing at all", "iris", b""),
    _raw("half an object", "iris", b'{"input_data": [1'),
    _raw(
        "another encoding", "iris", '{"input_data": ["\u00e9"]}'.encode("latin-1"), differs=STRICT
    ),
    _raw("a byte order mark", "no signature", b'\xef\xbb\xbf{"input_data": [1]}'),
    _raw("a list for a body", "iris", [1]),
    _raw("a number for a body", "iris", b"3"),
    _raw("null for a body", "iris", b"null"),
    _raw("no content type", "no signature", GOOD, None),
    _raw("CSV", "no signature", b"a\n1\n", CSV),
    _raw("plain text", "no signature", GOOD, "text/plain"),
    _raw("a charset", "no signature", GOOD, f"{JSON}; charset=utf-8"),
    _raw("another charset", "no signature", GOOD, f"{JSON}; charset=latin1"),
    _raw("a type in capitals", "no signature", GOOD, "Application/JSON"),
    _raw("a type that ends in json", "no signature", GOOD, "application/vnd.api+json"),
    _raw("NaN", "no signature", b'{"input_data": [NaN]}', differs=STRICT),
    _raw("a key twice", "no signature", b'{"input_data": [1], "input_data": [2]}', differs=STRICT),
    _raw("ten thousand levels", "no signature", b"[" * 10_000, differs=STRICT),
    _raw("half a surrogate pair", "no signature", b'{"input_data": ["\\ud800"]}', differs=STRICT),
    _raw("UTF-16", "no signature", '{"input_data": [1]}'.encode("utf-16"), differs=STRICT),
    _case("a table", "no signature", _table(["a", "b"], [1, "x"]), FORMS),
    _case(
        "a table without an index",
        "no signature",
        _table(["a"], [1], index=False),
        ("table-without-index",),
    ),
    _case("a list", "no signature", [1, 2.5]),
    _case("a list of lists", "no signature", [[1, 2], [3, 4]]),
    _case("a ragged list", "no signature", [[1], [1, 2]], UNFIT),
    _case("a list of texts", "no signature", ["a", "b"]),
    _case("named lists", "no signature", {"a": [1], "b": ["x"]}),
    _case("named numbers", "no signature", {"a": 1}),
    _case("records", "no signature", [{"a": 1}]),
    _case("a number", "no signature", 3, UNFIT),
    _case("text", "no signature", "words", UNFIT),
    _case("JSON in text", "no signature", "[1, 2]"),
    _case("the key inside the key", "no signature", {"input_data": [1, 2]}),
    _case("nothing", "no signature", None, UNFIT),
    _case("no list", "no signature", []),
    _case("an empty object", "no signature", {}),
    _case("rows", "doubles", [[1, 2], [3, 4]], FORMS),
    _case("integers for doubles", "doubles", _table(["a", "b"], [1, 2])),
    _case("null for a double", "doubles", _table(["a", "b"], [None, 2.5])),
    _case("a column missing", "doubles", _table(["a"], [1.5]), UNFIT),
    _case("with an index of words", "doubles", {**_table(["a", "b"], [1.5, 2.5]), "index": ["r"]}),
    _case("of an unnamed schema", "unnamed columns", _table([0, 1], [1.5, 2])),
    _case("as rows", "unnamed columns", [[1.5, 2]], UNFIT),
    _case(
        "of all types",
        "optional",
        _table(list(VALUES), [True, 1, 2, 0.5, 1.5, "x", "AAE=", "2026-01-02"]),
    ),
    _case("of one type", "optional", _table(["string"], ["x"])),
    _case(
        "of nested values",
        "nested",
        _table(
            ["list", "lists", "who", "map", "any"], [[1], [[1.5]], {"name": "Ada"}, {"x": 1.5}, 3]
        ),
        MODELS,
    ),
    _case("a table", "one column", _table(["text"], ["a"], ["b"])),
    _case("a list of texts", "one column", ["a", "b"], UNFIT),
    _case("a list of texts", "one unnamed column", ["a", "b"], FORMS),
    _case(
        "dates by name",
        "no signature",
        _table(["date", "sold_at"], [1767225600, "2026-01-02"]),
        FORMS,
    ),
    _case(
        "texts that only seem to be dates",
        "dates",
        _table(["date", "sold_at", "modified"], [1767225600, "soon", 7]),
    ),
    _case(
        "a time with its text",
        "dates",
        _table(["date", "sold_at", "modified"], ["2026-01-02", "2026-01-02", 1767225600]),
    ),
    _case(
        "doubles of sixteen digits",
        "doubles",
        _table(["a", "b"], [0.6394267984578837, 0.025010755222666936]),
        ("exact-doubles",),
    ),
    _case("a text", "language", "words"),
    _case("a text that is JSON", "language", '["a", "b"]'),
    _case("texts", "language", ["a", "b"]),
    _case("objects of texts", "language", [{"a": "b"}, {"a": ["b", "c"]}]),
    _case("objects of numbers", "language", [{"a": 1}], UNFIT),
    _case("an object of texts", "language", {"question": "why"}),
    _case("an object of numbers", "language", {"a": [1, 2]}),
    _case("an object of objects", "language", {"a": {"b": "c"}}),
    _case("numbers", "language", [1, 2]),
    _case("a number", "language", 3, UNFIT),
    _case("nothing", "language", None, UNFIT),
    _case("no list", "language", []),
    _case("the key inside the key", "language", {"input_data": "words"}),
    _case("a table", "language", _table(["a"], ["x"]), FORMS),
    _case("an array", "free tensor", [[1, 2, 3, 4.5]]),
    _case("an array too wide", "free tensor", [[1, 2, 3, 4, 5]], UNFIT),
    _case("a ragged array", "free tensor", [[1, 2, 3, 4], [1]], UNFIT),
    _case("an array of words", "free tensor", [["a", "b", "c", "d"]], UNFIT),
    _case("an empty array", "free tensor", [], UNFIT),
    _case("a table", "free tensor", _table(list("abcd"), [1, 2, 3, 4]), FORMS),
    _case("a named array", "free tensor", {"a": [[1, 2, 3, 4]]}, UNFIT),
    _case("as it is fixed", "fixed tensor", [[1, 2, 3], [4, 5, 6]]),
    _case("doubles for integers", "fixed tensor", [[1.5, 2, 3], [4, 5, 6]]),
    _case("another shape", "fixed tensor", [[1, 2, 3]], UNFIT),
    _case("objects", "tensor of objects", ["a", 1, None]),
    _case("texts", "tensor of strings", ["a", "bcd"], ("whole-texts",)),
    _case("by name", "named tensors", {"image": [IMAGE], "size": [4]}),
    _case("by name, one missing", "named tensors", {"image": [IMAGE]}, UNFIT),
    _case("by name, one too many", "named tensors", {"image": [IMAGE], "size": [4], "more": [1]}),
    _case("by name, doubles for integers", "named tensors", {"image": [IMAGE], "size": [4.5]}),
    _case("a list", "named tensors", [IMAGE], UNFIT),
    _case("none", "params", _table(["a"], [1.5])),
    _case("null", "params", _table(["a"], [1.5]), params=None),
    _case("empty", "params", _table(["a"], [1.5]), params={}),
    _case("some", "params", _table(["a"], [1.5]), params={"count": 4, "word": "y"}),
    _case("unknown", "params", _table(["a"], [1.5]), params={"unknown": 4}),
    _case("of a wrong type", "params", _table(["a"], [1.5]), UNFIT, params={"count": "x"}),
    _case("a list", "params", _table(["a"], [1.5]), UNFIT, params=[1]),
    _case("with params that nobody asked for", "no signature", [1], params={"x": 1}),
    _case("as its example", "example", _table(["a", "b"], [1.5, "x"])),
    _case("integers where its example has doubles", "example", _table(["a", "b"], [1, "x"])),
    _case("as its example", "array example", [[1.5, 2.5]], MODELS),
    _case("integers for its example", "array example", [[1, 2]], MODELS),
    _case("a table for its array", "array example", _table([0, 1], [1, 2]), MODELS),
    _case("a list", "probabilities", [[0.5], [2.5]]),
    _case("a list", "from code", [1, 2]),
    _case("a list", "artifacts", [1]),
    _case("a table", "old forms", _table(["a"], [1.5], [2.5])),
    _case("a list", "without predict", [1, 2], params={"b": 1}),
    _case("texts", "typed texts", ["a", "b"], FORMS),
    _case("records", "typed records", [{"name": "Ada"}], MODELS),
    _case("messages", "chat", {"messages": [{"role": "user", "content": "hello"}]}, MODELS),
    *_values(),
    *_results(),
]
