# Scorekeeper: a model-serving supervisor.
# SPDX-License-Identifier: Apache-2.0

"""Closed-loop load by wrk: one body, posted over and over."""

from __future__ import annotations

import json
import subprocess
import tempfile
from pathlib import Path
from typing import NamedTuple

_SCRIPT = """
wrk.method = "POST"
wrk.headers["Content-Type"] = "application/json"
local file = io.open({body}, "rb")
wrk.body = file:read("*a")
file:close()
function done(summary, latency, requests)
   local errors = summary.errors
   io.write(string.format(
      '\\nRESULT {{"requests": %d, "microseconds": %d, "p50": %d, "p99": %d, "failed": %d}}\\n',
      summary.requests, summary.duration, latency:percentile(50), latency:percentile(99),
      errors.connect + errors.read + errors.write + errors.status + errors.timeout))
end
"""


class Load(NamedTuple):
    """What one run of wrk saw."""

    requests: int
    requests_per_second: float
    p50_milliseconds: float
    p99_milliseconds: float
    failed: int


def post(url: str, body: Path, connections: int, seconds: float) -> Load:
    """Keeps so many connections busy for so long."""
    with tempfile.NamedTemporaryFile("w", suffix=".lua") as script:
        script.write(_SCRIPT.format(body=json.dumps(str(body))))
        script.flush()
        command = ["wrk", "-t1", f"-c{connections}", f"-d{seconds:g}s", "--timeout", "30s"]
        command += ["-s", script.name, url]
        said = subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout.decode("utf-8")
    line = next(line for line in said.splitlines() if line.startswith("RESULT "))
    result = json.loads(line[len("RESULT ") :])
    return Load(
        requests=result["requests"],
        requests_per_second=result["requests"] / (result["microseconds"] / 1e6),
        p50_milliseconds=result["p50"] / 1e3,
        p99_milliseconds=result["p99"] / 1e3,
        failed=result["failed"],
    )
