# Scorekeeper: a model-serving supervisor.
# SPDX-License-Identifier: Apache-2.0

"""The models that we and MLflow's server are compared on, and a request of one row for each."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any, Dict, NamedTuple, Tuple

SAMPLES = Path(__file__).resolve().parents[2] / "Samples"
IMAGE = "image"
NAMES = ("iris", "xgboost", "lightgbm", "pipeline", "onnx", IMAGE)


class BenchedModel(NamedTuple):
    """A model's directory, the body that is posted, and how it is told of."""

    name: str
    directory: Path
    body: Path


def prepare(name: str, interpreter: Path, folder: Path) -> BenchedModel:
    """The model of that name; the one for images is made in `folder`."""
    body = folder / f"{name}.json"
    if name == IMAGE:
        tool = Path(__file__).resolve().parent / "bench_image.py"
        subprocess.run([str(interpreter), "-B", str(tool), "make", str(folder)], check=True)
        return BenchedModel(name, folder / IMAGE, body)
    directory = SAMPLES / f"mlflow-{name}"
    request = json.loads((directory / "request.json").read_text())
    body.write_text(json.dumps(one_row(request)))
    return BenchedModel(name, directory, body)


def one_row(request: Dict[str, Any]) -> Dict[str, Any]:
    """The same request with its first row alone."""
    (form, content), *rest = request.items()
    if form == "dataframe_split":
        content = {**content, "data": content["data"][:1]}
        content.pop("index", None)
    elif isinstance(content, list):
        content = content[:1]
    return {form: content, **dict(rest)}


def bare_image_seconds(interpreter: Path, folder: Path) -> Tuple[float, float]:
    """Processor seconds of the image's bare model for one call, and its body's length in bytes."""
    tool = Path(__file__).resolve().parent / "bench_image.py"
    said = subprocess.run(
        [str(interpreter), "-B", str(tool), "bare", str(folder)],
        check=True,
        stdout=subprocess.PIPE,
    ).stdout
    return float(said), float((folder / f"{IMAGE}.json").stat().st_size)
