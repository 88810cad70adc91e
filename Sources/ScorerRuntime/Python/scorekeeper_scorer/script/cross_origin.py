# Scorekeeper: a model-serving supervisor.
# SPDX-License-Identifier: Apache-2.0

"""What browsers of other origins are allowed: nothing, unless `AML_CORS_ORIGINS` names some.

Source: Fetch Standard, section 3.3 (the CORS protocol).
"""

from __future__ import annotations

import re
from typing import List

from .reply import Fields, lines
from .request import Request


_IS_PATTERN = frozenset("*\\]?$^[]()")


class CrossOrigin:
    """The origins that may ask, and the header lines that tell them so.

    An entry with characters of a regular expression is one, ``*`` means every origin.
    """

    def __init__(self, origins: List[str]) -> None:
        self._is_any = "*" in origins
        self._exact = sorted(entry for entry in origins if _IS_PATTERN.isdisjoint(entry))
        patterns = [entry for entry in origins if entry != "*" and entry not in self._exact]
        self._patterns = [re.compile(entry, re.IGNORECASE) for entry in patterns]
        self._varies = self._is_any or bool(patterns) or len(self._exact) > 1

    def lines(self, request: Request) -> bytes:
        """The lines for the answer to a request; none for an origin that was not named."""
        fields = request.fields
        origin = fields.get("origin", "")
        if not origin:
            told = "*" if self._is_any else next(iter(self._exact), "")
        else:
            told = origin if self._may_ask(origin) else ""
        if not told:
            return b""
        found: Fields = [("access-control-allow-origin", told)]
        asked = fields.get("access-control-request-method", "").upper()
        if request.method == "OPTIONS" and asked in ("GET", "POST"):
            wanted = fields.get("access-control-request-headers", "")
            names = sorted(name.strip() for name in wanted.split(",") if name.strip())
            if names:
                found.append(("access-control-allow-headers", ", ".join(names)))
            found.append(("access-control-allow-methods", "GET, POST"))
        if self._varies and told != "*":
            found.append(("vary", "Origin"))
        return lines(found)

    def _may_ask(self, origin: str) -> bool:
        if self._is_any or any(pattern.match(origin) for pattern in self._patterns):
            return True
        return origin.lower() in (entry.lower() for entry in self._exact)
