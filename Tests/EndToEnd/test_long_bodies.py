# Scorekeeper: a model-serving supervisor.
# SPDX-License-Identifier: Apache-2.0

"""Bodies of 256 MiB in and out, what is held of them, and what clients that go leave behind."""

from __future__ import annotations

import os
import unittest
from typing import Any, Dict, List

from long_body import MEBIBYTE, Upload, described, mebibyte
from streaming import Streaming, bodies_held, forget_peak, peak_mebibytes

LONGEST = 256
ROUNDS = 100


class LongBodies(Streaming):
    """One deployment that takes 256 MiB."""

    body_limit = f"{LONGEST}MiB"

    def test_256_mebibytes_are_held_once_and_not_by_the_process(self) -> None:
        gateway = self.gateway()
        for is_chunked in (False, True):
            forget_peak(gateway)
            before = peak_mebibytes(gateway)
            with Upload(self.server.port, LONGEST, is_chunked) as upload:
                upload.send(LONGEST)
                upload.finish()
                held = bodies_held(gateway)
                status, _, said = upload.answer()
            grown = peak_mebibytes(gateway) - before

            self.assertEqual((status, said), (200, described(LONGEST)))
            self.assertLess(grown, 4.0)
            self.assertLessEqual(len(held), 1)
            self.assertLess(sum(held), (LONGEST + 1) * MEBIBYTE)
            self.wait_for("the body's end", lambda: not bodies_held(gateway))

    def test_an_answer_of_256_mebibytes_comes_whole_and_is_not_gathered(self) -> None:
        gateway = self.gateway()
        forget_peak(gateway)
        before = peak_mebibytes(gateway)
        with self.ask(f"whole={LONGEST * MEBIBYTE}") as client:
            client.head()
            received = bytearray()
            place = 0
            for chunk in client.chunks():
                received += chunk
                while len(received) >= MEBIBYTE:
                    self.assertEqual(received[:MEBIBYTE], mebibyte(place))
                    del received[:MEBIBYTE]
                    place += 1
        grown = peak_mebibytes(gateway) - before

        self.assertEqual((place, len(received)), (LONGEST, 0))
        self.assertLess(grown, 4.0)

    def test_a_longer_one_is_refused_before_it_is_sent_or_where_it_passes_the_limit(self) -> None:
        with Upload(self.server.port, LONGEST + 1) as upload:
            told = upload.answer()
        with Upload(self.server.port, 0, is_chunked=True) as upload:
            upload.send(LONGEST + 1)
            untold = upload.answer()

        self.assertEqual((told[0], untold[0]), (413, 413))
        self.assertIn(b"scorekeeper.body_limit", told[2])
        self.wait_for("the body's end", lambda: not bodies_held(self.gateway()))


class ManyBodies(Streaming):
    """One deployment that takes 40 MiB, so that four and a little find room at once."""

    body_limit = "40MiB"

    def counters(self) -> Dict[str, Any]:
        """What the gateway counts of the deployment."""
        counters: Dict[str, Any] = self.deployment("stream")["requests"]
        return counters

    def test_one_too_many_is_told_to_come_again_before_it_is_sent(self) -> None:
        uploads: List[Upload] = []
        try:
            for _ in range(4):
                upload = Upload(self.server.port, 40)
                uploads.append(upload)
                upload.send(6)
                self.wait_for(
                    "the body's beginning",
                    lambda: sum(bodies_held(self.gateway())) >= len(uploads) * 5 * MEBIBYTE,
                )
            with Upload(self.server.port, 40) as late:
                status, fields, said = late.answer()
            for upload in uploads:
                upload.send(34)
                upload.finish()
            answers = [upload.answer() for upload in uploads]
        finally:
            for upload in uploads:
                upload.socket.close()

        self.assertEqual((status, fields["retry-after"]), (429, "1"))
        self.assertIn(b"TooManyBytesWaiting", said)
        self.assertEqual([answer[0] for answer in answers], [200] * 4)
        self.assertEqual({answer[2] for answer in answers}, {described(40)})

    def test_row_31_clients_that_go_mid_body_mid_queue_and_mid_answer_leave_nothing(self) -> None:
        gateway, port = self.gateway(), self.server.port

        def go_away() -> None:
            with Upload(port, 40) as upload:
                upload.send(1)
            with self.ask("quiet") as client:
                client.head()
                # Its scorer has one call: these wait behind it.
                for _ in range(3):
                    self.ask("sum").close()
                with Upload(port, 1) as waiting:
                    waiting.send(1)
                next(client.chunks())

        def is_clean() -> bool:
            counters = self.counters()
            held = counters["waiting"] + counters["bound"]
            return held == 0 and not bodies_held(gateway)

        go_away()
        self.wait_for("the first to be forgotten", is_clean)
        descriptors = len(os.listdir(f"/proc/{gateway}/fd"))
        abandoned = self.counters()["abandoned"]
        for _ in range(ROUNDS):
            go_away()
        self.wait_for("all to be forgotten", is_clean)

        # One whose body is coming, three and one that wait; a begun one is its scorer's to drop.
        self.assertGreaterEqual(self.counters()["abandoned"] - abandoned, ROUNDS)
        self.wait_for(
            "the descriptors' end",
            lambda: len(os.listdir(f"/proc/{gateway}/fd")) <= descriptors,
        )
        forget_peak(gateway)
        before = peak_mebibytes(gateway)
        for _ in range(ROUNDS):
            go_away()
        self.wait_for("all to be forgotten", is_clean)
        self.assertLess(peak_mebibytes(gateway) - before, 2.0)
        self.assertEqual(self.score("stream", b"abc", "score?sum"), (200, b"3 38600999\n"))


if __name__ == "__main__":
    unittest.main()
