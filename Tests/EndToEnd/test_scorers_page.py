# Scorekeeper: a model-serving supervisor.
# SPDX-License-Identifier: Apache-2.0

"""SCORERS.md and Scripts/install, as a new user would: every line of the page does what it says."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path
from typing import Dict, List

from harness import EndToEnd, ROOT, program
from page import snippets, whole_c

CHECK_NAMES = """
import ast, sys
import scorekeeper_kit as kit
tree = ast.parse(sys.stdin.read())
owner = {"kit": kit, "request": kit.Request, "scorer": kit.Scorer}
for node in ast.walk(tree):
    if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
        getattr(owner.get(node.value.id, object), node.attr) if node.value.id in owner else None
"""


def install(prefix: Path, *options: str) -> None:
    """Runs Scripts/install for the build under test."""
    command = [str(ROOT / "Scripts" / "install"), "--prefix", str(prefix), *options]
    command += ["--configuration", program().resolve().parent.name]
    subprocess.run(command, check=True, capture_output=True)


class ScorersPage(EndToEnd):
    """What the page shows."""

    prefix: Path

    @classmethod
    def prepare(cls, folder: Path) -> Path:
        cls.prefix = folder / "prefix"
        install(cls.prefix)
        return cls.prefix / "bin" / "scorekeeper"

    def environment(self) -> Dict[str, str]:
        """What a person's shell has once all is installed."""
        return {
            **os.environ,
            "PATH": f"{self.prefix / 'bin'}:{os.environ['PATH']}",
            "PKG_CONFIG_PATH": str(self.prefix / "lib" / "pkgconfig"),
            "SCOREKEEPER_STATE": str(self.server.state),
        }

    def shell(self, line: str, folder: Path) -> str:
        """Types a line; what it prints."""
        done = subprocess.run(
            ["bash", "-c", line], cwd=folder, env=self.environment(), capture_output=True
        )
        self.assertEqual(done.returncode, 0, (line, done.stdout, done.stderr))
        return done.stdout.decode()

    def folder(self, name: str) -> Path:
        """A new folder."""
        folder = Path(self._folder.name) / name
        folder.mkdir()
        return folder

    def test_its_first_scorer_answers_and_refuses_as_it_says(self) -> None:
        folder = self.folder("mean")
        (folder / "mean.c").write_text(snippets("c")[0], encoding="utf-8")
        build, deploy, ask = snippets("sh")[0].splitlines()
        ask = ask.replace("127.0.0.1:8080", f"127.0.0.1:{self.server.port}")

        self.shell(build, folder)
        self.shell(deploy, folder)

        self.assertEqual(self.shell(ask, folder), "3\n")
        refused = self.shell(ask.replace("[1, 2, 6]", '[1, "two"]'), folder)
        self.assertIn("the body does not fit at byte 4, where a text stands; send", refused)

    def test_its_document_is_accepted(self) -> None:
        folder = self.folder("document")
        shutil.copy("/bin/true", folder / "mean")
        (folder / "mean.yml").write_text(snippets("yaml")[0], encoding="utf-8")

        checked = self.shell("scorekeeper check -f mean.yml", folder)

        self.assertIn("endpoint    mean\n", checked)
        self.assertIn("instances   2\n", checked)

    def test_each_c_snippet_compiles_against_the_installed_header(self) -> None:
        folder = self.folder("c")
        flags = self.shell("pkg-config --cflags scorekeeper-scorer", folder).split()
        for number, snippet in enumerate(snippets("c")):
            file = folder / f"{number}.c"
            file.write_text(whole_c(snippet), encoding="utf-8")
            for compiler in self.compilers():
                with self.subTest(snippet=snippet, compiler=compiler):
                    subprocess.run(
                        [compiler, "-std=gnu11", "-Wall", "-Werror", *flags, "-c", str(file)],
                        cwd=folder,
                        check=True,
                    )

    @staticmethod
    def compilers() -> List[str]:
        """The C compilers that are here."""
        return [name for name in ("cc", "clang") if shutil.which(name)]

    def test_its_swift_snippet_compiles_against_the_library_product(self) -> None:
        folder = self.folder("swift")
        sources = sorted(str(file) for file in (ROOT / "Sources" / "ScorerKit").glob("*.swift"))
        headers = ["-I", str(ROOT / "Sources" / "CScorerKit" / "include")]
        module = ["-parse-as-library", "-module-name", "ScorerKit", "-emit-module"]
        subprocess.run(["swiftc", *headers, *module, *sources], cwd=folder, check=True)
        for snippet in snippets("swift"):
            (folder / "main.swift").write_text(snippet, encoding="utf-8")
            check = ["swiftc", "-typecheck", "-I", str(folder), *headers, "main.swift"]
            subprocess.run(check, cwd=folder, check=True)

    def test_its_python_snippet_names_what_the_kit_has(self) -> None:
        kit = self.prefix / "lib" / "scorekeeper" / "support" / "python"
        for snippet in snippets("python"):
            subprocess.run(
                [sys.executable, "-B", "-c", CHECK_NAMES],
                input=snippet.encode(),
                env={**os.environ, "PYTHONPATH": str(kit)},
                check=True,
            )


class Installation(unittest.TestCase):
    """Scripts/install by itself."""

    def test_a_scorer_links_statically_and_shared_with_pkg_config_alone(self) -> None:
        with self.installed() as prefix:
            folder = prefix / "work"
            folder.mkdir()
            shutil.copy(ROOT / "Samples" / "byoc-c" / "echo.c", folder)
            environment = {**os.environ, "PKG_CONFIG_PATH": str(prefix / "lib" / "pkgconfig")}
            flags = "$(pkg-config --cflags --libs scorekeeper-scorer)"
            for line in (f"cc -static -o static echo.c {flags}", f"cc -o shared echo.c {flags}"):
                subprocess.run(["bash", "-c", line], cwd=folder, env=environment, check=True)
            library = str(prefix / "lib")
            for name, needs in (("static", False), ("shared", True)):
                needed = subprocess.run(
                    ["readelf", "-d", name], cwd=folder, capture_output=True, check=True
                ).stdout.decode()
                self.assertEqual("[libscorer.so.1]" in needed, needs, needed)
                # No lane: it says so, which it can only say where its library was found.
                ended = subprocess.run(
                    [str(folder / name)],
                    env={"LD_LIBRARY_PATH": library, "SCOREKEEPER_LANE_FD": "99"},
                    capture_output=True,
                )
                self.assertEqual(ended.returncode, 4, ended)
                self.assertIn(b"cannot go on: the kernel refused", ended.stderr)

    def test_what_was_installed_is_removed_and_nothing_else(self) -> None:
        with self.installed() as prefix:
            (prefix / "lib" / "other.so").touch()

            install(prefix, "--remove")

            left = sorted(str(path.relative_to(prefix)) for path in prefix.rglob("*"))
            self.assertEqual(left, ["lib", "lib/other.so"])

    def test_folders_that_were_there_stay_and_those_that_were_made_go(self) -> None:
        with tempfile.TemporaryDirectory() as name:
            prefix = Path(name) / "deep" / "prefix"
            (Path(name) / "deep").mkdir()
            install(prefix)
            install(prefix)

            install(prefix, "--remove")
            made = list(Path(name).rglob("*"))
            (prefix / "bin").mkdir(parents=True)
            install(prefix)
            install(prefix, "--remove")

            self.assertEqual(made, [Path(name) / "deep"])
            self.assertEqual(sorted(prefix.rglob("*")), [prefix / "bin"])

    @staticmethod
    def installed() -> "_Prefix":
        """A prefix of its own."""
        return _Prefix()


class _Prefix:
    """A temporary prefix in which everything is installed."""

    def __enter__(self) -> Path:
        self._folder = tempfile.TemporaryDirectory()
        prefix = Path(self._folder.name)
        install(prefix)
        return prefix

    def __exit__(self, *_: object) -> None:
        self._folder.cleanup()


if __name__ == "__main__":
    unittest.main()
