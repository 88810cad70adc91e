# Scorekeeper: a model-serving supervisor.
# SPDX-License-Identifier: Apache-2.0

"""Scripts with init() and run(), deployed: the samples, every mode, parts, and what goes wrong."""

from __future__ import annotations

import http.client
import json
import subprocess
import unittest
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, Dict, Optional, Tuple

import command
from harness import EndToEnd, ROOT, free_port, program

DOCUMENT = """\
name: blue
endpoint_name: {name}
code_configuration: {{code: ./code, scoring_script: score.py}}
environment:
  conda_file: {{dependencies: [python=3.11]}}
egress_public_network_access: disabled
properties: {{scorekeeper.statuses: direct}}
{more}
"""

RAW = """\
from azureml.contrib.services.aml_request import AMLRequest, rawhttp
from azureml.contrib.services.aml_response import AMLResponse

def init():
    print("the script's own words")

@rawhttp
def run(request: AMLRequest):
    word = request.args.get("do")
    if word == "parts":
        def parts():
            yield "data: 1\\n\\n"
            if request.args.get("fail"):
                raise ValueError("half way")
            yield "data: 2\\n\\n"
        return AMLResponse(parts(), 200, {"Content-Type": "text/event-stream"})
    if word == "exit":
        raise SystemExit(1)
    return AMLResponse(request.get_data()[::-1], 201, {"X-Method": request.method})
"""


class ScorePy(EndToEnd):
    def deploy_script(self, name: str, script: str, more: str = "") -> None:
        """A script in an environment without a package, which serves when this returns."""
        folder = Path(self._folder.name) / "scripts" / name
        (folder / "code").mkdir(parents=True)
        (folder / "code" / "score.py").write_text(script)
        (folder / "deployment.yml").write_text(DOCUMENT.format(name=name, more=more))
        self.server.run("deploy", "-f", str(folder / "deployment.yml"))

    def ask(
        self,
        name: str,
        target: str = "/score",
        body: bytes = b"",
        method: str = "POST",
        fields: Optional[Dict[str, str]] = None,
    ) -> Tuple[int, bytes, Any]:
        """Status, body and fields of an answer."""
        connection = http.client.HTTPConnection("127.0.0.1", self.server.port, timeout=60)
        try:
            connection.request(method, f"/endpoints/{name}{target}", body, fields or {})
            answer = connection.getresponse()
            return answer.status, answer.read(), answer.headers
        finally:
            connection.close()

    def test_the_samples_deploy_as_their_readmes_say(self) -> None:
        for name, endpoint in (("score-py", "flowers"), ("score-py-schema", "flowers-schema")):
            folder = ROOT / "Samples" / name
            done = command.run(
                "deploy", "-f", folder / "deployment.yml", state=self.server.state
            )
            self.assertEqual(done.code, command.DONE, done)
            scored = command.run(
                "invoke", endpoint, "--request-file", folder / "request.json",
                state=self.server.state,
            )  # fmt: skip
            self.assertEqual(scored.code, command.DONE, scored)
            self.assertIn("virginica", scored.out)
        status, body, _ = self.ask("flowers-schema", "/swagger.json?version=3.1", method="GET")
        self.assertEqual((status, json.loads(body)["openapi"]), (200, "3.1.0"))
        status, body, _ = self.ask(
            "flowers-schema", body=b"{}", fields={"content-type": "application/json"}
        )
        message = json.loads(body)["message"]
        self.assertEqual(message, "A value is not provided for the 'data' parameter.")

    def test_a_request_reaches_the_script_as_it_is_and_its_response_the_client(self) -> None:
        self.deploy_script("raw", RAW)

        status, body, fields = self.ask("raw", body=bytes(range(256)))

        self.assertEqual((status, body), (201, bytes(range(256))[::-1]))
        self.assertEqual(fields["X-Method"], "POST")
        self.assertEqual(fields["x-ms-run-function-failed"], "False")
        self.assertEqual(self.ask("raw", body=b"ab", method="OPTIONS")[2]["X-Method"], "OPTIONS")
        self.assertEqual(self.ask("raw", body=b"ab", method="PUT")[0], 405)
        self.assertEqual(fields["x-ms-request-id"], fields["x-request-id"])
        logs = command.run("logs", "raw", state=self.server.state)
        self.assertIn("the script's own words", logs.out)

    def test_parts_are_sent_as_they_come_and_a_broken_answer_is_cut_off(self) -> None:
        self.deploy_script("parts", RAW)

        status, body, fields = self.ask("parts", "/score?do=parts")
        self.assertEqual((status, body), (200, b"data: 1\n\ndata: 2\n\n"))
        self.assertEqual(fields["content-type"], "text/event-stream")
        self.assertEqual(fields["transfer-encoding"], "chunked")
        with self.assertRaises(http.client.IncompleteRead):
            self.ask("parts", "/score?do=parts&fail=1")
        self.assertEqual(self.ask("parts", body=b"ab")[1], b"ba")

    def test_a_script_that_exits_has_failed_that_request_only(self) -> None:
        self.deploy_script("exits", RAW)
        before = self.only_instance("exits")["pid"]

        status, body, fields = self.ask("exits", "/score?do=exit")

        self.assertEqual((status, fields["x-ms-run-function-failed"]), (500, "True"))
        self.assertIn("Check the logs", json.loads(body)["message"])
        self.assertEqual(self.ask("exits", body=b"ab")[1], b"ba")
        self.assertEqual(self.only_instance("exits")["pid"], before)

    def test_as_many_calls_run_at_once_as_the_settings_say(self) -> None:
        # Neither call ends before the other has begun.
        script = "import threading\nboth = threading.Barrier(2)\ndef init(): pass\n"
        script += "def run(data):\n    both.wait(60)\n    return data\n"
        more = "request_settings: {max_concurrent_requests_per_instance: 2}"
        self.deploy_script("at-once", script, more)

        with ThreadPoolExecutor(2) as pool:
            answers = list(pool.map(lambda body: self.ask("at-once", body=body), (b"a", b"b")))

        self.assertEqual([body for _, body, _ in answers], [b'"a"', b'"b"'])

    def test_debug_answers_without_a_server(self) -> None:
        sample, port = ROOT / "Samples" / "score-py", free_port()
        arguments = ["debug", str(sample / "code" / "score.py"), "--model-dir", str(sample)]
        process = subprocess.Popen(
            [str(program()), *arguments, "--port", str(port)], stderr=subprocess.DEVNULL
        )
        self.addCleanup(process.wait)
        self.addCleanup(process.terminate)

        def answer() -> bytes:
            try:
                body = (sample / "request.json").read_bytes()
                with urllib.request.urlopen(f"http://127.0.0.1:{port}/score", body) as response:
                    return bytes(response.read())
            except OSError:
                return b""

        found = json.loads(self.wait_for("an answer", answer))
        self.assertEqual(found, ["setosa", "versicolor", "virginica"])

    def test_a_killed_scorer_is_replaced_and_the_script_answers_again(self) -> None:
        self.deploy_script("killed", RAW)
        before = self.only_instance("killed")

        self.kill(before["pid"])

        self.wait_for(
            "a new run",
            lambda: self.only_instance("killed")["incarnation"] > before["incarnation"]
            and self.only_instance("killed")["state"] == "serving",
        )
        self.assertEqual(self.ask("killed", body=b"ab")[1], b"ba")


if __name__ == "__main__":
    unittest.main()
