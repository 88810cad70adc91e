# Scorekeeper: a model-serving supervisor.
# SPDX-License-Identifier: Apache-2.0

"""Documents that are handed to a server and cannot be: rows 19 to 31, 43 and 44 of bad input.

Each is refused with its place and a word of advice, at once; nothing of it is kept or started, and
what serves goes on in the process it has.
"""

from __future__ import annotations

import http.client
import unittest
from pathlib import Path
from typing import Any, Dict, NamedTuple, Optional

import command
from declared import Declared

# Four lines; what a case adds stands from the fifth on.
BASE = "endpoint_name: judged\nname: blue\nproperties:\n  scorekeeper.scorer: ./faulty\n"
SCRIPT = (
    "endpoint_name: judged\nname: blue\n"
    "code_configuration: { code: ./scripts, scoring_script: score.py }\n"
    "environment: { conda_file: conda.yaml }\n"
)
TRACE = Path("/dev/shm/scorekeeper-test-made-by-a-document")
BOMB = "tags:\n  a0: &a0 [x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"  a{level}: &a{level} [{', '.join([f'*a{level - 1}'] * 9)}]\n" for level in range(1, 9)
)


class Case(NamedTuple):
    """A bad document, where it is bad, and a word of what is said."""

    content: "str | bytes"
    place: str
    word: str


def with_base(more: str, place: str, word: str) -> Case:
    """A good deployment with something more."""
    return Case(BASE + more, place, word)


CASES: Dict[int, "tuple[Case, ...]"] = {
    19: (with_base(BOMB, "", "aliases expand more than 1000 times"),),
    20: (
        with_base("tags: " + "[" * 50_000, "5:", "more than 64 deep"),
        with_base("tags: " + "{a: " * 50_000, "5:", "more than 64 deep"),
    ),
    21: (with_base("name: green\n", "5:1", "'name'"),),
    22: (
        with_base(f"tags: !!python/object/apply:os.system ['touch {TRACE}']\n", "5:7", "python"),
        with_base("description: !mine text\n", "5:14", "!mine"),
    ),
    23: (
        with_base("tags: &a { b: *a }\n", "5:", "alias"),
        with_base("tags: *nobody\n", "5:7", "nobody"),
    ),
    24: (with_base("tags: &a { x: y }\nenvironment_variables:\n  <<: *a\n", "7:3", "<<"),),
    25: (
        with_base("---\nname: green\n", "5:1", "document"),
        Case("", "1:1", "empty"),
        Case("# nothing\n", "1:1", "empty"),
    ),
    26: (
        Case(BASE.encode("utf-16"), "1:1", "UTF-8"),
        Case(BASE.encode() + b"description: caf\xe9\n", "5:17", "UTF-8"),
        with_base("description: \x1b[31mred\n", "5:14", "control character"),
    ),
    28: (with_base("description: " + "x" * (20 << 20) + "\n", "", "1048576 bytes"),),
    43: (
        Case(BASE.replace("blue", "'..'"), "2:7", "name"),
        Case(BASE.replace("blue", "'%2e%2e'"), "2:7", "name"),
        Case(BASE.replace("blue", "b" * 33), "2:7", "32"),
        Case(BASE.replace("blue", "bl\u00fce"), "2:7", "name"),
        Case(BASE.replace("judged", "a"), "1:16", "name"),
    ),
    44: (
        with_base("instance_count: 0\n", "5:17", "1"),
        with_base("instance_count: -1\n", "5:17", "50"),
        with_base("instance_count: 1000000000\n", "5:17", "50"),
    ),
}

PIPS: Dict[int, Dict[str, str]] = {
    29: {
        "-r ../../requirements.txt": "leads out",
        "--index-url https://elsewhere.example/simple": "--index-url",
        "-e .": "editable",
        "file:///tmp/evil.whl": "file",
        "git+ssh://git@elsewhere.example/evil": "git",
        "https://elsewhere.example/evil-1.0-py3-none-any.whl": "not a package's name",
    },
    30: {
        "'a; rm -rf /'": "rm",
        "--target=/": "--target",
        "${HOME}": "HOME",
        "a==$(touch x)": "touch",
    },
}


class BadDocuments(Declared):
    """Every case is handed to one server, beside an endpoint that serves."""

    @classmethod
    def setUpClass(cls) -> None:
        super().setUpClass()
        cls.documents = Path(cls._folder.name)
        (cls.documents / "scripts").mkdir()
        (cls.documents / "scripts" / "score.py").write_text("def init(): ...\ndef run(d): ...\n")
        cls.server.run("deploy", "--scorer", str(cls.scorer), "--name", "beside")
        cls.server.wait_until_serving("beside")

    def setUp(self) -> None:
        self.before = self.state()

    def tearDown(self) -> None:
        self.assertEqual(self.state(), self.before)
        self.assertEqual(self.score("beside", b"fine", "score"), (200, b"fine"))

    def state(self) -> Any:
        """All that a document could have changed."""
        status = self.server.status()
        return (
            [one["name"] for one in status["endpoints"]],
            self.only_instance("beside")["pid"],
            status["gateway"]["pid"],
            [node["pid"] for node in status["nodes"]],
            sorted(one.name for one in (self.server.state / "models").iterdir()),
            TRACE.exists(),
        )

    def refuse(self, file: Path, place: str, word: str, verb: Optional[str] = None) -> None:
        """The document is refused there, by `deploy` and as a declared deployment."""
        verbs = [verb] if verb else ["deploy", "online-deployment create"]
        for one in verbs:
            done = self.run_command(*one.split(), "-f", self.documents / "judged.yml")
            self.assertEqual((done.code, done.out), (command.BAD_INPUT, ""), done.err[:500])
            self.assertIn(f"{file}:{place}", done.err[:2000])
            self.assertIn(word, done.err[:2000])

    def refuse_row(self, row: int) -> None:
        """Each case of the row."""
        for case in CASES[row]:
            content = case.content.encode() if isinstance(case.content, str) else case.content
            with self.subTest(row=row, content=content[:120]):
                file = self.documents / "judged.yml"
                file.write_bytes(content)
                self.refuse(file, case.place, case.word)

    def refuse_environment(self, requirement: str, place: str, word: str) -> None:
        """A script whose conda file has that line."""
        (self.documents / "judged.yml").write_text(SCRIPT)
        conda = self.documents / "conda.yaml"
        conda.write_text(f"dependencies:\n- python=3.11\n{requirement}\n")
        with self.subTest(requirement=requirement):
            self.refuse(conda, place, word, "deploy")

    def test_row_19_an_alias_bomb_does_not_expand(self) -> None:
        self.refuse_row(19)

    def test_row_20_fifty_thousand_brackets_are_not_followed(self) -> None:
        self.refuse_row(20)

    def test_row_21_a_key_that_stands_twice_is_refused_at_the_second(self) -> None:
        self.refuse_row(21)

    def test_row_22_a_tag_makes_no_object_and_runs_nothing(self) -> None:
        self.refuse_row(22)

    def test_row_23_an_alias_to_itself_or_to_nothing_is_refused(self) -> None:
        self.refuse_row(23)

    def test_row_24_a_merge_key_is_refused(self) -> None:
        self.refuse_row(24)

    def test_row_25_none_or_several_documents_are_refused(self) -> None:
        self.refuse_row(25)

    def test_row_26_other_encodings_are_refused_and_a_mark_of_this_one_is_not(self) -> None:
        self.refuse_row(26)
        file = self.documents / "marked.yml"
        file.write_bytes(b"\xef\xbb\xbf" + BASE.encode())
        self.assertEqual(command.run("check", "-f", file).code, command.DONE)

    def test_row_27_what_looks_like_a_number_stays_the_text_that_it_is(self) -> None:
        written = {"A": "no", "B": "1.10", "C": "012", "D": "1_000", "E": "0x10", "F": "1e3"}
        file = self.documents / "kept.yml"
        lines = "".join(f"  {name}: {value}\n" for name, value in written.items())
        file.write_text(BASE.replace("judged", "kept") + f"environment_variables:\n{lines}")
        self.server.run("deploy", "-f", str(file))
        self.server.wait_until_serving("kept")

        for name, value in written.items():
            said = self.score("kept", f"variable {name}".encode(), "score")
            self.assertEqual(said, (200, value.encode()))
        self.server.run("delete", "kept")
        self.wait_for("its end", lambda: self.state() == self.before)

    def test_row_28_twenty_mebibytes_are_refused_before_they_are_read(self) -> None:
        self.refuse_row(28)

    def test_row_29_what_makes_an_installer_look_elsewhere_is_refused(self) -> None:
        for line, word in PIPS[29].items():
            self.refuse_environment(f"- pip:\n  - {line}", "4:", word)

    def test_row_30_what_is_no_requirement_is_refused_and_reaches_no_shell(self) -> None:
        for line, word in PIPS[30].items():
            self.refuse_environment(f"- pip:\n  - {line}", "4:", word)

    def test_row_31_what_only_conda_has_is_refused_by_name(self) -> None:
        self.refuse_environment("- cudatoolkit=11.8", "3:3", "'cudatoolkit'")

    def test_row_43_names_and_shares_that_break_their_rule_are_refused(self) -> None:
        self.refuse_row(43)
        self.create("ruled")
        self.add("ruled", "blue", str(self.scorer))
        self.before = self.state()
        shares = {
            "101": "100", "-1": "0 to 100", ".nan": "0 to 100", "'50'": "", "50": "100", "1e2": "",
        }  # fmt: skip
        for share, word in shares.items():
            with self.subTest(share=share):
                file = self.documents / "judged.yml"
                file.write_text(f"name: ruled\ntraffic: {{ blue: {share} }}\n")
                self.refuse(file, "2:", word, "online-endpoint update")
        for name in ("..", "%2e%2e", "a" * 33, "\u00e9-x", ""):
            with self.subTest(name=name):
                done = self.run_command("online-endpoint", "create", "-n", name)
                self.assertIn(done.code, (command.BAD_INPUT, command.NO_COMMAND), done)
        for path in ("..", "%2e%2e", "%2e%2e/beside", "a" * 33):
            with self.subTest(path=path):
                self.assertIn(self.status_of(f"/endpoints/{path}/score"), (400, 404))

    def status_of(self, path: str) -> int:
        """What a request for exactly that path is answered with."""
        connection = http.client.HTTPConnection("127.0.0.1", self.server.port, timeout=60)
        try:
            connection.request("POST", path, b"{}", {"Content-Type": "application/json"})
            return connection.getresponse().status
        finally:
            connection.close()

    def test_row_44_counts_that_cannot_be_and_more_than_there_is_are_refused(self) -> None:
        self.refuse_row(44)
        file = self.documents / "vast.yml"
        file.write_text(BASE + "instance_type: Standard_D64_v5\ninstance_count: 50\n")

        done = self.run_command("deploy", "-f", file)

        self.assertEqual(done.code, command.NO_ROOM, done.err)
        self.assertIn("OutOfQuota: needs 60 x 64 = 3840 cores", done.err)


if __name__ == "__main__":
    unittest.main()
