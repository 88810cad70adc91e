# Scorekeeper: a model-serving supervisor.
# SPDX-License-Identifier: Apache-2.0

"""Trains a small network on the iris data set, writes it as an ONNX graph and saves that."""

from __future__ import annotations

from importlib.metadata import version
from pathlib import Path

import mlflow.onnx
import numpy as np
from mlflow.models import ModelSignature
from mlflow.types import Schema, TensorSpec
from onnx import ModelProto, TensorProto, checker, helper, numpy_helper
from sklearn.datasets import load_iris
from sklearn.neural_network import MLPClassifier

PACKAGES = ["mlflow", "numpy", "pandas", "onnx", "onnxruntime"]
ONE_OF_EACH = [0, 50, 100]
HIDDEN = 64


def graph(network: MLPClassifier) -> ModelProto:
    """The trained network: 4 numbers, 64 hidden, 3 probabilities."""
    weights = {
        f"{kind}{layer}": numpy_helper.from_array(values.astype(np.float32), f"{kind}{layer}")
        for kind, both in (("weights", network.coefs_), ("bias", network.intercepts_))
        for layer, values in enumerate(both)
    }
    nodes = [
        helper.make_node("Gemm", ["measurements", "weights0", "bias0"], ["sums"]),
        helper.make_node("Relu", ["sums"], ["hidden"]),
        helper.make_node("Gemm", ["hidden", "weights1", "bias1"], ["scores"]),
        helper.make_node("Softmax", ["scores"], ["probabilities"], axis=1),
    ]
    rows = ["measurements", TensorProto.FLOAT, ["rows", 4]]
    answers = ["probabilities", TensorProto.FLOAT, ["rows", 3]]
    made = helper.make_graph(
        nodes,
        "iris",
        [helper.make_tensor_value_info(*rows)],
        [helper.make_tensor_value_info(*answers)],
        list(weights.values()),
    )
    model = helper.make_model(made, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    checker.check_model(model, full_check=True)
    return model


def save(folder: Path) -> None:
    """Writes the model directory; its input example is one flower of each species."""
    data, species = load_iris(return_X_y=True)
    network = MLPClassifier((HIDDEN,), max_iter=2_000, random_state=7).fit(data, species)
    number = np.dtype(np.float32)
    mlflow.onnx.save_model(
        graph(network),
        folder,
        save_as_external_data=False,
        onnx_execution_providers=["CPUExecutionProvider"],
        onnx_session_options={"intra_op_num_threads": 1},
        signature=ModelSignature(
            inputs=Schema([TensorSpec(number, (-1, 4))]),
            outputs=Schema([TensorSpec(number, (-1, 3), "probabilities")]),
        ),
        input_example=data[ONE_OF_EACH].astype(np.float32),
        pip_requirements=[f"{name}=={version(name)}" for name in PACKAGES],
    )
