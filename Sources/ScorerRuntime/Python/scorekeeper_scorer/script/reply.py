# Scorekeeper: a model-serving supervisor.
# SPDX-License-Identifier: Apache-2.0

"""What goes back: a status, header lines, and a body, whole or in parts."""

from __future__ import annotations

import json
from typing import Iterator, List, NamedTuple, Optional, Tuple, Union

JSON_LINE = b"content-type: application/json\n"
SUCCEEDED = b"x-ms-run-function-failed: False\n"
FAILED = b"x-ms-run-function-failed: True\n"

Fields = List[Tuple[str, str]]


class Reply(NamedTuple):
    """One answer. Where there are `parts`, the body is empty and they are sent as they are made."""

    status: int
    head: bytes
    body: Union[bytes, memoryview]
    parts: Optional[Iterator[bytes]] = None


def lines(fields: Fields) -> bytes:
    """Header lines as a lane carries them."""
    return "".join(f"{name}: {value}\n" for name, value in fields).encode("latin-1", "replace")


def error(status: int, message: str, is_scripts: bool = False) -> Reply:
    """An error as Azure's server tells it; `is_scripts` where ``run`` itself failed."""
    body = json.dumps({"message": message}).encode("ascii")
    return Reply(status, JSON_LINE + (FAILED if is_scripts else SUCCEEDED), body)
