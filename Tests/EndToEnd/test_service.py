# Scorekeeper: a model-serving supervisor.
# SPDX-License-Identifier: Apache-2.0

"""Scripts/install --service: the unit that has systemd run a server."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
import unittest
from pathlib import Path
from typing import Dict, List

from harness import ROOT, program

UNIT = "etc/systemd/system/scorekeeper.service"


class Service(unittest.TestCase):
    """Installed into a package's folder, under a prefix."""

    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.package = Path(folder.name)

    def install(self, *options: str, prefix: str = "/opt/scorekeeper") -> str:
        """Runs Scripts/install for the build under test."""
        command = [str(ROOT / "Scripts" / "install"), "--prefix", prefix, *options]
        command += ["--configuration", program().resolve().parent.name]
        environment = {**os.environ, "DESTDIR": str(self.package)}
        done = subprocess.run(command, env=environment, check=True, capture_output=True)
        return done.stdout.decode()

    def settings(self) -> Dict[str, str]:
        """What the unit says of the service."""
        lines = (self.package / UNIT).read_text(encoding="utf-8").splitlines()
        return dict(line.split("=", 1) for line in lines if "=" in line)

    def test_the_unit_keeps_gateway_and_nodes_alive_and_drains_them_when_stopped(self) -> None:
        self.install("--service")

        settings = self.settings()
        start = settings["ExecStart"].split()
        reload = settings["ExecReload"].split()
        self.assertEqual(start[:2], ["/opt/scorekeeper/bin/scorekeeper", "serve"])
        self.assertEqual(reload[:2], ["/opt/scorekeeper/bin/scorekeeper", "handover"])
        state = start[start.index("--state") + 1]
        self.assertEqual(reload[reload.index("--state") + 1], state)
        self.assertEqual(state, f"/var/lib/{settings['StateDirectory']}")
        models = start[start.index("--models") + 1]
        self.assertTrue((self.package / models.lstrip("/")).is_dir())
        self.assertEqual(settings["KillMode"], "process")
        self.assertEqual(settings["Restart"], "always")
        self.assertEqual(settings["Delegate"], "yes")
        self.assertGreaterEqual(int(settings["LimitNOFILE"]), 65_536)

    def test_systemd_understands_the_unit(self) -> None:
        if shutil.which("systemd-analyze") is None:
            self.skipTest("systemd-analyze is not installed")
        self.install("--service")
        text = (self.package / UNIT).read_text(encoding="utf-8")
        here = self.package / "scorekeeper.service"
        here.write_text(text.replace("=/opt/", f"={self.package}/opt/"), encoding="utf-8")

        done = subprocess.run(["systemd-analyze", "verify", str(here)], capture_output=True)

        self.assertEqual(self.complaints(done.stderr.decode()), [])

    @staticmethod
    def complaints(text: str) -> List[str]:
        """What it says of our unit; versions before 254 do not know one setting."""
        lines = [line for line in text.splitlines() if "scorekeeper.service" in line]
        return [line for line in lines if "DelegateSubgroup" not in line]

    def test_it_is_removed_with_its_prefix_and_another_prefix_leaves_it(self) -> None:
        without = self.install()
        self.assertFalse((self.package / UNIT).exists(), without)
        self.install("--service")
        self.install(prefix="/other")

        self.install("--remove", prefix="/other")
        self.assertTrue((self.package / UNIT).exists())
        self.install("--remove")

        self.assertFalse((self.package / UNIT).exists())
        self.assertTrue((self.package / "srv/scorekeeper/models").is_dir())


if __name__ == "__main__":
    unittest.main()
