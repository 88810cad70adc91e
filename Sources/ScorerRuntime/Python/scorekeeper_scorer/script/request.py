# Scorekeeper: a model-serving supervisor.
# SPDX-License-Identifier: Apache-2.0

"""One request as it came: taken apart no further than somebody asks."""

from __future__ import annotations

from typing import Dict, Optional, Union


class Request:
    """A request's head and body.

    Shape: `head` is text in bytes: ``POST /score?x=y``, then a ``name: value`` line for each field,
    names in lower case. `body` may lie in the lane and is then gone once the request is answered.
    """

    __slots__ = ("_fields", "body", "head", "method", "path", "query")

    def __init__(self, head: bytes, body: Union[bytes, memoryview]) -> None:
        first = head[: head.index(b"\n")].decode("latin-1")
        self.method, _, target = first.partition(" ")
        self.path, _, self.query = target.partition("?")
        self.head = head
        self.body = body
        self._fields: Optional[Dict[str, str]] = None

    @property
    def fields(self) -> Dict[str, str]:
        """The header fields, names in lower case; what came twice is joined with a comma."""
        if self._fields is None:
            self._fields = fields = {}
            for line in self.head.decode("latin-1").split("\n")[1:]:
                name, colon, value = line.partition(":")
                if colon:
                    value = value.strip()
                    fields[name] = f"{fields[name]},{value}" if name in fields else value
            if "content-length" not in fields and (self.body or self.method == "POST"):
                fields["content-length"] = str(len(self.body))
        return self._fields

    @property
    def headers(self) -> Dict[str, str]:
        """The header fields under the names that scripts know them by."""
        return {name.title(): value for name, value in self.fields.items()}

    def bytes(self) -> bytes:
        """The body, the script's to keep."""
        return bytes(self.body)
