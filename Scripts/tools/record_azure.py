# Scorekeeper: a model-serving supervisor.
# SPDX-License-Identifier: Apache-2.0

"""Records what Azure ML's own no-code script answers to the requests of the list.

The script is public (MIT) and no part of this project: in the repository Azure/azureml-assets it is
assets/inference/environments/mlflow-py312-inference/context/mlflow_score_script.py. It runs under
Azure's own server, in an environment of its own:

    uv venv azure
    uv pip install --python azure/bin/python -r Samples/mlflow-iris/requirements.txt \
        azureml-inference-server-http==1.5.1 inference-schema==1.8 azureml-ai-monitoring==1.0.0
    azure/bin/python -B Scripts/tools/record_azure.py mlflow_score_script.py

What it writes is compared with our own answers whenever the tests of the runtime run.
"""

from __future__ import annotations

import argparse
import hashlib
import importlib.metadata
import json
import multiprocessing
import os
import sys
import tempfile
from typing import Any, Dict, List

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
TESTS = os.path.join(ROOT, "Tests", "ScorerRuntimeTests")
ANSWERS = os.path.join(TESTS, "dialects", "azure_answers.json")
PACKAGES = ["azureml-inference-server-http", "inference-schema", "mlflow", "numpy", "pandas"]


def main() -> int:
    """Returns: 0 once the answers are written."""
    parser = argparse.ArgumentParser(prog="record_azure.py")
    parser.add_argument("script", help="where Azure's mlflow_score_script.py lies")
    script = os.path.abspath(parser.parse_args().script)
    sys.path.insert(0, TESTS)
    from dialects import models
    from dialects.requests import azure

    names = list(dict.fromkeys(case.model for case in azure.CASES))
    answers: Dict[str, Any] = {}
    with tempfile.TemporaryDirectory() as folder:
        directories = models.save(names, folder)
        for name in names:
            cases = [case for case in azure.CASES if case.model == name]
            answers[name] = _in_a_process_of_its_own(script, directories[name], cases)
            print(f"{name}: {len(answers[name])} answers", file=sys.stderr, flush=True)
    with open(script, "rb") as file:
        digest = hashlib.sha256(file.read()).hexdigest()
    versions = {name: importlib.metadata.version(name) for name in PACKAGES}
    with open(ANSWERS, "w", encoding="utf-8") as file:
        json.dump({"script": digest, "versions": versions, "answers": answers}, file, indent=1)
        file.write("\n")
    return 0


def _in_a_process_of_its_own(script: str, model: str, cases: List[Any]) -> Dict[str, Any]:
    """The script loads its model when it is imported, so each model takes a process.

    Returns: the answers by the request's name; none where the script cannot load the model.
    """
    ours, childs = multiprocessing.get_context("spawn").Pipe(duplex=False)
    process = multiprocessing.get_context("spawn").Process(
        target=_answer_all, args=(script, model, [tuple(case) for case in cases], childs)
    )
    process.start()
    childs.close()
    try:
        return ours.recv()
    except EOFError:
        return {}
    finally:
        process.join()


def _answer_all(script: str, model: str, cases: List[Any], answers: Any) -> None:
    folder, name = os.path.split(model)
    os.environ.update(AZUREML_MODEL_DIR=folder, MLFLOW_MODEL_FOLDER=name)
    os.environ.update(AML_APP_ROOT=os.path.dirname(script), AZUREML_ENTRY_SCRIPT=script)
    sys.path.insert(0, TESTS)
    from azureml_inference_server_http.server.create_app import create
    from dialects.case import Case

    client = create().test_client()
    recorded = {}
    for case in (Case(*parts) for parts in cases):
        kind = {} if case.content_type is None else {"content_type": case.content_type}
        try:
            answer = client.post("/score", data=case.written, **kind)
        except SystemExit:
            recorded[case.name] = {"status": 0, "type": "", "body": "the server's process ended"}
            continue
        recorded[case.name] = {
            "status": answer.status_code,
            "type": answer.content_type,
            "body": answer.get_data(as_text=True),
        }
    answers.send(recorded)


if __name__ == "__main__":
    sys.exit(main())
