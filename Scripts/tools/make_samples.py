# Scorekeeper: a model-serving supervisor.
# SPDX-License-Identifier: Apache-2.0

"""Makes MLflow samples again: each folder's `make.py` saves its model, as MLflow writes it.

What MLflow makes up anew each time (identifiers, times) changes; the answer to `request.json` must
be the one that the sample gave before, unless `make.py` was changed to another model.
"""

from __future__ import annotations

import contextlib
import importlib.util
import io
import json
import os
import shutil
import sys
import tempfile
from pathlib import Path
from typing import List, Optional

os.environ.setdefault("MLFLOW_DISABLE_TELEMETRY", "true")
os.environ.setdefault("MLFLOW_DISABLE_ENV_MANAGER_CONDA_WARNING", "true")

SAMPLES = Path(__file__).resolve().parents[2] / "Samples"
OURS = {"README.md", "make.py"}


def answer(model: Path, request: bytes) -> str:
    """What MLflow's own server answers to the request."""
    import mlflow.pyfunc
    from mlflow.pyfunc import scoring_server

    loaded = mlflow.pyfunc.load_model(str(model))
    schema = loaded.metadata.get_input_schema()
    with contextlib.redirect_stderr(io.StringIO()):
        result = scoring_server.invocations(request, "application/json", loaded, schema)
    if result.status != 200:
        raise RuntimeError(f"'{model.name}' answers {result.status}: {result.response}")
    return str(result.response)


def save(source: Path, folder: Path) -> None:
    """Has the sample's `make.py` write its model and a request for it into `folder`."""
    spec = importlib.util.spec_from_file_location(source.name.replace("-", "_"), source / "make.py")
    if spec is None or spec.loader is None:
        raise ImportError(f"cannot load '{source / 'make.py'}'")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    os.chdir(source)
    module.save(folder)
    request = json.loads((folder / "serving_input_example.json").read_text())
    (folder / "request.json").write_text(json.dumps(request) + "\n")


def replace(sample: Path, made: Path) -> None:
    """Puts what was made where the sample's old files are."""
    for old in sample.iterdir():
        if old.name in OURS:
            continue
        if old.is_dir():
            shutil.rmtree(old)
        else:
            old.unlink()
    shutil.copytree(made, sample, dirs_exist_ok=True)


def make(sample: Path) -> None:
    """Makes one sample again and says whether it still answers as it did."""
    before: Optional[str] = None
    if (sample / "MLmodel").exists():
        before = answer(sample, (sample / "request.json").read_bytes())
    with tempfile.TemporaryDirectory() as scratch:
        # Some of the paths that MLflow is given end up in the model: they name a copy, not us.
        source = Path(shutil.copytree(sample, Path(scratch) / sample.name))
        made = Path(scratch) / "model"
        save(source, made)
        after = answer(made, (made / "request.json").read_bytes())
        replace(sample, made)
        os.chdir(SAMPLES)
    told = "as before" if after == before else "new" if before is None else "OTHERWISE THAN BEFORE"
    size = sum(file.stat().st_size for file in sample.rglob("*") if file.is_file())
    print(f"{sample.name}: {size // 1024} KB, answers {told}: {after}")


def main(names: List[str]) -> int:
    """Returns: 1 when there is no such sample."""
    known = sorted(path.parent.name for path in SAMPLES.glob("*/make.py"))
    unknown = [name for name in names if name not in known]
    if unknown:
        print(f"there is no sample '{unknown[0]}'; there are {', '.join(known)}", file=sys.stderr)
        return 1
    for name in names or known:
        make(SAMPLES / name)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
