# Scorekeeper: a model-serving supervisor.
# SPDX-License-Identifier: Apache-2.0

"""Archives of models: dropped, deployed, replaced, removed; and those that are refused whole."""

from __future__ import annotations

import io
import json
import tarfile
import unittest
import zipfile
from pathlib import Path
from typing import Any

import command
import models
from harness import EndToEnd

ONE = {"inputs": [[1]]}


class Archives(EndToEnd):
    """The models folder and `deploy` take them alike."""

    def pack(self, name: str, code: str, above: str = "") -> Path:
        """An archive of a model beside the models folder, by its ending."""
        folder = models.write(Path(self._folder.name) / "aside" / f"{name}.folder", code)
        path = folder.parent / name
        if name.endswith(".zip"):
            with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
                for file in sorted(folder.rglob("*")):
                    archive.write(file, above + str(file.relative_to(folder)))
        else:
            with tarfile.open(path, "w:gz") as archive:
                archive.add(folder, above or ".")
        return path

    def answer(self, name: str) -> Any:
        """What the endpoint predicts."""
        status, body = self.score(name, ONE)
        self.assertEqual(status, 200, body)
        return json.loads(body)["predictions"]

    def test_a_dropped_archive_is_served_by_its_name_replaced_and_removed(self) -> None:
        target = self.server.models / "packed.tar.gz"
        (self.server.models / "packed.yml").write_text("instance_count: 1\n")
        self.pack("packed.tar.gz", models.answering("old"), above="run/model").rename(target)
        self.server.wait_until_serving("packed")
        self.assertEqual(self.answer("packed"), "old")

        # A folder in the archive's place is the same endpoint.
        folder = Path(self._folder.name) / "aside" / "packed"
        models.write(folder, models.answering("new"))
        target.unlink()
        folder.rename(self.server.models / "packed")

        def is_new() -> bool:
            status, body = self.score("packed", ONE)
            return status == 200 and json.loads(body)["predictions"] == "new"

        self.wait_for("the folder's answer", is_new)

        (self.server.models / "packed").rename(folder)
        self.wait_for("the removal", lambda: self.server.deployment("packed") is None)

    def test_a_deployed_zip_with_a_folder_above_is_served(self) -> None:
        path = self.pack("zipped.zip", models.answering("zipped"), above="artifacts/model/")

        done = command.run("deploy", path, state=self.server.state)

        self.assertEqual(done.code, command.DONE, done)
        self.assertEqual(self.answer("zipped"), "zipped")

    def test_an_archive_that_climbs_out_is_refused_and_leaves_nothing(self) -> None:
        before = {entry.name for entry in (self.server.state / "models").iterdir()}
        target = self.server.models / "evil.tar.gz"
        aside = Path(self._folder.name) / "evil"
        with tarfile.open(aside, "w:gz") as archive:
            for name in ("MLmodel", "../../climbed"):
                entry = tarfile.TarInfo(name)
                entry.size = 1
                archive.addfile(entry, io.BytesIO(b"x"))
        aside.rename(target)

        check = command.run("check", target)
        deploy = command.run("deploy", target, state=self.server.state)

        self.assertEqual((check.code, deploy.code), (command.BAD_INPUT, command.BAD_INPUT))
        for told in (check.out, deploy.err):
            self.assertIn("'../../climbed' in it would be written outside the model", told)

        def notice() -> Any:
            return [one for one in self.server.status()["server"]["notices"] if "evil" in one]

        self.assertIn("climbed", self.wait_for("the notice", notice)[0])
        after = {entry.name for entry in (self.server.state / "models").iterdir()}
        self.assertEqual([name for name in after - before if name.startswith(".")], [])
        self.assertFalse((self.server.state / "climbed").exists())
        self.assertIsNone(self.server.deployment("evil"))


if __name__ == "__main__":
    unittest.main()
