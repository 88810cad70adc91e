# Scorekeeper: a model-serving supervisor.
# SPDX-License-Identifier: Apache-2.0

"""Statuses as a managed endpoint shows them, and the scorer's own where a document says so."""

from __future__ import annotations

import json
import os
import signal
import unittest

from declared import Declared

SOON = "request_settings: { request_timeout_ms: 700 }\n"
FEW = "instance_count: 2\nrequest_settings: { max_concurrent_requests_per_instance: 1 }\n"


class ManagedStatuses(Declared):
    """One deployment each, which answers everything."""

    def alone(self, endpoint: str, more: str = "") -> None:
        """An endpoint whose one deployment is the scorer that obeys."""
        self.create(endpoint)
        self.add(endpoint, "blue", str(self.scorer), more)
        self.share(endpoint, "blue=100")

    def test_whatever_the_model_answers_but_200_is_424_and_says_what_it_was(self) -> None:
        self.alone("told")

        for status in (400, 404, 418, 500, 503):
            answer = self.reply("told", f"status {status}")
            self.assertEqual((answer.status, answer.text), (424, f"status {status}"))
            self.assertEqual(answer.fields["ms-azureml-model-error-statuscode"], str(status))
            self.assertTrue(answer.fields["ms-azureml-model-error-reason"])

    def test_a_scorer_that_dies_of_a_request_is_424_with_a_reason_and_a_body(self) -> None:
        self.alone("dying")

        answer = self.reply("dying", "abort")

        self.assertIn(answer.status, (424, 502), answer)
        self.assertTrue(json.loads(answer.text)["error"]["message"])

    def test_what_takes_too_long_is_408_with_a_body(self) -> None:
        self.alone("slow", SOON)

        answer = self.reply("slow", "hold")

        self.assertEqual(answer.status, 408, answer)
        self.assertIn("time", json.loads(answer.text)["error"]["message"])

    def test_past_twice_what_its_instances_take_at_once_is_429_with_a_body(self) -> None:
        self.alone("few", FEW)
        pids = [one["pid"] for one in self.instances("few")]
        taken = self.ask_many("few", [f"wait {number}" for number in range(4)])
        self.wait_until_bound("few", 4)

        refused = self.reply("few")

        def is_over() -> bool:
            for pid in pids:
                os.kill(pid, signal.SIGUSR1)
            return all(one.done() for one in taken.values())

        self.wait_for("the four", is_over)
        self.assertEqual(refused.status, 429, refused)
        self.assertTrue(json.loads(refused.text)["error"]["message"])
        self.assertEqual(
            refused.fields["ms-azureml-model-error-reason"], "too_many_pending_request"
        )
        self.assert_answered_by_itself(taken)
        self.assertEqual(self.reply("few", "fine").status, 200)


if __name__ == "__main__":
    unittest.main()
