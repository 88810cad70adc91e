# Scorekeeper: a model-serving supervisor.
# SPDX-License-Identifier: Apache-2.0

"""The Content-Type header, taken apart."""

from __future__ import annotations

from typing import Dict, NamedTuple, Optional


class ContentType(NamedTuple):
    """A header, its media type and its parameters, as they were written."""

    written: str
    media_type: str
    parameters: Dict[str, str]

    @classmethod
    def parse(cls, header: Optional[str]) -> Optional["ContentType"]:
        """Nothing when there is no such header."""
        if header is None or not header.strip():
            return None
        media_type, *pairs = (part.strip() for part in header.split(";"))
        parameters = {}
        for pair in pairs:
            name, _, value = pair.partition("=")
            parameters[name.strip()] = value.strip()
        return cls(header, media_type, parameters)

    @property
    def is_utf8(self) -> bool:
        """Whether the body claims no other encoding than the one we read."""
        return self.parameters.get("charset", "utf-8").lower() == "utf-8"
