# Scorekeeper: a model-serving supervisor.
# SPDX-License-Identifier: Apache-2.0

"""Rows 2, 4 and 5 of the fault table, in Python: a model that crashes, stops or never ends."""

from __future__ import annotations

import json
import time
import unittest
from pathlib import Path

import models
from faulty import signal_in
from harness import EndToEnd

OBEYING = """
    import ctypes
    import os
    import signal

    class Model:
        def predict(self, model_input, params=None):
            word = int(model_input[0][0])
            if word == 2:
                ctypes.string_at(0)
            if word == 4:
                os.kill(os.getpid(), signal.SIGSTOP)
            while word == 5:
                pass
            return os.getpid()

    def _load_pyfunc(path, model_config=None):
        return Model()
"""

SETTINGS = "request_settings: { request_timeout_ms: 2500 }\n"


class FaultyModel(EndToEnd):
    """One instance; a request says what becomes of it. Default settings but for the deadline."""

    @classmethod
    def setUpClass(cls) -> None:
        super().setUpClass()
        model = models.write(Path(cls._folder.name) / "deployed" / "obeying", OBEYING)
        model.with_name("obeying.yml").write_text(SETTINGS)
        cls.server.run("deploy", str(model), "--name", "obeying")

    def fails(self, row: int, word: int, status: int) -> str:
        """Asks for that fault; returns what the journal says once another process serves."""
        self.server.wait_until_serving("obeying")
        before = self.only_instance("obeying")
        began = time.monotonic()

        answered, body = self.score("obeying", {"inputs": [[word]]})
        told = time.monotonic()
        self.wait_for(
            "a new life",
            lambda: self.only_instance("obeying")["state"] == "serving"
            and self.only_instance("obeying")["incarnation"] > before["incarnation"],
        )
        back = time.monotonic()

        self.assertEqual(answered, status, body)
        self.assertFalse(self.is_alive(before["pid"]))
        good = self.score("obeying", {"inputs": [[0]]})
        self.assertEqual(good[0], 200, good)
        self.assertNotEqual(json.loads(good[1]), None)
        print(
            f"    row {row}: ms until told {(told - began) * 1e3:.0f}, ms from then until another "
            f"process served {(back - told) * 1e3:.0f}",
            flush=True,
        )
        return self.server.run("explain", "obeying/default/1")

    def test_fault_2_a_crash_in_native_code_convicts_the_request_that_caused_it(self) -> None:
        story = self.fails(2, 2, 502)

        self.assertTrue(signal_in(story, 11), story)

    def test_fault_4_a_model_that_stops_its_process_is_told_late_and_replaced(self) -> None:
        story = self.fails(4, 4, 504)

        self.assertIn("threw the lane", story)

    def test_fault_5_a_loop_that_never_lets_the_interpreter_go_is_told_late_and_replaced(
        self,
    ) -> None:
        story = self.fails(5, 5, 504)

        self.assertIn("threw the lane", story)


if __name__ == "__main__":
    unittest.main()
