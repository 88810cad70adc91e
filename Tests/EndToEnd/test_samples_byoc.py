# Scorekeeper: a model-serving supervisor.
# SPDX-License-Identifier: Apache-2.0

"""The samples of scorers of one's own: what each README says, and kill -9 under load."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import unittest
import urllib.request
from pathlib import Path
from typing import Callable, List

from harness import EndToEnd, OpenLoop, ROOT, free_port, program

PER_SECOND = 50.0

IRIS = b'{"input_data": [[5.1, 3.5, 1.4, 0.2], [6.7, 3.0, 5.2, 2.3]]}'


class Samples(EndToEnd):
    """Each sample is built, deployed, asked, killed while it is asked, and comes back."""

    metrics_port = free_port()
    arguments = ["--metrics-port", str(metrics_port)]
    folder: Path

    @classmethod
    def setUpClass(cls) -> None:
        super().setUpClass()
        cls.folder = Path(cls._folder.name)
        for sample in sorted((ROOT / "Samples").glob("byoc-*")):
            shutil.copytree(sample, cls.folder / "Samples" / sample.name)

    def lines(self, sample: str) -> List[str]:
        """The commands of its README: one that builds, one that deploys, one that asks."""
        text = (self.folder / "Samples" / sample / "README.md").read_text(encoding="utf-8")
        found = re.findall(r"^    (\S.*)$", text.replace("\\\n     ", ""), re.MULTILINE)
        self.assertEqual([line.split()[0] for line in found][:2], ["make", "scorekeeper"], found)
        return [line.replace("127.0.0.1:8080", f"127.0.0.1:{self.server.port}") for line in found]

    def shell(self, line: str) -> str:
        """Types a line where the samples are; what it prints."""
        environment = {
            **os.environ,
            "PATH": f"{program().resolve().parent}:{os.environ['PATH']}",
            "SUPPORT": str(program().resolve().parent / "support"),
            "SOURCES": str(ROOT / "Sources"),
            "SCOREKEEPER_STATE": str(self.server.state),
        }
        done = subprocess.run(
            ["bash", "-c", line], cwd=self.folder, env=environment, capture_output=True
        )
        self.assertEqual(done.returncode, 0, (line, done.stdout, done.stderr))
        return done.stdout.decode()

    def deploy_and_ask(self, sample: str) -> str:
        """Types its README; what its last line answers."""
        build, deploy, ask = self.lines(sample)
        self.shell(build)
        self.shell(deploy)
        return self.shell(ask)

    def survive_a_kill(
        self, endpoint: str, body: Callable[[int], bytes], is_right: Callable[[int, bytes], bool]
    ) -> None:
        """Kills its process while it is asked: what it had begun is lost, nothing else."""
        before = self.only_instance(endpoint)
        url = f"http://127.0.0.1:{self.server.port}/endpoints/{endpoint}/score"
        load = OpenLoop(url, body, is_right, PER_SECOND)
        self.addCleanup(load.stop)
        self.wait_for("some answers", lambda: len(load.calls) >= 25)
        self.kill(before["pid"])
        self.wait_for(
            "a new run",
            lambda: self.only_instance(endpoint)["pid"] not in (before["pid"], None)
            and self.only_instance(endpoint)["state"] == "serving",
        )
        more = len(load.calls) + 50
        self.wait_for("more answers", lambda: len(load.calls) >= more)
        calls = load.stop()

        lost = [call for call in calls if call.status != 200 or call.problem]
        # One process works on what it has taken: a batch at the most.
        self.assertLessEqual(len(lost), 16, lost)
        for call in lost:
            self.assertEqual(call.status, 502, lost)
            self.assertIn("ended while it scored this request", call.problem)
        self.assertTrue(all(call.status == 200 for call in calls[-25:]), calls[-25:])

    def test_byoc_c_answers_and_survives_a_kill(self) -> None:
        self.assertEqual(json.loads(self.deploy_and_ask("byoc-c")), json.loads(
            (ROOT / "Samples" / "byoc-c" / "request.json").read_bytes()
        ))  # fmt: skip

        self.survive_a_kill("echo", lambda n: b"%d" % n, lambda n, answer: answer == b"%d" % n)

    def test_byoc_cpp_reads_tensors_counts_rows_and_survives_a_kill(self) -> None:
        answer = json.loads(self.deploy_and_ask("byoc-cpp"))

        self.assertEqual([max(row) == row[at] for row, at in zip(answer, (0, 2))], [True, True])
        refused, words = self.score("linear", b"[[1, 2, 3]]", route="score")
        self.assertEqual(refused, 424)
        self.assertIn(b"float32 elements of shape [n, 4]", words)
        metric = 'iris_rows_total{endpoint="linear",deployment="default",instance="1"} 2.0'
        self.wait_for("its metric", lambda: metric in self.metrics().splitlines())
        told = self.only_instance("linear")["metrics"]
        self.assertEqual(told, [{"name": "iris_rows_total", "kind": "counter", "value": 2}])

        self.survive_a_kill("linear", lambda n: IRIS, lambda n, got: json.loads(got) == answer)

    def metrics(self) -> str:
        """The server's /metrics."""
        url = f"http://127.0.0.1:{self.metrics_port}/metrics"
        with urllib.request.urlopen(url, timeout=30) as page:
            text: str = page.read().decode()
        return text

    def test_byoc_rust_answers_batches_and_survives_a_kill(self) -> None:
        self.assertEqual(json.loads(self.deploy_and_ask("byoc-rust")), ["Berlin", "Osaka"])

        def body(number: int) -> bytes:
            return b"[[-9, %d]]" % (30 + number % 5)

        self.survive_a_kill("nearest", body, lambda n, got: json.loads(got) == ["Nairobi"])

    def test_byoc_swift_streams_events_and_survives_a_kill(self) -> None:
        events = self.deploy_and_ask("byoc-swift").split("\n\n")

        self.assertEqual(events[:3], ["data: Beware", "data: of", "data: bugs"])
        self.survive_a_kill(
            "aloud",
            lambda n: b"%d words" % n,
            lambda n, got: got == b"data: %d\n\ndata: words\n\n" % n,
        )

    def test_byoc_python_counts_words_and_survives_a_kill(self) -> None:
        answer = json.loads(self.deploy_and_ask("byoc-python"))

        self.assertEqual(answer, {"a": 3, "rose": 3, "is": 2})
        status, words = self.score("words", b'{"text": 1}', route="score")
        self.assertEqual((status, b"the body has no text" in words), (424, True), words)
        self.survive_a_kill(
            "words",
            lambda n: json.dumps({"text": f"w{n}"}).encode(),
            lambda n, got: json.loads(got) == {f"w{n}": 1},
        )

    def test_a_scorer_of_the_first_version_serves(self) -> None:
        first = ROOT / "Tests" / "ScorerABI" / "1"
        echo = ROOT / "Samples" / "byoc-c" / "echo.c"
        target = self.folder / "of-version-1"
        command = ["cc", "-std=gnu11", "-O2", f"-I{first}", "-o", str(target)]
        subprocess.run([*command, str(echo), str(first / "libscorer.c")], check=True)

        self.server.run("deploy", "--scorer", str(target))

        long_body = os.urandom(1 << 20)
        self.assertEqual(self.score("of-version-1", long_body, route="score"), (200, long_body))


if __name__ == "__main__":
    unittest.main()
