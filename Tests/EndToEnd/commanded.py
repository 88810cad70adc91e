# Scorekeeper: a model-serving supervisor.
# SPDX-License-Identifier: Apache-2.0

"""A server that a test types subcommands at."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import command
from harness import EndToEnd


class Commanded(EndToEnd):
    """One server, and the subcommands that mean it."""

    def run_command(self, *arguments: "str | Path") -> command.Done:
        """A subcommand that means this server."""
        return command.run(*arguments, state=self.server.state)

    def done(self, *arguments: "str | Path") -> Any:
        """What a subcommand that must work prints, as JSON."""
        done = self.run_command(*arguments, "--output", "json")
        self.assertEqual(done.code, 0, done.err)
        return done.content
