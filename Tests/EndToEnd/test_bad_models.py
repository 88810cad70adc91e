# Scorekeeper: a model-serving supervisor.
# SPDX-License-Identifier: Apache-2.0

"""Models that misbehave are told apart, in words, and harm nobody else."""

from __future__ import annotations

import json
import unittest
from typing import Any, Dict

import models
from harness import EndToEnd

ONE = {"inputs": [[1]]}


class BadModels(EndToEnd):
    """A good neighbour serves all the while."""

    @classmethod
    def setUpClass(cls) -> None:
        super().setUpClass()
        models.write(cls.server.models / "neighbour", models.answering("fine"))
        cls.server.wait_until_serving("neighbour")

    def tearDown(self) -> None:
        answer = json.loads(self.score("neighbour", ONE)[1])
        self.assertEqual(answer, {"predictions": "fine"})

    def drop(self, name: str, code: str, settings: str = "") -> None:
        """A model with its settings."""
        if settings:
            (self.server.models / f"{name}.yml").write_text(settings)
        models.write(self.server.models / name, code)

    def failure(self, name: str) -> Dict[str, Any]:
        """The deployment, once it has failed."""

        def look() -> Any:
            found = self.server.deployment(name)
            return found if found and found["state"] == "failed" else None

        found: Dict[str, Any] = self.wait_for(f"the failure of '{name}'", look)
        return found

    def test_12_a_failing_import_names_the_module(self) -> None:
        self.drop("imports", "import a_module_that_is_not_there")

        self.assertIn("a_module_that_is_not_there", self.failure("imports")["why"])
        status, body = self.score("imports", ONE)
        self.assertEqual(status, 503)
        self.assertIn(b"'scorekeeper status imports'", body)
        self.assertNotIn(b"a_module_that_is_not_there", body)

    def test_13_a_failing_load_tells_the_exception_and_its_line(self) -> None:
        self.drop(
            "loads",
            """
            def _load_pyfunc(path, model_config=None):
                raise ValueError('the weights are not the weights')
            """,
        )

        why = self.failure("loads")["why"]
        self.assertIn("the weights are not the weights", why)
        self.assertIn("the_model.py", why)

    def test_a_load_that_wants_the_network_names_the_setting(self) -> None:
        self.drop(
            "networked",
            """
            import socket

            def _load_pyfunc(path, model_config=None):
                socket.create_connection(('192.0.2.1', 80), timeout=5)
            """,
        )

        self.assertIn("egress_public_network_access", self.failure("networked")["why"])

    def test_a_failure_of_the_model_is_shown_to_callers_only_where_that_is_set(self) -> None:
        code = """
            class Model:
                def predict(self, model_input, params=None):
                    raise RuntimeError('the sum does not add up')

            def _load_pyfunc(path, model_config=None):
                return Model()
        """
        self.drop("discreet", code)
        self.drop("candid", code, "properties:\n  scorekeeper.debug_errors: 'on'\n")
        self.server.wait_until_serving("discreet")
        self.server.wait_until_serving("candid")

        discreet, candid = self.score("discreet", ONE), self.score("candid", ONE)

        self.assertEqual((discreet[0], candid[0]), (400, 400))
        self.assertNotIn(b"the_model.py", discreet[1])
        self.assertIn(b"the_model.py", candid[1])
        self.assertIn("the sum does not add up", self.server.run("logs", "discreet"))

    def test_14_a_load_that_hangs_is_given_up_at_its_deadline(self) -> None:
        self.drop(
            "hanging",
            """
            import time

            def _load_pyfunc(path, model_config=None):
                time.sleep(3600)
            """,
            "properties:\n  scorekeeper.start_deadline: '2'\n",
        )

        self.assertIn("2", self.failure("hanging")["why"])

    def test_15_running_out_of_memory_is_told_apart(self) -> None:
        self.drop(
            "hungry",
            """
            def _load_pyfunc(path, model_config=None):
                return bytearray(8 << 30).hex()
            """,
        )

        self.assertIn("memory", self.failure("hungry")["why"])

    def test_16_a_scorer_that_leaves_in_the_middle_is_convicted_alone(self) -> None:
        self.drop(
            "leaving",
            """
            import os

            class Model:
                def predict(self, model_input, params=None):
                    if model_input[0][0] == 13:
                        os._exit(7)
                    return model_input

            def _load_pyfunc(path, model_config=None):
                return Model()
            """,
        )
        self.server.wait_until_serving("leaving")

        status, body = self.score("leaving", {"inputs": [[13]]})

        self.assertEqual(status, 502)
        self.assertIn(b"leaving", body)
        status, body = self.score("leaving", {"inputs": [[12]]})
        self.assertEqual((status, json.loads(body)), (200, {"predictions": [[12]]}))

    def test_26_a_scorer_that_scribbles_over_its_answers_is_lost_alone(self) -> None:
        self.drop(
            "scribbling",
            """
            import ctypes, os, threading

            def lanes():
                with open('/proc/self/maps') as maps:
                    for line in maps:
                        place, powers, *_ = line.split()
                        if 'memfd:' in line and powers == 'rw-s':
                            start, end = (int(half, 16) for half in place.split('-'))
                            yield start, end - start

            def scribble(regions):
                while True:
                    for start, size in regions:
                        ctypes.memset(start, os.urandom(1)[0], size)

            class Model:
                scribbles = False

                def predict(self, model_input, params=None):
                    if model_input[0][0] == 13:
                        regions = list(lanes())
                        if not regions:
                            raise RuntimeError('there is nothing to scribble over')
                        threading.Thread(target=scribble, args=(regions,), daemon=True).start()
                        self.scribbles = True
                    return [[0]] if self.scribbles else model_input

            def _load_pyfunc(path, model_config=None):
                return Model()
            """,
        )
        self.server.wait_until_serving("scribbling")
        before = self.only_instance("scribbling")
        neighbour = self.only_instance("neighbour")
        gateway = self.server.status()["gateway"]

        # Until it is found out it may answer what it likes, as any model may.
        self.assertIn(self.score("scribbling", {"inputs": [[13]]})[0], (200, 502))

        # The request may have been given to its successor too, which then scribbles as well: only
        # one that was never asked for it answers with what it was given.
        def is_replaced() -> bool:
            status, body = self.score("scribbling", {"inputs": [[12]]})
            self.assertIn(status, (200, 400, 500, 502))
            return status == 200 and b"[[12]]" in body

        self.wait_for("a successor in its place", is_replaced)
        self.assertGreater(self.only_instance("scribbling")["incarnation"], before["incarnation"])
        self.assertFalse(self.is_alive(before["pid"]))
        self.assertEqual(self.only_instance("neighbour")["pid"], neighbour["pid"])
        self.assertEqual(self.server.status()["gateway"], gateway)

    def test_17_what_a_scorer_forked_dies_with_it(self) -> None:
        self.drop(
            "forking",
            """
            import os, time

            def _load_pyfunc(path, model_config=None):
                if os.fork() == 0:
                    os.setsid()
                    if os.fork() == 0:
                        time.sleep(3600)
                    os._exit(0)
                return Model()

            class Model:
                def predict(self, model_input, params=None):
                    return sorted(name for name in os.listdir('/proc') if name.isdigit())
            """,
        )
        self.server.wait_until_serving("forking")
        before = self.only_instance("forking")
        self.assertGreater(len(json.loads(self.score("forking", ONE)[1])["predictions"]), 2)
        daemons = self.daemons_beside(before["pid"])
        self.assertNotEqual(daemons, [])

        self.kill(before["pid"])

        self.wait_for(
            "the end of its tree",
            lambda: not any(self.is_alive(pid) for pid in daemons),
        )

    def daemons_beside(self, pid: int) -> "list[int]":
        """Processes in the same pid namespace as the scorer, besides it and its init."""
        import os

        space = os.readlink(f"/proc/{pid}/ns/pid")
        found = []
        for name in os.listdir("/proc"):
            try:
                if name.isdigit() and os.readlink(f"/proc/{name}/ns/pid") == space:
                    found.append(int(name))
            except OSError:
                continue
        return [one for one in found if one != pid]


if __name__ == "__main__":
    unittest.main()
