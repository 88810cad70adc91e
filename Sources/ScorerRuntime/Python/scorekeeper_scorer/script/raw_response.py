# Scorekeeper: a model-serving supervisor.
# SPDX-License-Identifier: Apache-2.0

"""`AMLResponse` where the environment has no Flask."""

from __future__ import annotations

import json
from typing import Any, Dict, List, Optional

from .fields import Fields
from .parts import written
from .reply import Fields as Pairs


class RawResponse:
    """A status, header fields and a body: text, bytes, or what yields them."""

    def __init__(
        self,
        message: Any,
        status_code: Any,
        response_headers: Optional[Dict[str, str]] = None,
        json_str: bool = False,
        run_function_failed: bool = False,
    ) -> None:
        given = split_fields(response_headers)
        self.status_code = int(status_code)
        self.headers = Fields()
        kind = "text/html; charset=utf-8"
        if message is None or json_str:
            message = json.dumps({} if message is None else message)
            kind = "application/json"
        self.response = [message] if isinstance(message, (str, bytes, bytearray)) else message
        if "Content-Type" not in (response_headers or {}) or kind == "application/json":
            self.headers.add("Content-Type", kind)
        self.headers["x-ms-run-function-failed"] = str(run_function_failed)
        for name, value in given:
            self.headers.add(name, value)

    @property
    def is_streamed(self) -> bool:
        """Whether the body's parts are yet to be made."""
        return not isinstance(self.response, (list, tuple))

    @property
    def data(self) -> bytes:
        """The body's bytes."""
        return self.get_data()

    @data.setter
    def data(self, value: Any) -> None:
        self.set_data(value)

    def get_data(self) -> bytes:
        """The body's bytes; what yields them is read to its end.

        Errors: `TypeError` for a part that is neither text nor bytes.
        """
        self.response = [written(part) for part in self.response]
        return b"".join(self.response)

    def set_data(self, value: Any) -> None:
        """Replaces the body."""
        self.response = [written(value)]

    @property
    def content_type(self) -> Optional[str]:
        """The field Content-Type."""
        return self.headers.get("content-type")

    @content_type.setter
    def content_type(self, value: str) -> None:
        self.headers["Content-Type"] = value

    @property
    def mimetype(self) -> str:
        """The content type without its parameters."""
        return (self.content_type or "").partition(";")[0].strip().lower()


def split_fields(given: Optional[Dict[str, str]]) -> Pairs:
    """The fields of a dictionary: a value with commas is as many fields."""
    found: List[Any] = []
    for name, value in (given or {}).items():
        found += [(name, part.strip()) for part in value.split(",")]
    return found
