# Scorekeeper: a model-serving supervisor.
# SPDX-License-Identifier: Apache-2.0

"""The list of requests: what each script is asked, and which named difference its answers show."""

from __future__ import annotations

import os
from typing import List

from .case import PROBE, Case

SCRIPTS = os.path.join(os.path.dirname(os.path.abspath(__file__)), "scripts")
FORM = "application/x-www-form-urlencoded"
FORM_DATA = "multipart/form-data; boundary=part"
TABLE = {"table": [{"name": "b", "size": 2.5}, {"name": "c", "size": 3}]}
OWN = (("x-request-id", "r-1"), ("x-own", "v"))
ORIGIN = "https://one.example"

_PARTS = (
    b'--part\r\nContent-Disposition: form-data; name="a"\r\n\r\nfirst\r\n'
    b'--part\r\nContent-Disposition: form-data; name="picture"; filename="p.png"\r\n'
    b"Content-Type: image/png\r\n\r\n\x00\r\n\r\n--par\xff\r\n"
    b"--part--\r\n"
)


def _identified(*fields: "tuple[str, str]") -> "tuple[tuple[str, str], ...]":
    return (("x-request-id", "r-1"), *fields)


TEXTS = [
    Case("raw", "a JSON object", {"a": [1, 2]}),
    Case("raw", "nothing", b""),
    Case("raw", "text that is no JSON", "{]", content_type="text/plain"),
    Case("raw", "letters beyond ASCII", '"\u00e9\u2603"'),
    Case("raw", "a byte order mark", b"\xef\xbb\xbf1"),
    Case("raw", "bytes that are no UTF-8", b"ab\xff"),
    Case("raw", "no content type", "x", content_type=None),
    Case("raw", "another charset", b"x", content_type="application/json; charset=latin-1"),
    Case("raw", "a form's content type", "a=1&b=2", content_type=FORM, differs=("form-body",)),
    Case("raw", "a form of parts", "--part--", content_type=FORM_DATA, differs=("form-body",)),
    Case("raw", "a long body", "x" * 5_000),
    Case("raw", "GET", method="GET"),
    Case("raw", "GET with values", method="GET", target="/score?a=1&b=%5B1%2C2%5D&c=x&d=null"),
    Case("raw", "GET with one repeated", method="GET", target="/score?a=1&a=x&b=y%20z+w"),
    Case("raw", "GET with an empty value", method="GET", target="/score?a=&b"),
    Case("raw", "GET with letters", method="GET", target="/score?a=%C3%A9&%C3%A9=%22x%22"),
    Case("raw", "HEAD", method="HEAD"),
    Case("raw", "OPTIONS", method="OPTIONS"),
    Case("raw", "PUT", b"x", method="PUT"),
    Case("raw", "DELETE", method="DELETE"),
]

RESULTS = [
    Case("raw", word, word)
    for word in (
        *("none", "text", "number", "true", "list", "tuple", "keys", "bad keys", "not finite"),
        *("set", "bytes", "circle", "object", "float64", "int64", "array", "array as list"),
        *("raise", "response", "failed response", "empty response", "no content", "odd status"),
    )
] + [
    Case("raw", "exit", "exit", differs=("survived-exit",)),
    Case("raw", "time is over", "time is over", differs=("own-timeout",)),
    Case("raw", "parts", "parts", differs=("streaming",)),
]

ROUTES = [
    Case("raw", "health", method="GET", target="/"),
    Case("raw", "health, HEAD", method="HEAD", target="/"),
    Case("raw", "health, POST", method="POST", target="/"),
    Case("raw", "another path", method="GET", target="/nothing"),
    Case("raw", "a path below", method="POST", target="/score/1"),
    Case("raw", "description", method="GET", target="/swagger.json", differs=("words",)),
    *(
        Case(
            *("raw", f"version {version}", b"", "GET", f"/swagger.json?version={version}"),
            differs=("words",),
        )
        for version in ("2.0", "3", "3.1")
    ),
    Case("raw", "version 4", method="GET", target="/swagger.json?version=4"),
    Case("raw", "no version", method="GET", target="/swagger.json?version="),
    Case("raw", "description, POST", method="POST", target="/swagger.json"),
    Case("own_swagger", "the author's", method="GET", target="/swagger.json"),
    Case("own_swagger", "the author's 3", method="GET", target="/swagger.json?version=3"),
    Case(
        *("own_swagger", "3.1", b"", "GET", "/swagger.json?version=3.1"),
        differs=("words",),
    ),
    Case("named", "description", method="GET", target="/swagger.json", differs=("server", "words")),
    Case("named", "scored", "x", differs=("server",)),
]

FIELDS = [
    Case("headers", "header fields", "x", fields=OWN),
    Case("headers", "a field twice", "x", fields=_identified(("x-twice", "1"), ("x-twice", "2"))),
    Case("headers", "a name with a digit", "x", fields=_identified(("x-number1", "1"))),
    Case("headers", "a value beyond ASCII", "x", fields=_identified(("x-own", "caf\u00e9"))),
    Case("headers", "GET", method="GET", target="/score?a=1", fields=OWN),
    Case(
        *("headers", "a client's identifier", "x"),
        fields=_identified(("x-ms-client-request-id", "c")),
    ),
    Case("headers", "an older identifier", "x", fields=_identified(("x-ms-request-id", "o"))),
    Case(
        *("headers", "both identifiers", "x"),
        fields=_identified(("x-ms-request-id", "o"), ("x-ms-client-request-id", "c")),
    ),
    Case("headers", "a trace", "x", fields=_identified(("TraceId", "t-1"))),
    Case("headers", "a long identifier", "x", fields=(("x-request-id", "i" * 101),)),
    Case("headers", "one as long as may be", "x", fields=(("x-request-id", "i" * 100),)),
    Case(
        *("headers", "a long client's identifier", "x"),
        fields=_identified(("x-ms-client-request-id", "c" * 101)),
    ),
    Case(
        *("headers", "a long older identifier", "x"),
        fields=_identified(("x-ms-request-id", "o" * 101), ("x-ms-client-request-id", "c")),
    ),
    Case("keyword", "an argument by name only", "x", fields=OWN),
    Case("driver", "a driver", "x"),
]

REQUESTS = [
    Case("rawhttp", "described", b"\x00\xff", target="/score?many=1&many=2&number=5", fields=OWN),
    Case("rawhttp", "GET", method="GET", target="/score?number=x", content_type=None),
    Case("rawhttp", "OPTIONS", method="OPTIONS"),
    Case("rawhttp", "HEAD", method="HEAD"),
    Case("rawhttp", "PUT", "x", method="PUT"),
    Case("rawhttp", "a cookie", "x", fields=_identified(("cookie", "a=1; b=2"))),
    Case(
        *("rawhttp", "binary in and out", bytes(range(256)) * 9),
        target="/score?do=data",
        content_type="application/octet-stream",
    ),
    Case("rawhttp", "a picture", "x", target="/score?do=picture"),
    Case("rawhttp", "text", "caf\u00e9", target="/score?do=text", content_type="text/plain"),
    Case("rawhttp", "a stream", "abcdef", target="/score?do=stream"),
    Case("rawhttp", "JSON", {"a": [1]}, target="/score?do=json"),
    Case(
        *("rawhttp", "JSON of another type", "[1]"),
        target="/score?do=json",
        content_type="text/plain",
    ),
    Case("rawhttp", "bad JSON", "[1", target="/score?do=json"),
    Case("rawhttp", "forced JSON", "[1]", target="/score?do=forced", content_type="text/plain"),
    Case("rawhttp", "silent JSON", "[1", target="/score?do=silent"),
    Case("rawhttp", "a form", "a=1&b=x+y", target="/score?do=form", content_type=FORM),
    Case("rawhttp", "a form of parts", _PARTS, target="/score?do=form", content_type=FORM_DATA),
    Case(
        *("rawhttp", "a form's bytes", "a=1"),
        target="/score?do=data",
        content_type=FORM,
        differs=("form-body",),
    ),
    Case("rawhttp", "own fields", "x", target="/score?do=fields"),
    Case("rawhttp", "in parts", "x", target="/score?do=parts"),
    Case("rawhttp", "a list", "x", target="/score?do=listed"),
    Case("rawhttp", "a failure", "x", target="/score?do=fail"),
    Case("rawhttp", "a field of two lines", "x", target="/score?do=lines"),
    Case("rawhttp", "a dictionary's keys", "x", target="/score?do=dictionary"),
    Case("rawhttp", "a number", "x", target="/score?do=number", differs=("told-500",)),
    Case("flask_made", "Flask's response", "x"),
    Case("flask_made", "Flask's JSON", "json"),
    Case("flask_made", "Flask's failed response", "failed"),
    Case("flask_made", "Flask's abort", "abort"),
]

ARGUMENTS = [
    Case("schema_array", "an array", {"data": [[1, 2, 3, 4], [5, 6, 7, 8]]}),
    Case("schema_array", "a wrong shape", {"data": [[1, 2]]}),
    Case("schema_array", "no array", {"data": "x"}),
    Case("schema_array", "another name", {"other": 1}),
    Case("schema_array", "one name more", {"data": [[1, 2, 3, 4]], "more": 1}),
    Case("schema_array", "a list", [1]),
    Case("schema_array", "nothing", b""),
    Case("schema_array", "bad JSON", "{"),
    Case("schema_array", "bytes that are no UTF-8", b'{"data": "\xff"}'),
    Case("schema_array", "a byte order mark", b"\xef\xbb\xbf{}"),
    Case("schema_array", "another type", {"data": []}, content_type="text/plain"),
    Case("schema_array", "no type", {"data": []}, content_type=None),
    Case(
        *("schema_array", "a type written in JSON", {"data": [[1, 2, 3, 4]]}),
        content_type="application/ld+json; charset=utf-8",
    ),
    Case("schema_array", "a form's content type", {"data": []}, content_type=FORM),
    Case("schema_array", "GET", method="GET", target="/score?data=%5B%5B1%2C2%2C3%2C4%5D%5D"),
    Case("schema_array", "GET without it", method="GET"),
    Case("schema_array", "OPTIONS", method="OPTIONS"),
    Case(
        *("schema_named", "all"),
        {"text": "t", "number": 1, "moment": "2024-02-03T04:05:06", "raw": "Ynl0ZXM="},
        fields=OWN,
    ),
    Case("schema_named", "defaults", {"text": "t"}),
    Case("schema_named", "a wrong type", {"text": 1}),
    Case("schema_named", "one missing", {"number": 1}),
    Case("schema_named", "headers as an argument", {"text": "t", "request_headers": {}}),
    Case("schema_named", "GET", method="GET", target="/score?text=words&number=2"),
    Case("schema_table", "records", TABLE),
    Case("schema_table", "no records", {"table": 1}),
    Case("schema_mixed", "nested", {"inputs": {"array": [1, 2], "word": "w"}, "options": [1, "2"]}),
    Case("schema_mixed", "a part of another type", {"inputs": {"array": "x"}, "options": []}),
] + [
    Case(
        *(script, f"description, {version}", b"", "GET", f"/swagger.json?version={version}"),
        differs=("words",),
    )
    for script, version in (
        *(("schema_array", "2"), ("schema_array", "3"), ("schema_array", "3.1")),
        *(("schema_named", "2"), ("schema_table", "3.0"), ("schema_mixed", "2")),
        *(("schema_mixed", "3"), ("schema_mixed", "3.1")),
    )
]

LIMITS = [
    Case("slow", "in time", "0"),
    Case("slow", "too late", "1"),
    Case("slow", "in time after it", "0"),
]

ORIGINS = [
    Case("cors", "another's page", "x", fields=_identified(("origin", ORIGIN))),
    Case("cors", "an unknown page", "x", fields=_identified(("origin", "https://other.example"))),
    Case("cors", "no page", "x"),
    Case("cors", "a failure", "raise", fields=_identified(("origin", ORIGIN))),
    Case(
        *("cors", "asked before", b"", "OPTIONS"),
        fields=_identified(
            ("origin", ORIGIN),
            ("access-control-request-method", "POST"),
            ("access-control-request-headers", "x-own, content-type"),
        ),
    ),
    Case(
        *("cors", "asked before for another method", b"", "OPTIONS"),
        fields=_identified(("origin", ORIGIN), ("access-control-request-method", "PUT")),
    ),
    Case("cors_any", "any page", "x", fields=_identified(("origin", ORIGIN))),
    Case("cors_any", "no page", "x"),
]

STARTS = [
    Case(name, "starts", method=PROBE)
    for name in sorted(os.listdir(SCRIPTS))
    if not name.startswith("__")
]

CASES: List[Case] = [
    *TEXTS,
    *RESULTS,
    *ROUTES,
    *FIELDS,
    *REQUESTS,
    *ARGUMENTS,
    *LIMITS,
    *ORIGINS,
    *STARTS,
]
