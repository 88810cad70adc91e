# Scorekeeper: a model-serving supervisor.
# SPDX-License-Identifier: Apache-2.0

"""Many clients that begin and do not go on, beside one that does."""

from __future__ import annotations

import resource
import socket
import unittest
from typing import List

from streaming import Streaming, forget_peak, peak_mebibytes

SLOW = 2_000
MOST_KIBIBYTES_EACH = 64


class SlowClients(Streaming):
    """Connections that hold on to the gateway for as long as it lets them."""

    def test_row_30_slow_heads_cost_little_hinder_nobody_and_are_hung_up_on(self) -> None:
        hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
        gateway = self.gateway()
        forget_peak(gateway)
        before = peak_mebibytes(gateway)
        clients: List[socket.socket] = []
        try:
            for _ in range(SLOW):
                client = socket.create_connection(("127.0.0.1", self.server.port), 60)
                clients.append(client)
                client.sendall(b"POST /endpoints/stream/score HTTP/1.1\r\nx-slow: ")
            answers = [self.score("stream", b"abc", "score?sum") for _ in range(200)]
            grown = (peak_mebibytes(gateway) - before) * 1024 / SLOW
            words = [self.last_words(client) for client in clients]
        finally:
            for client in clients:
                client.close()

        self.assertEqual(set(answers), {(200, b"3 38600999\n")})
        self.assertLess(grown, MOST_KIBIBYTES_EACH)
        self.assertEqual({word[:12] for word in words}, {b"HTTP/1.1 408"})

    def last_words(self, client: socket.socket) -> bytes:
        """What the server says before it hangs up, which is after its patience and not ours."""
        said = b""
        while True:
            try:
                part = client.recv(4096)
            except ConnectionResetError:
                part = b""
            if not part:
                return said
            said += part


if __name__ == "__main__":
    unittest.main()
