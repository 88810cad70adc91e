# Scorekeeper: a model-serving supervisor.
# SPDX-License-Identifier: Apache-2.0

"""The page at an endpoint's root: what the model takes and answers, and a form to try it.

It is one document that fetches nothing. Whatever comes from the model is escaped, and the policy
that goes with the page lets the browser run and apply only the script and the style that are
written in the template, by their hashes: what slipped through would still not run.
"""

from __future__ import annotations

import base64
import hashlib
import html
import json
import os
import re
from typing import Any, List, Optional, Tuple

from .description import Description, Spec, is_required, words

LONGEST_TEXT = 200
MOST_ROWS = 200
WIDTH = 90

_TEMPLATE_PATH = os.path.join(os.path.dirname(os.path.abspath(__file__)), "page.html")
with open(_TEMPLATE_PATH, encoding="utf-8") as _file:
    _TEMPLATE = _file.read()
_MARK = re.compile(r"\{\{([a-z]+)\}\}")


def document(model: Description) -> bytes:
    """The page, in UTF-8."""
    example = model.example
    parts = {
        "title": _escaped(model.title),
        "about": _escaped(
            f"An MLflow model ({', '.join(model.flavors)}), MLflow {model.mlflow_version}."
        ),
        "inputs": _table(model.inputs, "The model has no signature: it takes what it takes."),
        "params": _params_table(model.params),
        "outputs": _table(model.outputs, "The signature does not say."),
        "example": _origin(model),
        "invocation": _json(example.body if example else {"inputs": []}),
        "score": _json(_for_score(model)),
    }
    # One pass: what a value holds is never taken for a mark.
    text = _MARK.sub(lambda mark: parts[mark.group(1)], _TEMPLATE)
    return text.encode("utf-8", "xmlcharrefreplace")


def headers() -> Tuple[Tuple[str, str], ...]:
    """What tells a browser to distrust the page's contents."""
    return _HEADERS


def _policy() -> str:
    return "; ".join(
        [
            "default-src 'none'",
            f"script-src '{_hash('script')}'",
            f"style-src '{_hash('style')}'",
            "connect-src 'self'",
            "base-uri 'none'",
            "form-action 'none'",
            "frame-ancestors 'none'",
        ]
    )


def _hash(element: str) -> str:
    """Source: Content Security Policy Level 3, section 2.3.1."""
    found = re.findall(f"<{element}>(.*?)</{element}>", _TEMPLATE, re.DOTALL)
    digest = hashlib.sha256("".join(found).encode("utf-8")).digest()
    return "sha256-" + base64.b64encode(digest).decode("ascii")


_HEADERS = (
    ("content-security-policy", _policy()),
    ("x-content-type-options", "nosniff"),
    ("referrer-policy", "no-referrer"),
    ("cache-control", "no-store"),
)


def _for_score(model: Description) -> Any:
    """Where the example has no form in Azure's words, MLflow's: that route takes both."""
    if model.example is None:
        return {"input_data": []}
    return model.example.for_score or model.example.body


def _origin(model: Description) -> str:
    if model.example is None:
        return "The model comes without an example that can be shown here."
    if model.example.is_own:
        return "This is the model's own example."
    return "The model has no example of its own: this one is made up from its signature."


def _table(specs: Optional[List[Spec]], without: str) -> str:
    if not specs:
        return f"<p>{_escaped(without)}</p>"
    if len(specs) == 1 and specs[0].get("name") is None:
        return f"<p>{_escaped(_shortened(words(specs[0])))}</p>"
    lines = []
    for number, spec in enumerate(specs[:MOST_ROWS], 1):
        name = spec.get("name") or f"column {number}"
        lines.append(_row(name, words(spec), "" if is_required(spec) else "may be left out"))
    return _whole(("name", "type", ""), lines, len(specs))


def _params_table(params: List[Spec]) -> str:
    lines = []
    for spec in params[:MOST_ROWS]:
        listed = "list of " if spec.get("shape") is not None else ""
        default = json.dumps(spec.get("default"), default=str)
        lines.append(_row(spec["name"], listed + words(spec), "default " + default))
    return _whole(("parameter", "type", ""), lines, len(params)) if lines else ""


def _whole(titles: Tuple[str, ...], lines: List[str], count: int) -> str:
    head = "".join(f"<th>{title}</th>" for title in titles)
    more = f"<p>and {count - MOST_ROWS} more</p>" if count > MOST_ROWS else ""
    return f"<table><tr>{head}</tr>{''.join(lines)}</table>{more}"


def _row(*cells: str) -> str:
    return "<tr>" + "".join(f"<td>{_escaped(_shortened(cell))}</td>" for cell in cells) + "</tr>"


def _shortened(text: str) -> str:
    return text if len(text) <= LONGEST_TEXT else text[: LONGEST_TEXT - 1] + "\u2026"


def _json(value: Any) -> str:
    return _escaped(_laid_out(value, ""))


def _laid_out(value: Any, indent: str) -> str:
    """JSON with a line for each member of what does not fit into one."""
    line = json.dumps(value, ensure_ascii=False)
    if len(indent) + len(line) <= WIDTH or not isinstance(value, (dict, list)):
        return line
    inner = indent + "  "
    if isinstance(value, list):
        members = [_laid_out(member, inner) for member in value]
        opening, closing = "[", "]"
    else:
        members = [
            f"{json.dumps(key, ensure_ascii=False)}: {_laid_out(member, inner)}"
            for key, member in value.items()
        ]
        opening, closing = "{", "}"
    lines = ",\n".join(inner + member for member in members)
    return f"{opening}\n{lines}\n{indent}{closing}"


def _escaped(text: str) -> str:
    return html.escape(text, quote=True)
