# Scorekeeper: a model-serving supervisor.
# SPDX-License-Identifier: Apache-2.0

"""A model whose MLmodel or conda file is broken is refused with the place, at once.

It is refused by `check`, by `deploy`, and in the models folder by a notice; nothing is started and
the server goes on.
"""

from __future__ import annotations

import time
import unittest
from pathlib import Path
from typing import Any, NamedTuple

import command
import models
from harness import EndToEnd

ONLY_CONDA = models.MLMODEL.replace("      virtualenv: python_env.yaml\n", "")
BOMB = b"a0: &a0 [x, x, x, x, x, x, x, x, x]\n" + b"".join(
    b"a%d: &a%d [%s]\n" % (level, level, b", ".join([b"*a%d" % (level - 1)] * 9))
    for level in range(1, 9)
)
TRACE = "/dev/shm/scorekeeper-test-made"
TAG = f"name: !!python/object/apply:os.system ['touch {TRACE}']\n".encode()
PIP = b"dependencies:\n- python=3.11.2\n- pip:\n  - -r ../../requirements.txt\n"


class Case(NamedTuple):
    """A bad text, and what must be said of it."""

    number: int
    name: str
    content: bytes
    place: str
    word: str
    files: "tuple[str, ...]" = ("MLmodel", "conda.yaml")


def mlmodel(part: str, instead: str) -> bytes:
    """A good MLmodel with one thing changed."""
    return ONLY_CONDA.replace(part, instead).encode()


CASES = (
    Case(18, "empty", b"", "1:1", "is empty"),
    Case(19, "broken", b"name: x\nflavors: {a: [b}\n", "2:16", "not YAML"),
    Case(19, "binary", b"name: x\n\x00\x01\n", "2:1", "control character"),
    Case(20, "brackets", b"[" * (1 << 20), "1:65", "more than 64 deep"),
    Case(21, "bomb", BOMB, "5:10", "aliases expand more than 1000 times"),
    Case(22, "tagged", TAG, "1:7", "python/object/apply:os.system"),
    Case(23, "up", mlmodel("code: code", "code: ../../code"), "3:11", "leads out", ("MLmodel",)),
    Case(23, "root", mlmodel("code: code", "code: /etc"), "3:11", "is absolute", ("MLmodel",)),
    Case(23, "env", mlmodel("conda: ", "conda: ../"), "5:14", "leads out", ("MLmodel",)),
    Case(23, "within", mlmodel("code: code", "code: a/../../b"), "3:11", "", ("MLmodel",)),
    Case(23, "pip", PIP, "4:5", "../../requirements.txt", ("conda.yaml",)),
)


class BadFiles(EndToEnd):
    """Each bad text, as MLmodel and as conda file, all of them dropped at once."""

    @classmethod
    def setUpClass(cls) -> None:
        super().setUpClass()
        for case in CASES:
            for file in case.files:
                aside = Path(cls._folder.name) / "aside" / cls.name(case, file)
                models.write(aside, models.answering("never"))
                (aside / "MLmodel").write_text(ONLY_CONDA)
                for other in ("python_env.yaml", "requirements.txt"):
                    (aside / other).unlink()
                (aside / file).write_bytes(case.content)
                aside.rename(cls.server.models / aside.name)

    @staticmethod
    def name(case: Case, file: str) -> str:
        """The model's name."""
        return f"{case.name}-{file.partition('.')[0].lower()}"

    def assert_refused(self, number: int) -> None:
        """Each case of that number, however the model comes in."""
        for case in CASES:
            for file in case.files if case.number == number else ():
                with self.subTest(f"{case.name} {file}"):
                    self.assert_case_refused(case, file)

    def assert_case_refused(self, case: Case, file: str) -> None:
        """By `check`, by `deploy` and in the models folder, with its place, at once."""
        name = self.name(case, file)
        model = self.server.models / name
        told = f"{model}/{file}:{case.place}: "

        began = time.monotonic()
        check = command.run("check", model)
        # As much as this machine may be late; a quadratic reader would take minutes.
        self.assertLess(time.monotonic() - began, 10)
        self.assertEqual(check.code, command.BAD_INPUT, check)
        problem = next((line for line in check.out.splitlines() if told in line), check.out)
        self.assertTrue(problem.startswith("problem: " + told), problem)
        self.assertIn(case.word, problem)

        deploy = command.run("deploy", model, state=self.server.state)
        self.assertEqual(deploy.code, command.BAD_INPUT, deploy)
        self.assertIn(told, deploy.err)
        self.assertIn(case.word, deploy.err)

        def notice() -> Any:
            return [one for one in self.server.status()["server"]["notices"] if told in one]

        self.assertIn(case.word, self.wait_for(f"the notice about '{name}'", notice)[0])
        self.assertIsNone(self.server.deployment(name))

    def test_18_an_empty_file_is_refused(self) -> None:
        self.assert_refused(18)

    def test_19_a_file_that_is_not_yaml_is_refused_where_it_breaks(self) -> None:
        self.assert_refused(19)

    def test_20_a_mebibyte_of_brackets_is_refused_at_the_sixty_fifth(self) -> None:
        self.assert_refused(20)

    def test_21_an_alias_bomb_is_refused_before_it_expands(self) -> None:
        self.assert_refused(21)

    def test_22_a_tag_that_makes_objects_is_refused_and_makes_none(self) -> None:
        Path(TRACE).unlink(missing_ok=True)

        self.assert_refused(22)

        self.assertFalse(Path(TRACE).exists())

    def test_23_paths_that_lead_out_of_the_model_are_refused(self) -> None:
        self.assert_refused(23)


if __name__ == "__main__":
    unittest.main()
