# Scorekeeper: a model-serving supervisor.
# SPDX-License-Identifier: Apache-2.0

"""Small MLflow models that do one thing each; all share the iris sample's environment."""

from __future__ import annotations

import shutil
import textwrap
from pathlib import Path

SAMPLE = Path(__file__).resolve().parents[2] / "Samples" / "mlflow-iris"

MLMODEL = """\
flavors:
  python_function:
    code: code
    env:
      conda: conda.yaml
      virtualenv: python_env.yaml
    loader_module: the_model
    python_version: 3.11.2
mlflow_version: 3.17.2
"""

HOLDING = """
    import time

    class Model:
        def predict(self, model_input, params=None):
            time.sleep(0.3)
            return model_input

    def _load_pyfunc(path, model_config=None):
        return Model()
"""


def answering(text: str) -> str:
    """The code of a model that answers `text`, whatever it is asked."""
    return f"""
    class Model:
        def predict(self, model_input, params=None):
            return {text!r}

    def _load_pyfunc(path, model_config=None):
        return Model()
    """


def write(folder: Path, code: str) -> Path:
    """A model directory whose loader module is `code`."""
    (folder / "code").mkdir(parents=True)
    (folder / "MLmodel").write_text(MLMODEL)
    (folder / "code" / "the_model.py").write_text(textwrap.dedent(code))
    for name in ("conda.yaml", "python_env.yaml", "requirements.txt"):
        shutil.copy(SAMPLE / name, folder / name)
    return folder


COUNTING = """
    class Model:
        calls = 0

        def predict(self, model_input, params=None):
            self.calls += 1
            return self.calls

    def _load_pyfunc(path, model_config=None):
        return Model()
"""
