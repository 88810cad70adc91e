# Scorekeeper: a model-serving supervisor.
# SPDX-License-Identifier: Apache-2.0

"""A failure's sentence names what, where in the model's code, and the setting that may help."""

from __future__ import annotations

import errno
import os
import socket
import tempfile
import types
import unittest
from typing import Callable, Optional

import runtime_path  # noqa: F401
from scorekeeper_scorer import failure


def raised(action: Callable[[], object]) -> BaseException:
    try:
        action()
    except BaseException as error:
        return error
    raise AssertionError("nothing was raised")


def raising(error: BaseException, cause: Optional[BaseException] = None) -> BaseException:
    def action() -> None:
        raise error from cause

    return raised(action)


class Failure(unittest.TestCase):
    def test_names_the_deepest_line_of_the_models_own_code(self) -> None:
        with tempfile.TemporaryDirectory() as model:
            path = os.path.join(model, "code", "mine.py")
            os.mkdir(os.path.dirname(path))
            source = "import json\n\ndef load():\n    return read()\n"
            source += "\ndef read():\n    return json.loads('{')\n"
            with open(path, "w", encoding="utf-8") as file:
                file.write(source)
            module = types.ModuleType("mine")
            exec(compile(source, path, "exec"), module.__dict__)

            text = failure.sentence(raised(module.load), model)

            self.assertTrue(text.startswith("JSONDecodeError: Expecting property name"), text)
            self.assertTrue(text.endswith("(code/mine.py:7 in read)"), text)

    def test_a_denied_file_names_the_sandbox_and_the_setting(self) -> None:
        for code in (errno.EACCES, errno.EROFS, errno.EPERM):
            with self.subTest(code):
                denied = OSError(code, os.strerror(code), "/root/.cache/x")
                self.assertIn("only under /tmp", failure.sentence(raising(denied), "/model"))

    def test_a_network_error_names_egress_however_deep_it_is_wrapped(self) -> None:
        setting = "egress_public_network_access: enabled"
        resolve = socket.gaierror(socket.EAI_AGAIN, "Temporary failure in name resolution")
        unreachable = OSError(errno.ENETUNREACH, "Network is unreachable")
        for cause in (resolve, unreachable, type("MaxRetryError", (Exception,), {})("x")):
            with self.subTest(type(cause).__name__):
                error = raising(RuntimeError("cannot fetch weights"), raising(cause))
                self.assertIn(setting, failure.sentence(error, "/model"))

    def test_an_error_raised_while_another_was_handled_counts_too(self) -> None:
        def action() -> None:
            try:
                raise OSError(errno.ENETUNREACH, "Network is unreachable")
            except OSError:
                raise KeyError("weights")

        self.assertEqual(failure.sandbox_hint(raised(action)), failure.NETWORK_HINT)

    def test_a_denied_socket_is_about_the_network(self) -> None:

        source = "def connect():\n    raise PermissionError(1, 'Operation not permitted')\n"
        module = types.ModuleType("socket_like")
        exec(compile(source, "/usr/lib/python3/socket.py", "exec"), module.__dict__)
        self.assertIn("egress", failure.sentence(raised(module.connect), "/model"))

    def test_an_ordinary_error_gets_no_hint(self) -> None:
        self.assertIsNone(failure.sandbox_hint(raising(ValueError("x"))))
        self.assertIsNone(failure.sandbox_hint(raising(FileNotFoundError(2, "no", "/model/x"))))

    def test_a_long_message_keeps_its_hint(self) -> None:
        error = raising(PermissionError(errno.EACCES, "\u20ac\ud800" * 5_000, "/y"))
        text = failure.sentence(error, "/model")
        self.assertLessEqual(len(text.encode("utf-8")), failure.LONGEST_SENTENCE)
        self.assertTrue(text.endswith(failure.FILE_HINT))

    def test_an_error_that_cannot_say_what_it_is_is_told_by_its_name(self) -> None:
        class Mute(Exception):
            def __str__(self) -> str:
                raise SystemExit(1)

        text = failure.sentence(raising(Mute()), "/model")
        self.assertRegex(text, r"^Mute \(.* in action\)$")

    def test_causes_in_a_ring_end(self) -> None:
        first, second = ValueError("a"), ValueError("b")
        first.__cause__, second.__cause__ = second, first
        self.assertEqual(list(failure.chain(first)), [first, second])


if __name__ == "__main__":
    unittest.main()
