# Scorekeeper: a model-serving supervisor.
# SPDX-License-Identifier: Apache-2.0

"""Forms: texts in one line, or texts and files in several parts.

Source: RFC 7578 (multipart/form-data); WHATWG URL Standard, section 5.
"""

from __future__ import annotations

import io
from email.message import Message
from email.parser import HeaderParser
from typing import Any, List, NamedTuple, Optional
from urllib.parse import parse_qsl

from .fields import Several


class File(io.BytesIO):
    """A file of a form: read it, or ask for its name and type."""

    def __init__(self, content: bytes, name: str, filename: str, content_type: str) -> None:
        super().__init__(content)
        self.name = name
        self.filename = filename
        self.content_type = content_type
        self.mimetype = content_type.partition(";")[0].strip().lower()

    @property
    def stream(self) -> "File":
        """The file itself, under the name that Flask has for it."""
        return self


class Form(NamedTuple):
    """What a form holds."""

    texts: Several
    files: Several


def read(content_type: str, body: bytes) -> Form:
    """Reads a form; one of another type is empty, and so is a part that cannot be read."""
    head = Message()
    head["content-type"] = content_type or "application/octet-stream"
    kind = head.get_content_type()
    if kind == "application/x-www-form-urlencoded":
        pairs = parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True)
        return Form(Several(pairs), Several())
    boundary = head.get_boundary()
    if kind != "multipart/form-data" or not boundary:
        return Form(Several(), Several())
    return _read_parts(b"--" + boundary.encode("latin-1", "replace"), body)


def _read_parts(delimiter: bytes, body: bytes) -> Form:
    texts: List[Any] = []
    files: List[Any] = []
    # Each delimiter but the first is a line of its own.
    for part in (b"\r\n" + body).split(b"\r\n" + delimiter)[1:]:
        if part.startswith(b"--"):
            break
        fields, found, content = part.lstrip(b" \t").partition(b"\r\n\r\n")
        head = HeaderParser().parsestr(fields.decode("utf-8", "replace").lstrip("\r\n"))
        name = _parameter(head, "name")
        if not found or name is None:
            continue
        filename = _parameter(head, "filename")
        if filename is None:
            texts.append((name, content.decode("utf-8", "replace")))
        else:
            kind = head.get("content-type", "application/octet-stream")
            files.append((name, File(content, name, filename, kind)))
    return Form(Several(texts), Several(files))


def _parameter(head: Message, name: str) -> Optional[str]:
    value = head.get_param(name, header="content-disposition")
    return value if isinstance(value, str) else None
