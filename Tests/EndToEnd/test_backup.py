# Scorekeeper: a model-serving supervisor.
# SPDX-License-Identifier: Apache-2.0

"""What a server must remember is backed up while it runs, and serves again from there."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path
from typing import Any, Dict, List

import command
import own_scorer
from commanded import Commanded


class BackedUp(Commanded):
    """One endpoint in its second revision, and a registered model that nobody serves."""

    shares_environments = False

    @classmethod
    def setUpClass(cls) -> None:
        super().setUpClass()
        folder = Path(cls._folder.name)
        cls.tell = own_scorer.build(folder / "tell")
        for word in ("first", "second"):
            cls.server.run("deploy", "--scorer", str(cls.tell), "--name", "kept", "--", word)
        (folder / "weights.txt").write_text("17", encoding="utf-8")
        document = folder / "weights.yml"
        document.write_text(
            "name: weights\nversion: 3\ntype: custom_model\npath: ./weights.txt\n",
            encoding="utf-8",
        )
        cls.server.run("model", "create", "-f", str(document))

    def facts(self) -> Dict[str, Any]:
        """What is declared and registered."""
        deployment = self.server.wait_until_serving("kept")
        models = self.run_command("model", "list", "--output", "json").content
        return {"revision": deployment["revision"], "models": models}

    def test_a_wiped_state_is_restored_and_serves_the_same_revisions(self) -> None:
        backup = Path(self._folder.name) / "backup"
        before = self.facts()
        done = self.run_command("backup", backup)
        self.assertEqual(done.code, command.DONE, done.err)
        self.server.run("deploy", "--scorer", str(self.tell), "--name", "late", "--", "late")
        self.server.stop()
        subprocess.run(["chmod", "-R", "u+w", str(self.server.state)], check=True)
        shutil.rmtree(self.server.state)

        restored = self.run_command("restore", backup)
        self.server.start()
        self.server.wait_until_up()

        self.assertEqual(restored.code, command.DONE, restored.err)
        self.assertEqual(sorted(one.name for one in backup.iterdir()), ["ledger.sqlite", "models"])
        self.assertEqual(self.facts(), before)
        self.assertEqual(self.score("kept", {}, "score"), (200, b"[second]"))
        names = [one["name"] for one in self.server.status()["endpoints"]]
        self.assertEqual(names, ["kept"])

    def test_what_is_there_is_never_written_over(self) -> None:
        taken = Path(self._folder.name) / "taken"
        first = self.run_command("backup", taken)
        again = self.run_command("backup", taken)
        into = self.run_command("restore", taken)
        nothing = command.run("restore", taken / "models", state=Path(self._folder.name) / "new")

        self.assertEqual(first.code, command.DONE, first.err)
        self.assertEqual(again.code, command.NO_ROOM, again.err)
        self.assertIn("name a folder that does not exist yet", again.err)
        self.assertEqual(into.code, command.NO_ROOM, into.err)
        self.assertIn("a server's state is there already", into.err)
        self.assertEqual(nothing.code, command.NOT_FOUND, nothing.err)

    def test_a_backup_that_was_changed_is_not_restored(self) -> None:
        backup = Path(self._folder.name) / "changed"
        new = Path(self._folder.name) / "elsewhere"
        self.assertEqual(self.run_command("backup", backup).code, command.DONE)
        weights = next(backup.rglob("weights.txt"))
        weights.chmod(0o644)
        weights.write_text("18", encoding="utf-8")

        refused = command.run("restore", backup, state=new)

        self.assertEqual(refused.code, command.FAILED, refused.err)
        self.assertIn("is not what its name says", refused.err)
        self.assertFalse(new.exists(), "a refused backup leaves no half of a state")


class Emptied(Commanded):
    """A server whose ledger is lost while it is down."""

    shares_environments = False

    def copies(self) -> List[str]:
        """The copies of models and programs that are kept."""
        return sorted(one.name for one in (self.server.state / "models").glob("?" * 64))

    def test_a_ledger_that_was_lost_takes_no_copy_with_it_and_what_to_do_is_told(self) -> None:
        tell = own_scorer.build(Path(self._folder.name) / "tell")
        self.server.run("deploy", "--scorer", str(tell), "--name", "lost", "--", "here")
        before = self.copies()
        self.server.stop()
        for part in self.server.state.glob("ledger.sqlite*"):
            part.unlink()

        for _ in range(2):
            self.server.start()
            self.server.wait_until_up()
            notices = " ".join(self.server.status()["server"]["notices"])
            self.server.stop()

            self.assertEqual(len(before), 1)
            self.assertEqual(self.copies(), before)
            self.assertIn("declares nothing, and 1 copy of models lies in", notices)
            self.assertIn("'scorekeeper restore'", notices)
        self.server.start()
        self.server.wait_until_up()


if __name__ == "__main__":
    import unittest

    unittest.main()
