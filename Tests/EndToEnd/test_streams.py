# Scorekeeper: a model-serving supervisor.
# SPDX-License-Identifier: Apache-2.0

"""Answers in parts, from a scorer in C to clients that are slow, gone or patient."""

from __future__ import annotations

import re
import threading
import time
import unittest
from pathlib import Path

from streaming import Streaming, forget_peak, peak_mebibytes

PART_BYTES = 60_000
GIBIBYTE_OF_PARTS = 17_900


def busy_ticks(pid: int) -> int:
    """Processor time that a process has used."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return int(fields[11]) + int(fields[12])


class Streams(Streaming):
    """What reaches the client, and what the scorer feels of it."""

    def wait_until_quiet(self, *pids: int) -> None:
        """Waits until these processes have done nothing for half a second."""
        last, since = -1, time.monotonic()

        def is_quiet() -> bool:
            nonlocal last, since
            ticks = sum(busy_ticks(pid) for pid in pids)
            if ticks != last:
                last, since = ticks, time.monotonic()
            return time.monotonic() - since > 0.5

        self.wait_for("quiet", is_quiet)

    def scorer(self) -> int:
        """The scorer's process."""
        pid: int = self.only_instance("stream")["pid"]
        return pid

    def test_a_gibibyte_waits_in_its_scorer_for_a_client_that_does_not_read(self) -> None:
        gateway, known = self.gateway(), len(self.log_lines())
        forget_peak(gateway)
        before = peak_mebibytes(gateway)
        with self.ask(f"parts={GIBIBYTE_OF_PARTS},{PART_BYTES}") as client:
            self.assertEqual(client.head()[0], 200)
            self.wait_until_quiet(gateway, self.scorer())
            grown = peak_mebibytes(gateway) - before

        line = self.said("stopped after", known)
        parts = int(re.findall(r"after (\d+) parts", line)[0])
        self.assertIn("nobody wants the rest", line)
        # What is beyond the gateway's own lies in the kernel's socket buffers.
        self.assertLess(grown, 4.0)
        self.assertLess(parts * PART_BYTES, 64 << 20)

    def test_a_gibibyte_reaches_a_client_that_reads(self) -> None:
        gateway = self.gateway()
        forget_peak(gateway)
        before = peak_mebibytes(gateway)
        with self.ask(f"parts={GIBIBYTE_OF_PARTS},{PART_BYTES}") as client:
            self.assertEqual(client.head()[1]["transfer-encoding"], "chunked")
            length = sum(len(chunk) for chunk in client.chunks())
        grown = peak_mebibytes(gateway) - before

        self.assertEqual(length, GIBIBYTE_OF_PARTS * PART_BYTES)
        self.assertLess(grown, 4.0)

    def test_events_come_one_by_one_and_may_not_be_kept(self) -> None:
        with self.ask("events=5,20") as client:
            status, fields = client.head()
            chunks = list(client.chunks())

        self.assertEqual(status, 200)
        self.assertEqual(fields["content-type"], "text/event-stream")
        self.assertEqual(fields["cache-control"], "no-cache")
        self.assertEqual(chunks, [b"data: %d\n\n" % number for number in range(5)] + [b""])

    def test_a_client_that_goes_is_seen_by_a_scorer_that_writes_nothing(self) -> None:
        known = len(self.log_lines())
        with self.ask("quiet") as client:
            client.head()
            self.assertEqual(next(client.chunks()), b"data: begun\n\n")

        self.assertIn("nobody wants the rest", self.said("stopped after 1 parts", known))
        self.assertEqual(self.score("stream", b"abc", "score?sum")[1], b"3 38600999\n")

    def test_a_scorer_that_is_killed_breaks_its_answer_off(self) -> None:
        for version in ("1.1", "1.0"):
            before = self.only_instance("stream")
            with self.ask("quiet", version=version) as client:
                client.head()
                if version == "1.1":
                    chunks = client.chunks()
                    next(chunks)
                    self.kill(before["pid"])
                    with self.assertRaises(EOFError):
                        list(chunks)
                else:
                    self.kill(before["pid"])
                    with self.assertRaises(ConnectionResetError):
                        client.rest()
            self.wait_for(
                "a new run",
                lambda: self.only_instance("stream")["incarnation"] > before["incarnation"]
                and self.only_instance("stream")["state"] == "serving",
            )

    def test_head_is_shown_the_head_only_and_ends_the_stream(self) -> None:
        with self.ask("quiet", method="HEAD") as client:
            status, fields = client.head()
            client.socket.sendall(
                b"GET /endpoints/stream/score?events=1,0 HTTP/1.1\r\nHost: x\r\n\r\n"
            )
            following = client.head()[0]
            chunks = list(client.chunks())

        self.assertEqual((status, fields["content-type"]), (200, "text/event-stream"))
        self.assertEqual((following, chunks), (200, [b"data: 0\n\n", b""]))


class Leaving(Streaming):
    """A deployment that is removed under an answer."""

    def test_an_answer_that_has_begun_is_finished_first(self) -> None:
        with self.ask("events=40,50") as client:
            client.head()
            chunks = client.chunks()
            next(chunks)
            deletion = threading.Thread(target=self.server.run, args=("delete", "stream"))
            deletion.start()
            rest = list(chunks)
            deletion.join()

        self.assertEqual(len(rest), 40)
        self.assertEqual(rest[-2:], [b"data: 39\n\n", b""])
        self.wait_for("its end", lambda: self.server.deployment("stream") is None)


if __name__ == "__main__":
    unittest.main()
