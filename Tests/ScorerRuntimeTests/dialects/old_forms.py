# Scorekeeper: a model-serving supervisor.
# SPDX-License-Identifier: Apache-2.0

"""Model directories written by hand: what MLflow of today no longer writes, or cannot here."""

from __future__ import annotations

import os

_LOADER = """
class Counting:
    def predict(self, data):
        return [len(data)]

    def score(self, data, params=None):
        return {"rows": len(data), "params": params}

    def describe(self, data, params=None):
        return f"{type(data).__name__} {data!r}"


def _load_pyfunc(path):
    return Counting()
"""

# No mlflow_version, no model_uuid, the environment as a string, keys that nobody knows.
_BEFORE_2_0 = """
artifact_path: model
future_key: {anything: [1, 2]}
flavors:
  python_function:
    code: code
    env: conda.yaml
    loader_module: counting_loader
    python_version: 3.6.9
    unknown: true
  never_heard_of: {}
signature:
  inputs: '[{"name": "a", "type": "double"}]'
  outputs: null
run_id: 0123456789abcdef
utc_time_created: '2019-01-02 03:04:05.678901'
"""

# The method of another name, and nothing else.
_BARE = """
flavors:
  python_function:
    code: code
    loader_module: counting_loader
    predict_fn: score
"""

# As a model of LangChain's is known, without LangChain.
_LANGUAGE = """
flavors:
  langchain: {}
  python_function:
    code: code
    loader_module: counting_loader
    predict_fn: describe
"""


def save(path: str) -> None:
    """As MLflow 1 wrote it."""
    _write(path, _BEFORE_2_0)


def save_bare(path: str) -> None:
    """With `predict_fn` and without a signature, an environment or an origin."""
    _write(path, _BARE)


def save_language(path: str) -> None:
    """With the flavor of a language model."""
    _write(path, _LANGUAGE)


def _write(path: str, description: str) -> None:
    os.makedirs(os.path.join(path, "code"))
    with open(os.path.join(path, "MLmodel"), "w", encoding="utf-8") as file:
        file.write(description.lstrip())
    with open(os.path.join(path, "code", "counting_loader.py"), "w", encoding="utf-8") as file:
        file.write(_LOADER)
