# Scorekeeper: a model-serving supervisor.
# SPDX-License-Identifier: Apache-2.0

"""The page at the root: for browsers only, of one piece, and safe from the model's own strings."""

from __future__ import annotations

import base64
import hashlib
import re
import unittest
from html.parser import HTMLParser
from typing import Any, Dict, List, Optional, Tuple

import runtime_path
import signed_model
from dialect_case import DialectCase
from scorekeeper_scorer import routes
from scorekeeper_scorer.exchange import Answer, Request
from scorekeeper_scorer.loaded_model import LoadedModel

HOSTILE = "</td></textarea></pre></script><script>alert(1)</script>\"'&{{title}}\ud800"


class Reader(HTMLParser):
    """What a browser would see: elements with attributes, and the text of each kind of element."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: List[Tuple[str, Dict[str, Optional[str]]]] = []
        self.texts: Dict[str, str] = {}
        self._open: List[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: List[Tuple[str, Optional[str]]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag not in ("meta", "br"):
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag in self._open:
            while self._open.pop() != tag:
                pass

    def handle_data(self, data: str) -> None:
        if self._open:
            self.texts[self._open[-1]] = self.texts.get(self._open[-1], "") + data


class Page(DialectCase):
    @classmethod
    def setUpClass(cls) -> None:
        cls.iris = LoadedModel.load(runtime_path.SAMPLE)

    def root(self, model: LoadedModel, accept: str, method: str = "GET") -> Answer:
        head = f"{method} /\naccept: {accept}\n" if accept else f"{method} /\n"
        return routes.answer(model, Request.from_lane(head.encode(), b""))

    def read(self, model: LoadedModel) -> Reader:
        answer = self.root(model, "text/html")
        self.assertEqual((answer.status, answer.content_type), (200, "text/html; charset=utf-8"))
        return Reader(answer.body.decode("utf-8"))

    def policy(self) -> str:
        return dict(self.root(self.iris, "text/html").more_headers)["content-security-policy"]

    def test_only_those_who_accept_html_get_the_page(self) -> None:
        for accept in ("", "*/*", "application/json"):
            answer = self.root(self.iris, accept)
            self.assertEqual((answer.status, answer.body), (200, b"Healthy"))
            self.assertTrue(answer.content_type.startswith("text/plain"))
        for accept in ("text/html", "application/xhtml+xml,TEXT/HTML;q=0.9,*/*;q=0.8"):
            self.assertTrue(self.root(self.iris, accept).body.startswith(b"<!doctype html>"))
        self.assertEqual(self.root(self.iris, "text/html", "HEAD").content_type[:9], "text/html")
        self.assertEqual(self.root(self.iris, "text/html", "POST").status, 405)

    def test_it_shows_the_signature_and_an_example_for_each_route(self) -> None:
        page = self.read(self.iris)
        self.assertIn("petal length (cm)double", page.texts["td"])
        self.assertIn('"dataframe_split"', page.texts["textarea"])
        self.assertIn('"input_data"', page.texts["pre"])
        routes_shown = [attributes["value"] for tag, attributes in page.elements if tag == "option"]
        self.assertEqual(routes_shown, ["/invocations", "/score"])

    def test_it_fetches_nothing_and_holds_no_handler(self) -> None:
        page = self.read(self.iris)
        for tag, attributes in page.elements:
            self.assertNotIn(tag, ("link", "img", "iframe", "base", "object", "embed"))
            for name, value in attributes.items():
                self.assertFalse(name.startswith("on") or name in ("src", "style"), (tag, name))
                self.assertFalse(name == "href" and not (value or "").startswith("swagger.json"))
        text = self.root(self.iris, "text/html").body.decode()
        self.assertIsNone(re.search(r"https?://|\burl\(|@import|innerHTML|eval\(|Function\(", text))

    def test_its_policy_allows_its_own_script_and_style_and_no_other(self) -> None:
        page = self.read(self.iris)
        parts = dict(part.split(" ", 1) for part in self.policy().split("; "))
        for element in ("script", "style"):
            self.assertEqual(sum(tag == element for tag, _ in page.elements), 1)
            digest = hashlib.sha256(page.texts[element].encode()).digest()
            expected = f"'sha256-{base64.b64encode(digest).decode()}'"
            self.assertEqual(parts[f"{element}-src"], expected)
        self.assertEqual(parts["default-src"], "'none'")
        self.assertEqual(parts["frame-ancestors"], "'none'")
        self.assertEqual(parts["connect-src"], "'self'")
        self.assertNotIn("unsafe", self.policy())

    def test_nothing_that_a_model_says_becomes_an_element(self) -> None:
        expected = [tag for tag, _ in self.read(self.plain("name")).elements]

        page = self.read(self.plain(HOSTILE))

        self.assertEqual([tag for tag, _ in page.elements], expected)
        self.assertIn("<script>alert(1)</script>", page.texts["td"])
        self.assertIn("{{title}}", page.texts["td"])

    def plain(self, name: str) -> LoadedModel:
        """A model whose every string is `name`, in all places that are shown."""
        inner: Dict[str, Any] = {"type": "object", "properties": {name: {"type": "string"}}}
        inputs = signed_model.columns(
            {**inner, "name": name, "required": True},
            {"type": "string", "name": name + "2", "required": False},
        )
        params = [signed_model.ParamSpec(name, "string", name)]
        model = signed_model.load(inputs, inputs, params)
        model.flavors = {name}
        model.mlflow_version = name
        return model

    def test_a_long_name_and_many_columns_are_cut_short(self) -> None:
        many = [{"type": "long", "name": f"{n}" + "x" * 999, "required": True} for n in range(500)]
        page = self.read(signed_model.load(signed_model.columns(*many)))
        self.assertNotIn("x" * 201, page.texts["td"])
        self.assertIn("and 300 more", page.texts["p"])
        self.assertEqual(sum(tag == "tr" for tag, _ in page.elements), 201)

    def test_a_model_without_signature_or_example_says_so(self) -> None:
        page = self.read(signed_model.load(None))
        self.assertIn("no signature", page.texts["p"])
        self.assertIn("without an example", page.texts["p"])

    def test_an_example_that_was_made_up_is_called_so(self) -> None:
        one = signed_model.columns({"type": "double", "name": "x", "required": True})
        page = self.read(signed_model.load(one))
        self.assertIn("made up from its signature", page.texts["p"])


if __name__ == "__main__":
    unittest.main()
