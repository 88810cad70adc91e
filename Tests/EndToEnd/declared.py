# Scorekeeper: a model-serving supervisor.
# SPDX-License-Identifier: Apache-2.0

"""Endpoints that are declared by documents, with deployments whose scorer obeys or tells."""

from __future__ import annotations

import urllib.error
import urllib.request
from email.message import Message
from pathlib import Path
from typing import Any, Dict, List, NamedTuple, Optional

import command
import own_scorer
from commanded import Commanded
from faulty import Faulty


class Reply(NamedTuple):
    """What came back, header fields by their names in any case."""

    status: int
    text: str
    fields: Message


class Declared(Commanded, Faulty):
    """A server, its commands, and endpoints that end with their tests."""

    tell_scorer: Path

    @classmethod
    def setUpClass(cls) -> None:
        super().setUpClass()
        cls.tell_scorer = own_scorer.build(Path(cls._folder.name) / "tell")

    def must(self, *arguments: "str | Path") -> None:
        """A subcommand that must work."""
        done = self.run_command(*arguments)
        self.assertEqual(done.code, command.DONE, done)

    def create(self, endpoint: str) -> None:
        """An endpoint without deployments."""
        self.must("online-endpoint", "create", "-n", endpoint)
        self.addCleanup(self.run_command, "online-endpoint", "delete", "-n", endpoint, "--yes")

    def add(self, endpoint: str, name: str, scorer: str, more: str = "") -> None:
        """A deployment of that scorer; `more` are lines of its document."""
        file = Path(self._folder.name) / f"{endpoint}-{name}.yml"
        file.write_text(
            f"name: {name}\nendpoint_name: {endpoint}\n{more}"
            f"properties: {{ scorekeeper.scorer: {scorer} }}\n"
        )
        self.must("online-deployment", "create", "-f", file)

    def share(self, endpoint: str, traffic: str, mirror: Optional[str] = None) -> None:
        """How the endpoint's requests are shared out, and which are copied."""
        copied = ["--mirror-traffic", mirror] if mirror else []
        self.must("online-endpoint", "update", "-n", endpoint, "--traffic", traffic, *copied)

    def reply(self, endpoint: str, text: str = "{}", deployment: Optional[str] = None) -> Reply:
        """What comes back for a body."""
        url = f"http://127.0.0.1:{self.server.port}/endpoints/{endpoint}/score"
        fields = {"Content-Type": "application/json"}
        if deployment:
            fields["azureml-model-deployment"] = deployment
        request = urllib.request.Request(url, text.encode(), fields)
        try:
            with urllib.request.urlopen(request) as answer:
                return Reply(answer.status, answer.read().decode(), answer.headers)
        except urllib.error.HTTPError as error:
            return Reply(error.code, error.read().decode(), error.headers)

    def texts(self, endpoint: str, count: int, text: str = "{}") -> List[str]:
        """The texts of so many answers, one request after the other."""
        return [self.reply(endpoint, text).text for _ in range(count)]

    def named(self, endpoint: str, name: str) -> Dict[str, Any]:
        """A deployment of an endpoint as status tells it."""
        for one in self.server.status()["endpoints"]:
            for deployment in one["deployments"] if one["name"] == endpoint else []:
                if deployment["name"] == name:
                    found: Dict[str, Any] = deployment
                    return found
        raise AssertionError(f"there is no deployment '{endpoint}/{name}'")
