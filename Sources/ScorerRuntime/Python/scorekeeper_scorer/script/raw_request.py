# Scorekeeper: a model-serving supervisor.
# SPDX-License-Identifier: Apache-2.0

"""`AMLRequest` where the environment has no Flask: what scripts commonly ask a request for."""

from __future__ import annotations

import io
import json
from http.cookies import SimpleCookie
from typing import Any, Dict, Optional
from urllib.parse import parse_qsl

from . import form
from .fields import Fields, Several
from .inputs import is_json
from .request import Request

_UNREAD = object()


class RawRequest:
    """One request, read as Flask's is: `args`, `headers`, `data`, `form`, `files`, `json`."""

    def __init__(self, request: Request) -> None:
        self.method = request.method
        self.path = request.path
        self.query_string = request.query.encode("latin-1")
        self.full_path = f"{request.path}?{request.query}"
        self.headers = Fields(request.headers.items())
        self.args = Several(parse_qsl(request.query, keep_blank_values=True))
        self.scheme = "http"
        self.host = self.headers.get("host", "localhost")
        self.base_url = f"http://{self.host}{self.path}"
        self.url = self.base_url + (f"?{request.query}" if request.query else "")
        self.remote_addr: Optional[str] = None
        self.data = request.bytes()
        self._content: Any = _UNREAD
        self._form: Optional[form.Form] = None

    def get_data(self, cache: bool = True, as_text: bool = False) -> Any:
        """The body, as bytes or as text."""
        return self.data.decode("utf-8", "replace") if as_text else self.data

    @property
    def stream(self) -> io.BytesIO:
        """The body to be read from its start."""
        return io.BytesIO(self.data)

    @property
    def content_type(self) -> Optional[str]:
        """The field Content-Type."""
        return self.headers.get("content-type")

    @property
    def content_length(self) -> Optional[int]:
        """The field Content-Length."""
        return self.headers.get("content-length", type=int)

    @property
    def mimetype(self) -> str:
        """The content type without its parameters."""
        return (self.content_type or "").partition(";")[0].strip().lower()

    @property
    def is_json(self) -> bool:
        """Whether the content type says JSON."""
        return is_json(self.content_type or "")

    @property
    def json(self) -> Any:
        """The body's JSON."""
        return self.get_json()

    def get_json(self, force: bool = False, silent: bool = False, cache: bool = True) -> Any:
        """The body's JSON.

        Errors: `ValueError` where it is none, or where the content type says another; nothing is
        returned instead where it should be `silent`.
        """
        try:
            if not force and not self.is_json:
                raise ValueError("the request's Content-Type is not 'application/json'")
            if self._content is _UNREAD:
                self._content = json.loads(self.data)
            return self._content
        except ValueError:
            if silent:
                return None
            raise

    @property
    def form(self) -> Several:
        """The texts of a form."""
        return self._read_form().texts

    @property
    def files(self) -> Several:
        """The files of a form of several parts."""
        return self._read_form().files

    @property
    def values(self) -> Several:
        """The parameters of the query, then the texts of the form."""
        return Several(self.args.items() + self.form.items())

    @property
    def cookies(self) -> Dict[str, str]:
        """The cookies by their names."""
        read: SimpleCookie = SimpleCookie(self.headers.get("cookie", ""))
        return {name: morsel.value for name, morsel in read.items()}

    def _read_form(self) -> "form.Form":
        if self._form is None:
            self._form = form.read(self.content_type or "", self.data)
        return self._form
