# Scorekeeper: a model-serving supervisor.
# SPDX-License-Identifier: Apache-2.0

"""The servers that ours is compared with, each started and stopped by pid."""

from __future__ import annotations

import os
import signal
import subprocess
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import Dict, List, Optional

NGINX_CONFIGURATION = """
daemon off; worker_processes 1; pid {folder}/nginx.pid; error_log {folder}/error.log warn;
events {{ worker_connections 1024; }}
http {{
    access_log off; keepalive_requests 100000000; client_max_body_size 16m;
    client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi; uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    server {{
        listen 127.0.0.1:{port};
        location / {{ default_type application/json; return 200 '{body}'; }}
    }}
}}
"""


NGINX_FILES = """
daemon off; worker_processes 1; pid {folder}/nginx.pid; error_log {folder}/error.log warn;
events {{ worker_connections 1024; }}
http {{
    access_log off; client_max_body_size 512m; client_body_timeout 300s; sendfile {sendfile};
    client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi; uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    server {{
        listen 127.0.0.1:{port};
        location / {{ root {folder}/files; dav_methods PUT; }}
    }}
}}
"""


class PeerFailed(Exception):
    """A peer does not answer; the message names its log."""


class Peer:
    """Another server's process."""

    def __init__(
        self,
        command: List[str],
        url: str,
        log: Path,
        variables: Optional[Dict[str, str]] = None,
    ) -> None:
        self.url = url
        self.log = log
        with open(log, "ab") as output:
            self.process = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                env=variables,
                # MLflow leaves a folder where it is started.
                cwd=log.parent,
                start_new_session=True,
            )

    def stop(self) -> None:
        """Ends it and, since it leads its own session, whatever it started."""
        try:
            os.killpg(self.process.pid, signal.SIGTERM)
            self.process.wait(20)
        except ProcessLookupError:
            pass
        except subprocess.TimeoutExpired:
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()


def nginx(folder: Path, port: int, answer: str) -> Peer:
    """nginx with one worker that answers everything with the same 200."""
    configuration = folder / "nginx.conf"
    configuration.write_text(
        NGINX_CONFIGURATION.format(folder=folder, port=port, body=answer.replace("'", ""))
    )
    command = ["nginx", "-p", str(folder), "-c", str(configuration)]
    return Peer(command, f"http://127.0.0.1:{port}/", folder / "nginx.log")


def nginx_files(folder: Path, port: int, uses_sendfile: bool) -> Peer:
    """nginx with one worker that gives and takes files below `folder`/files."""
    (folder / "files").mkdir(exist_ok=True)
    (folder / "files").chmod(0o777)
    configuration = folder / "nginx-files.conf"
    sendfile = "on" if uses_sendfile else "off"
    configuration.write_text(NGINX_FILES.format(folder=folder, port=port, sendfile=sendfile))
    command = ["nginx", "-p", str(folder), "-c", str(configuration)]
    return Peer(command, f"http://127.0.0.1:{port}/", folder / "nginx.log")


def mlflow(interpreter: Path, model: Path, port: int, log: Path) -> Peer:
    """`mlflow models serve` with one worker, from an environment of its own."""
    variables = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    variables["MLFLOW_DISABLE_TELEMETRY"] = "true"
    variables["PATH"] = f"{interpreter.parent}:{variables['PATH']}"
    command = [str(interpreter.parent / "mlflow"), "models", "serve", "--model-uri", str(model)]
    command += ["--env-manager", "local", "--host", "127.0.0.1", "--port", str(port)]
    command += ["--workers", "1"]
    return Peer(command, f"http://127.0.0.1:{port}/invocations", log, variables)


def azure(
    interpreter: Path, code: Path, model: Path, port: int, log: Path, more: Dict[str, str]
) -> Peer:
    """Azure's scoring server with one worker on a folder's `score.py`, from an environment with it.

    `more` is what its environment says besides.
    """
    variables = {"PATH": os.environ["PATH"], "HOME": str(log.parent), "AML_APP_ROOT": str(code)}
    variables.update({"SERVER_VERSION_LOG_RESPONSE_ENABLED": "false", **more})
    command = [str(interpreter), str(interpreter.parent / "azmlinfsrv")]
    command += ["--entry_script", str(code / "score.py"), "--model_dir", str(model)]
    command += ["--port", str(port), "--worker_count", "1"]
    return Peer(command, f"http://127.0.0.1:{port}/score", log, variables)


def first_answer(
    url: str, body: bytes, process: subprocess.Popen[bytes], seconds: float = 180.0
) -> float:
    """Asks until there is a 200; returns how long that took in seconds.

    Errors: `PeerFailed` when the process ends or the time is over.
    """
    began = time.monotonic()
    headers = {"Content-Type": "application/json"}
    while time.monotonic() - began < seconds:
        try:
            with urllib.request.urlopen(urllib.request.Request(url, body, headers), timeout=60):
                return time.monotonic() - began
        except (urllib.error.URLError, OSError):
            pass
        try:
            process.wait(0.02)
        except subprocess.TimeoutExpired:
            continue
        raise PeerFailed(f"the process behind {url} ended with {process.returncode}")
    raise PeerFailed(f"{url} did not answer within {seconds:.0f} s")
