# Scorekeeper: a model-serving supervisor.
# SPDX-License-Identifier: Apache-2.0

"""Too many connections: those that are there go on, and the rest come once there is room."""

from __future__ import annotations

import json
import os
import resource
import select
import signal
import socket
import time
import unittest
from contextlib import ExitStack
from pathlib import Path
from typing import List, Set

import models
from harness import EndToEnd
from processes import cpu_seconds
from raw_http import RawClient, post

PING = b"GET /endpoints/crowded/ping HTTP/1.1\r\nHost: x\r\n\r\n"
GOOD = post("/endpoints/crowded/score", b'{"inputs": [[1]]}')
FLOOD = 2_000
BURST = 1_000
ROOM = 20
FEW = 128
RESERVE = FEW // 8


class Crowded(EndToEnd):
    """A gateway with more connections than it likes."""

    @classmethod
    def setUpClass(cls) -> None:
        super().setUpClass()
        cls.deploy("crowded", models.answering("fine"))

    def setUp(self) -> None:
        self.before = self.server.status()["gateway"]
        self.gateway = self.before["pid"]
        self.clients = ExitStack()
        self.addCleanup(self.clients.close)

    def tearDown(self) -> None:
        self.assertEqual(self.server.status()["gateway"], self.before)

    def connect(self) -> RawClient:
        """A connection that ends with the test."""
        return self.clients.enter_context(RawClient(self.server.port))

    def assert_answers(self, client: RawClient) -> None:
        """A request over this connection is answered."""
        client.send(GOOD)
        answer = client.answer()
        self.assertEqual((answer.status, json.loads(answer.body)), (200, {"predictions": "fine"}))

    def descriptors(self) -> int:
        """How many descriptors the gateway has open."""
        return len(os.listdir(f"/proc/{self.gateway}/fd"))


class FewDescriptors(Crowded):
    """It may open few files."""

    @classmethod
    def prepare(cls, folder: Path) -> Path:
        limited = folder / "limited"
        limited.write_text(f'#!/bin/sh\nulimit -n {FEW}\nexec "{super().prepare(folder)}" "$@"\n')
        limited.chmod(0o755)
        return limited

    def test_27_fault_25_a_crowd_waits_and_leaves_descriptors_to_lanes(self) -> None:
        old = self.connect()
        self.assert_answers(old)
        crowd = [self.connect() for _ in range(FEW)]
        self.wait_for("what clients may have", lambda: self.descriptors() >= FEW - RESERVE - 1)
        for client in crowd:
            client.send(GOOD)
        waiting = self.unanswered(crowd)
        self.assertNotEqual(waiting, [])

        began, used = time.monotonic(), cpu_seconds([self.gateway])
        while time.monotonic() - began < 1.5:
            self.assert_answers(old)
            select.select([], [], [], 0.05)
        spent = cpu_seconds([self.gateway]) - used
        self.assertLess(spent, 0.4, "seconds of processor time in 1.5 s with hardly a request")
        self.assertLess(self.descriptors(), FEW)
        self.replace_scorer()
        self.assert_answers(old)

        for client in crowd:
            if client not in waiting:
                client.socket.close()
        for client in waiting:
            self.assertEqual(client.answer().status, 200)
        self.assert_answers(self.connect())

    def replace_scorer(self) -> None:
        """Kills the scorer and waits until another serves, over a lane of its own."""
        killed = self.scorer()
        os.kill(killed, signal.SIGKILL)
        self.server.wait_until_serving("crowded")
        self.wait_for("another scorer", lambda: self.scorer() not in (0, killed))
        self.server.wait_until_serving("crowded")

    def scorer(self) -> int:
        """The scorer's process; nothing while there is none."""
        return int(self.deployment("crowded")["instances"][0].get("pid") or 0)

    def unanswered(self, crowd: List[RawClient]) -> List[RawClient]:
        """Those to whom nothing came, once nothing has come to anybody for half a second."""
        clients = {client.socket: client for client in crowd}
        while True:
            ready = select.select(list(clients), [], [], 0.5)[0]
            if not ready:
                return list(clients.values())
            for one in ready:
                self.assertEqual(clients.pop(one).answer().status, 200)


class ManyConnections(Crowded):
    """It may open as many files as the machine gives."""

    def setUp(self) -> None:
        super().setUp()
        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        if hard != resource.RLIM_INFINITY and hard < FLOOD + 500:
            self.skipTest(f"this shell may open {hard} files only")
        self.addCleanup(resource.setrlimit, resource.RLIMIT_NOFILE, (soft, hard))
        resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, FLOOD + 500), hard))

    def test_28_two_thousand_idle_connections_keep_nobody_out(self) -> None:
        before = self.descriptors()

        # Those that have asked once may stay much longer than those that never said anything.
        idle = [self.connect() for _ in range(FLOOD)]
        for client in idle:
            client.send(PING)
        for client in idle:
            self.assertEqual(client.answer().status, 200)

        self.assertGreaterEqual(self.descriptors(), FLOOD)
        self.assert_answers(self.connect())
        for client in idle:
            client.socket.close()
        self.wait_for("their end", lambda: self.descriptors() < before + ROOM)
        self.assert_answers(self.connect())

    def test_28_a_burst_waits_in_the_listening_socket_while_nobody_accepts(self) -> None:
        os.kill(self.gateway, signal.SIGSTOP)
        try:
            arriving = [self.arrive() for _ in range(BURST)]
            arrived: Set[socket.socket] = set()
            poll = select.poll()
            for one in arriving:
                poll.register(one, select.POLLOUT)
            # A connection that finds no room is tried again by the kernel after a second.
            by_number = {one.fileno(): one for one in arriving}
            for number, event in poll.poll(500):
                if event == select.POLLOUT:
                    arrived.add(by_number[number])
            self.assertEqual(len(arrived), BURST)
        finally:
            os.kill(self.gateway, signal.SIGCONT)
        self.assert_answers(self.connect())

    def arrive(self) -> socket.socket:
        """A connection that is asked for and not waited for."""
        one = self.clients.enter_context(socket.socket())
        one.setblocking(False)
        one.connect_ex(("127.0.0.1", self.server.port))
        return one


if __name__ == "__main__":
    unittest.main()
