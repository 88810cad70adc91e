# Scorekeeper: a model-serving supervisor.
# SPDX-License-Identifier: Apache-2.0

"""A small CNN for images, saved by MLflow, and what a call of the bare model costs.

    bench_image.py make FOLDER     writes FOLDER/image and a request, FOLDER/image.json
    bench_image.py bare FOLDER     prints the processor seconds of a call
"""

from __future__ import annotations

import json
import os
import sys
import time
from pathlib import Path
from statistics import median
from typing import Any, List

SIDE = 112
CHANNELS = (3, 16, 48, 64, 64, 64, 64)
CALLS = 100


def make(folder: Path) -> None:
    """Six convolutions over three planes of 112 by 112, then ten numbers."""
    os.environ.setdefault("MLFLOW_DISABLE_TELEMETRY", "true")
    import mlflow.onnx
    import numpy as np
    from mlflow.models import ModelSignature
    from mlflow.types import Schema, TensorSpec

    draw = np.random.default_rng(7)
    image = draw.integers(0, 10, (1, CHANNELS[0], SIDE, SIDE)).astype(np.float32)
    inputs = Schema([TensorSpec(np.dtype(np.float32), (-1, CHANNELS[0], SIDE, SIDE), "image")])
    outputs = Schema([TensorSpec(np.dtype(np.float32), (-1, 10), "scores")])
    mlflow.onnx.save_model(
        network(draw),
        str(folder / "image"),
        signature=ModelSignature(inputs=inputs, outputs=outputs),
        onnx_session_options={"intra_op_num_threads": 1, "inter_op_num_threads": 1},
    )
    whole = image.astype(int).tolist()
    text = json.dumps({"inputs": {"image": whole}}, separators=(",", ":"))
    (folder / "image.json").write_text(text)


def network(draw: Any) -> Any:
    """The ONNX model, its weights drawn from `draw`."""
    import numpy as np
    from onnx import TensorProto, checker, helper, numpy_helper

    nodes: List[Any] = []
    weights: List[Any] = []
    last = "image"
    for layer, (many, more) in enumerate(zip(CHANNELS, CHANNELS[1:])):
        kernel = (0.1 * draw.standard_normal((more, many, 3, 3))).astype(np.float32)
        weights.append(numpy_helper.from_array(kernel, f"kernel{layer}"))
        stride = 2 if layer % 2 == 0 else 1
        nodes.append(
            helper.make_node(
                "Conv",
                [last, f"kernel{layer}"],
                [f"c{layer}"],
                pads=[1, 1, 1, 1],
                strides=[stride, stride],
            )
        )
        nodes.append(helper.make_node("Relu", [f"c{layer}"], [f"r{layer}"]))
        last = f"r{layer}"
    nodes.append(helper.make_node("GlobalAveragePool", [last], ["pooled"]))
    nodes.append(helper.make_node("Flatten", ["pooled"], ["flat"]))
    matrix = draw.standard_normal((CHANNELS[-1], 10)).astype(np.float32)
    weights.append(numpy_helper.from_array(matrix, "matrix"))
    nodes.append(helper.make_node("MatMul", ["flat", "matrix"], ["scores"]))
    shape = ["n", CHANNELS[0], SIDE, SIDE]
    graph = helper.make_graph(
        nodes,
        "image",
        [helper.make_tensor_value_info("image", TensorProto.FLOAT, shape)],
        [helper.make_tensor_value_info("scores", TensorProto.FLOAT, ["n", 10])],
        weights,
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    checker.check_model(model)
    return model


def bare(folder: Path) -> float:
    """Processor seconds of one call of the runtime's session, the median of many."""
    import numpy as np
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    session = onnxruntime.InferenceSession(
        str(folder / "image" / "model.onnx"), options, providers=["CPUExecutionProvider"]
    )
    request = json.loads((folder / "image.json").read_text())
    image = np.array(request["inputs"]["image"], np.float32)
    seen = []
    for _ in range(CALLS):
        began = time.process_time()
        session.run(None, {"image": image})
        seen.append(time.process_time() - began)
    return median(seen)


if __name__ == "__main__":
    if sys.argv[1] == "make":
        make(Path(sys.argv[2]))
    else:
        print(bare(Path(sys.argv[2])))
