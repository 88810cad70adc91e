# Scorekeeper: a model-serving supervisor.
# SPDX-License-Identifier: Apache-2.0

"""The models of the list, each saved by the MLflow that is there."""

from __future__ import annotations

import os
import shutil
from typing import Any, Callable, Dict, List, Optional

import mlflow.pyfunc
import mlflow.sklearn
import numpy as np
import pandas as pd
from mlflow.models import ModelSignature
from mlflow.types import ColSpec, ParamSchema, ParamSpec, Schema, TensorSpec
from mlflow.types.schema import AnyType, Array, Map, Object, Property

from . import old_forms, typed
from .describing import Describing
from .returning import Returning

HERE = os.path.dirname(os.path.abspath(__file__))
SAMPLE = os.path.join(HERE, "..", "..", "..", "Samples", "mlflow-iris")

PARAMS = ParamSchema(
    [
        ParamSpec("temperature", "double", 0.5),
        ParamSpec("count", "integer", 3),
        ParamSpec("big", "long", 2**40),
        ParamSpec("word", "string", "x"),
        ParamSpec("loud", "boolean", False),
        ParamSpec("since", "datetime", np.datetime64("2026-01-02")),
        ParamSpec("stops", "string", ["a"], shape=(-1,)),
    ]
)


def _describing(inputs: Optional[Schema], params: Optional[ParamSchema] = None) -> Any:
    """Saves the describing model with a signature."""

    def save(path: str) -> None:
        signature = None
        if inputs is not None or params is not None:
            signature = ModelSignature(inputs=inputs, params=params)
        _save(path, Describing(), signature=signature)

    return save


def _save(path: str, model: Any, **more: Any) -> None:
    mlflow.pyfunc.save_model(path, python_model=model, pip_requirements=["mlflow"], **more)


def _columns(types: Dict[str, Any], optional: bool = False) -> Schema:
    return Schema([ColSpec(kind, name, required=not optional) for name, kind in types.items()])


def _sample(path: str) -> None:
    shutil.copytree(SAMPLE, path)


def _with_example(path: str) -> None:
    table = pd.DataFrame({"a": [1.5], "b": ["x"]})
    schema = _columns({"a": "double", "b": "string"})
    _save(path, Describing(), signature=ModelSignature(inputs=schema), input_example=table)


def _with_array_example(path: str) -> None:
    _save(path, Describing(), input_example=np.array([[1.5, 2.5]], dtype=np.float32))


def _from_code(path: str) -> None:
    _save(path, os.path.join(HERE, "model_as_code.py"), model_config={"greeting": "hello"})


def _with_artifacts(path: str) -> None:
    code = os.path.join(HERE, "code_directory")
    word = os.path.join(HERE, "code_directory", "word.txt")
    from .lookup import Lookup

    _save(path, Lookup(), code_paths=[code], artifacts={"word": word})


def _probabilities(path: str) -> None:
    from sklearn.linear_model import LogisticRegression

    model = LogisticRegression().fit([[0.0], [1.0], [2.0], [3.0]], [0, 0, 1, 1])
    mlflow.sklearn.save_model(
        model, path, pip_requirements=["mlflow"], pyfunc_predict_fn="predict_proba"
    )


SCALARS = ["boolean", "integer", "long", "float", "double", "string", "binary", "datetime"]
PERSON = Object([Property("name", "string"), Property("age", "long", required=False)])
NESTED = {"list": Array("long"), "lists": Array(Array("double")), "who": PERSON}
NESTED.update({"map": Map("double"), "any": AnyType()})

MODELS: Dict[str, Callable[[str], None]] = {
    "iris": _sample,
    "no signature": _describing(None),
    "doubles": _describing(_columns({"a": "double", "b": "double"})),
    "unnamed columns": _describing(Schema([ColSpec("double"), ColSpec("long")])),
    "one column": _describing(_columns({"text": "string"})),
    "one unnamed column": _describing(Schema([ColSpec("string")])),
    "optional": _describing(_columns({kind: kind for kind in SCALARS}, optional=True)),
    "nested": _describing(_columns(NESTED)),
    "optional nested": _describing(_columns(NESTED, optional=True)),
    "free tensor": _describing(Schema([TensorSpec(np.dtype("float32"), (-1, 4))])),
    "fixed tensor": _describing(Schema([TensorSpec(np.dtype("int64"), (2, 3))])),
    "tensor of objects": _describing(Schema([TensorSpec(np.dtype("O"), (-1,))])),
    "tensor of strings": _describing(Schema([TensorSpec(np.dtype("str"), (-1,))])),
    "named tensors": _describing(
        Schema(
            [
                TensorSpec(np.dtype("float64"), (-1, 2, 2), "image"),
                TensorSpec(np.dtype("int32"), (-1,), "size"),
            ]
        )
    ),
    "params": _describing(_columns({"a": "double"}), PARAMS),
    "params only": _describing(None, PARAMS),
    "dates": _describing(_columns({"date": "datetime", "sold_at": "string", "modified": "long"})),
    "returning": lambda path: _save(path, Returning()),
    "probabilities": _probabilities,
    "example": _with_example,
    "array example": _with_array_example,
    "from code": _from_code,
    "artifacts": _with_artifacts,
    "old forms": old_forms.save,
    "without predict": old_forms.save_bare,
    "language": old_forms.save_language,
    "typed texts": lambda path: _save(path, typed.Texts()),
    "typed records": lambda path: _save(path, typed.Records()),
    "typed by example": lambda path: _save(path, typed.ByExample(), input_example=["a"]),
    "chat": lambda path: _save(path, typed.Chat()),
}
for _kind in SCALARS:
    MODELS[_kind] = _describing(_columns({_kind: _kind}))


def save(names: List[str], folder: str) -> Dict[str, str]:
    """Saves the models of these names below a folder.

    Returns: the directory of each.
    """
    directories = {}
    for name in names:
        directories[name] = os.path.join(folder, name.replace(" ", "-"))
        MODELS[name](directories[name])
    return directories
