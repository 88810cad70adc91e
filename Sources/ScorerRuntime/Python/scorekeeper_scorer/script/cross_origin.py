# Scorekeeper: a model-serving supervisor.
# SPDX-License-Identifier: Apache-2.0

"""What browsers of other origins are allowed: nothing, unless `AML_CORS_ORIGINS` names some.

Source: Fetch Standard, section 3.3 (the CORS protocol).
"""

from __future__ import annotations

from typing import List

from .reply import Fields, lines
from .request import Request


class CrossOrigin:
    """The origins that may ask, and the header lines that tell them so."""

    def __init__(self, origins: List[str]) -> None:
        self._origins = {origin.lower() for origin in origins}

    def lines(self, request: Request) -> bytes:
        """The lines for the answer to a request; none for an origin that was not named."""
        fields = request.fields
        origin = fields.get("origin", "")
        is_any = "*" in self._origins
        if not is_any and (not origin or origin.lower() not in self._origins):
            return b""
        found: Fields = [("access-control-allow-origin", "*" if is_any else origin)]
        if request.method == "OPTIONS" and "access-control-request-method" in fields:
            wanted = fields.get("access-control-request-headers")
            if wanted:
                found.append(("access-control-allow-headers", wanted))
            found.append(("access-control-allow-methods", "GET, POST"))
        if len(self._origins) > 1 and not is_any:
            found.append(("vary", "Origin"))
        return lines(found)
