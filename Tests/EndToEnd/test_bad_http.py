# Scorekeeper: a model-serving supervisor.
# SPDX-License-Identifier: Apache-2.0

"""What is not HTTP is refused, hung up on, and reaches no scorer.

The model counts how often it is asked, so that nothing gets past unseen. The rows are those of the
table of bad input that this product was built against.
"""

from __future__ import annotations

import json
import selectors
import time
import unittest
from typing import Dict, Tuple

import models
from harness import EndToEnd
from processes import memory_mebibytes
from raw_http import Answer, RawClient, post

LINE = "POST /endpoints/counted/score HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
CHUNKED = LINE + "Transfer-Encoding: chunked\r\n\r\n"
GOOD = b'{"inputs": [[1]]}'
GOOD_CHUNK = f"{len(GOOD):x}\r\n{GOOD.decode()}\r\n"
LENGTH = f"Content-Length: {len(GOOD)}\r\n"
LIMIT = 16 << 20
KIB = 1 << 10

ROW_35 = {
    "length and chunked": LINE + LENGTH + "Transfer-Encoding: chunked\r\n\r\n" + GOOD_CHUNK,
    "chunked and length": LINE + "Transfer-Encoding: chunked\r\n" + LENGTH + "\r\n0\r\n\r\n",
    "two lengths": LINE + LENGTH + "Content-Length: 3\r\n\r\n" + GOOD.decode(),
    "two equal lengths": LINE + LENGTH + LENGTH + "\r\n" + GOOD.decode(),
    "a list of lengths": LINE + "Content-Length: 17, 17\r\n\r\n" + GOOD.decode(),
    "chunked, identity": LINE + "Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n",
    "a space before the colon": LINE + "Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n",
    "a folded line": LINE + LENGTH + "X-A: b\r\n c\r\n\r\n" + GOOD.decode(),
    "CR alone in a value": LINE + LENGTH + "X-A: b\rc\r\n\r\n" + GOOD.decode(),
    "CR alone as a line end": LINE.replace("\r\n", "\r") + LENGTH + "\r\n" + GOOD.decode(),
    "NUL in a value": LINE + LENGTH + "X-A: b\0c\r\n\r\n" + GOOD.decode(),
    "a sign in a chunk's size": CHUNKED + "+" + GOOD_CHUNK + "0\r\n\r\n",
    "no CRLF at the end": CHUNKED + GOOD_CHUNK + "0\r\n" + LINE + "\r\n",
    "a forbidden trailer": CHUNKED + GOOD_CHUNK + "0\r\nContent-Length: 3\r\n\r\n",
    "an absolute target": LINE.replace("POST /", "POST http://x/") + LENGTH + "\r\n",
    "an authority target": "CONNECT x:80 HTTP/1.1\r\nHost: x\r\n\r\n",
    "no Host": LINE.replace("Host: x\r\n", "") + LENGTH + "\r\n" + GOOD.decode(),
    "two Hosts": LINE + "Host: y\r\n" + LENGTH + "\r\n" + GOOD.decode(),
}

ROW_36 = {
    "a field of 8 KiB and one": (431, LINE + "X-A: " + "a" * (8 * KIB - 3) + "\r\n\r\n"),
    "101 fields": (431, LINE + "X-A: a\r\n" * 99 + "\r\n"),
    "a line of 8 KiB and one": (414, "GET /" + "a" * (8 * KIB - 13) + " HTTP/1.1\r\n\r\n"),
}


class BadHTTP(EndToEnd):
    """After each, a good request over a connection of its own is the next that the model sees."""

    @classmethod
    def setUpClass(cls) -> None:
        super().setUpClass()
        cls.deploy("counted", models.COUNTING)

    def setUp(self) -> None:
        self.before = self.count()

    def count(self) -> int:
        """How often the model was asked, this time included."""
        status, body = self.score("counted", GOOD)
        self.assertEqual(status, 200, body)
        return int(json.loads(body)["predictions"])

    def assert_scored(self, times: int) -> None:
        """The model was asked so often since the test began, and answers."""
        after = self.count()
        self.assertEqual(after - self.before - 1, times)
        self.before = after

    def assert_refused(self, data: bytes, status: int) -> Answer:
        """Exactly one answer, then the connection is closed."""
        with RawClient(self.server.port) as client:
            client.send(data)
            answer = client.answer()
            self.assertEqual(answer.status, status, answer)
            self.assertGreater(len(answer.message), 10)
            self.assertEqual(answer.fields["connection"], "close")
            self.assertTrue(client.is_closed(), "something came behind the answer")
        return answer

    def test_07_row_35_what_could_be_read_in_two_ways_is_400(self) -> None:
        for name, text in ROW_35.items():
            with self.subTest(name):
                self.assert_refused(text.encode("latin-1"), 400)
                self.assert_scored(0)

    def test_08_row_36_heads_beyond_their_limits_are_431_and_414(self) -> None:
        for name, (status, text) in ROW_36.items():
            with self.subTest(name):
                self.assert_refused(text.encode("latin-1"), status)
                self.assert_scored(0)

    def test_09_row_37_a_body_beyond_the_limit_is_413_however_it_comes(self) -> None:
        with RawClient(self.server.port) as client:
            client.send((LINE + f"Content-Length: {LIMIT + 1}\r\n\r\n").encode())
            self.assertEqual(client.answer().status, 413, "before any of it was sent")

        chunk = f"{1 << 20:x}\r\n".encode() + b" " * (1 << 20) + b"\r\n"
        with RawClient(self.server.port) as client:
            client.send(CHUNKED.encode())
            for _ in range(LIMIT // (1 << 20)):
                client.send(chunk)
            client.send(b"1\r\n \r\n")
            self.assertEqual(client.answer().status, 413)
            self.assertTrue(client.is_closed())
        self.assert_scored(0)

    def test_09_row_37_a_body_that_is_held_back_is_asked_for_only_when_it_will_be_read(
        self,
    ) -> None:
        expect = LINE + "Expect: 100-continue\r\n"
        with RawClient(self.server.port) as client:
            client.send((expect + LENGTH + "\r\n").encode())
            self.assertEqual(client.answer().status, 100)
            client.send(GOOD)
            self.assertEqual(client.answer().status, 200)
        self.assert_scored(1)

        self.assert_refused((expect + f"Content-Length: {LIMIT + 1}\r\n\r\n").encode(), 413)
        miracles = LINE + LENGTH + "Expect: miracles\r\n\r\n" + GOOD.decode()
        self.assert_refused(miracles.encode(), 417)
        self.assert_scored(0)

    def test_10_row_38_clients_that_are_too_slow_are_408_or_hung_up_on(self) -> None:
        slow = {
            "header": b"POST /endpoints/counted/score HTTP/1.1\r\n" + b"X-A: " + b"a" * 99,
            "body": (LINE + "Content-Length: 99\r\n\r\n").encode() + b" " * 99,
            "silent": b"",
        }
        answers, seconds = self.drip(slow, each=0.25, at_most=30.0)

        for name in ("header", "body"):
            self.assertTrue(answers[name].startswith(b"HTTP/1.1 408 "), answers[name])
            told = json.loads(answers[name].partition(b"\r\n\r\n")[2])["error"]["message"]
            self.assertIn("too slow" if name == "body" else "too long", told)
        self.assertEqual(answers["silent"], b"")
        # The limits are ten seconds; the machine may be late, but never early.
        for name in slow:
            self.assertGreater(seconds[name], 9.0, name)
        self.assert_scored(0)

    def drip(
        self, texts: Dict[str, bytes], each: float, at_most: float
    ) -> Tuple[Dict[str, bytes], Dict[str, float]]:
        """Sends each text over its own connection, byte by byte behind its last line end.

        Returns: what came back until the server hung up, and after how many seconds it did.
        """
        answers: Dict[str, bytes] = {name: b"" for name in texts}
        seconds: Dict[str, float] = {}
        selector = selectors.DefaultSelector()
        began = time.monotonic()
        rest: Dict[str, bytes] = {}
        clients: Dict[str, RawClient] = {}
        for name, text in texts.items():
            clients[name] = client = RawClient(self.server.port)
            self.addCleanup(client.socket.close)
            at_once = text.rfind(b"\n") + 1
            client.send(text[:at_once])
            rest[name] = text[at_once:]
            selector.register(client.socket, selectors.EVENT_READ, name)
        while len(seconds) < len(texts):
            self.assertLess(time.monotonic() - began, at_most, f"only {seconds} ended")
            for key, _ in selector.select(each):
                name = key.data
                try:
                    part = clients[name].socket.recv(1 << 16)
                except ConnectionResetError:
                    part = b""
                answers[name] += part
                if not part:
                    seconds[name] = time.monotonic() - began
                    selector.unregister(clients[name].socket)
            for name, client in clients.items():
                if name not in seconds and not answers[name]:
                    client.send(rest[name][:1])
                    rest[name] = rest[name][1:]
        return answers, seconds

    def test_11_row_39_three_megabytes_of_one_byte_chunks_take_bounded_memory(self) -> None:
        gateway = self.server.status()["gateway"]["pid"]
        before = memory_mebibytes([gateway])[gateway]
        count = 3 * (1 << 20) // len("1\r\n \r\n")
        peak = before
        with RawClient(self.server.port) as client:
            client.send((CHUNKED + GOOD_CHUNK).encode())
            for _ in range(16):
                client.send(b"1\r\n \r\n" * (count // 16))
                peak = max(peak, memory_mebibytes([gateway])[gateway])
            client.send(b"0\r\n\r\n")
            self.assertEqual(client.answer().status, 200)

        self.assertLess(peak - before, 32)
        self.assert_scored(1)

    def test_a_request_cut_off_in_the_middle_is_never_scored(self) -> None:
        for half in (LINE + "Content-Length: 99\r\n\r\n" + GOOD.decode(), CHUNKED + GOOD_CHUNK):
            with RawClient(self.server.port) as client:
                client.send(half.encode())
                self.wait_for(
                    "the request",
                    lambda: self.deployment("counted")["requests"]["waiting"] == 1,
                )
            self.wait_for(
                "its end",
                lambda: self.deployment("counted")["requests"]["waiting"] == 0,
            )
        self.assert_scored(0)

    def test_what_is_not_http_does_not_spoil_the_answers_before_it(self) -> None:
        with RawClient(self.server.port) as client:
            good = post("/endpoints/counted/score", GOOD)
            client.send(good + good + ROW_35["a space before the colon"].encode() + good)

            self.assertEqual([client.answer().status for _ in range(3)], [200, 200, 400])
            self.assertTrue(client.is_closed())
        self.assert_scored(2)


if __name__ == "__main__":
    unittest.main()
