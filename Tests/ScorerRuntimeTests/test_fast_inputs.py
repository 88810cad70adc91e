# Scorekeeper: a model-serving supervisor.
# SPDX-License-Identifier: Apache-2.0

"""What the fast way hands to a model is what MLflow hands to it, for bodies of every kind."""

from __future__ import annotations

import json
import random
import unittest
from typing import Any, Callable, Dict, Iterator, List, Tuple

import numpy as np
import pandas as pd
import runtime_path  # noqa: F401
from mlflow.types import Schema, TensorSpec
from scorekeeper_scorer import flavor_call, routes
from scorekeeper_scorer.exchange import Request
from scorekeeper_scorer.ways import Ways
from way_case import WayCase, columns, model, post, tensors

SEED = 3_017
BODIES = 25
ODD_NAME = 'Ärger "%d"\\n'

Draw = random.Random
VALUES: Dict[str, Callable[[Draw], Any]] = {
    "double": lambda draw: draw.choice(
        [draw.uniform(-9, 9), draw.randint(-9, 9), draw.gauss(0, 1e30), -0.0, 0, 2**53 + 1, 1e-9]
    ),
    "float": lambda draw: draw.choice([draw.uniform(-9, 9), draw.randint(-9, 9), -0.0, 3e38]),
    "long": lambda draw: draw.randint(-(10 ** draw.randint(0, 17)), 10 ** draw.randint(0, 17)),
    "integer": lambda draw: draw.randint(-(2**31), 2**31 - 1),
    "boolean": lambda draw: draw.random() < 0.5,
    "string": lambda draw: "".join(draw.choices('aß€\U0001f600 "\\\n\x7f1', k=draw.randint(0, 9))),
}
TABLES: Dict[str, Schema] = {
    "doubles": columns(a="double", b="double", c="double"),
    "floats": columns(a="float", b="float"),
    "longs": columns(a="long", b="long"),
    "integers": columns(a="integer"),
    "booleans": columns(a="boolean", b="boolean"),
    "texts": columns(a="string", b="string"),
    "one text": columns(text="string"),
    "one double": columns(number="double"),
    "all types": columns(**{f"the {kind}": kind for kind in VALUES}),
    "odd names": columns(**{ODD_NAME: "double", "\u20ac": "string", "9": "long"}),
}
TENSORS: Dict[str, Schema] = {
    "matrix": tensors(TensorSpec(np.dtype("float64"), (-1, 3))),
    "images": tensors(TensorSpec(np.dtype("float32"), (-1, 2, 2, 1))),
    "free": tensors(TensorSpec(np.dtype("float32"), (-1, -1, 2))),
    "bytes": tensors(TensorSpec(np.dtype("uint8"), (-1, 4))),
    "flags": tensors(TensorSpec(np.dtype("bool"), (-1,))),
    "named": tensors(TensorSpec(np.dtype("int64"), (-1, 2), "x")),
    "pair": tensors(
        TensorSpec(np.dtype("float32"), (-1, 2), "x"), TensorSpec(np.dtype("int32"), (-1,), "y")
    ),
}
KINDS = {"f": "double", "i": "integer", "u": "byte", "b": "boolean"}
VALUES["byte"] = lambda draw: draw.randint(0, 255)


class FastInputs(WayCase):
    def test_tables_are_mlflows_frames(self) -> None:
        draw = random.Random(SEED)
        for name, schema in TABLES.items():
            with self.subTest(name):
                bodies = [tables(schema, draw) for _ in range(BODIES)]
                self.assert_handed_alike(schema, [body for several in bodies for body in several])

    def test_tensors_are_mlflows_arrays(self) -> None:
        draw = random.Random(SEED)
        for name, schema in TENSORS.items():
            with self.subTest(name):
                bodies = [arrays(schema, draw) for _ in range(BODIES)]
                self.assert_handed_alike(schema, [body for several in bodies for body in several])

    def assert_handed_alike(self, schema: Schema, bodies: List[Tuple[str, Any]]) -> None:
        loaded, _ = model(lambda data: np.zeros(len(data)), schema)
        ways = self.quietly(lambda: Ways(loaded))
        self.assertEqual(ways.why_not_fast, "")
        covered = 0
        for path, body in bodies:
            request = post(path, json.dumps(body, ensure_ascii=len(bodies) % 2 == 0).encode())
            call = ways._fast.read(request)
            if call is None:
                continue
            covered += 1
            ours = ways._fast.input.build(call.arrays, call.reading.index)
            self.assert_same(ours, self.handed_by_mlflow(loaded, request), body)
        self.assertGreater(covered, 0.9 * len(bodies))

    def handed_by_mlflow(self, loaded: Any, request: Request) -> Any:
        with flavor_call.watched(loaded.pyfunc, [0]) as calls:
            answer = self.quietly(lambda: routes.answer(loaded, request))
        self.assertEqual(len(calls), 1, answer)
        return calls[0].data

    def assert_same(self, ours: Any, theirs: Any, body: Any) -> None:
        self.assertIs(type(ours), type(theirs))
        if isinstance(ours, dict):
            self.assertEqual(list(ours), list(theirs))
            for name in ours:
                self.assert_same(ours[name], theirs[name], body)
        elif isinstance(ours, np.ndarray):
            self.assertEqual(ours.dtype, theirs.dtype)
            self.assertEqual(ours.strides, theirs.strides)
            self.assertEqual(ours.flags.writeable, theirs.flags.writeable)
            self.assertEqual(ours.tobytes(), theirs.tobytes(), body)
        else:
            pd.testing.assert_frame_equal(
                ours, theirs, check_exact=True, check_column_type=True, check_index_type=True
            )
            self.assertIs(type(ours.index), type(theirs.index))
            self.assertEqual(blocks(ours), blocks(theirs), body)


def blocks(table: Any) -> List[Tuple[Any, ...]]:
    """How pandas keeps the table: element types, places, layout, the bytes of numbers, objects."""
    found = []
    for block in table._mgr.blocks:
        values = block.values
        entry = (str(block.dtype), tuple(block.mgr_locs), type(values).__name__)
        if isinstance(values, np.ndarray):
            is_objects = values.dtype == object
            entry += (values.strides, values.tolist() if is_objects else values.tobytes())
        found.append(entry)
    return found


def tables(schema: Schema, draw: Draw) -> Iterator[Tuple[str, Any]]:
    """Random rows for the schema, in every way of writing them."""
    kinds = {spec.name: spec.type.name for spec in schema.inputs}
    rows = draw.randint(1, 5)
    column = {name: [VALUES[kind](draw) for _ in range(rows)] for name, kind in kinds.items()}
    order = draw.sample(list(column), len(column))
    records = [{name: column[name][row] for name in order} for row in range(rows)]
    split = {"columns": order, "data": [[record[name] for name in order] for record in records]}
    labelled = {"index": draw.sample(range(-9, 9), rows), **split}
    bodies = [
        {"dataframe_split": split},
        {"dataframe_split": labelled},
        {"dataframe_records": records},
        {"instances": records},
        {"inputs": records},
        {"inputs": {name: column[name] for name in order}},
        {"params": {}, "inputs": records},
    ]
    if len(column) == 1:
        bodies += [{"inputs": column[order[0]]}, {"instances": column[order[0]]}]
    for body in bodies:
        yield "/invocations", body
        yield "/score", body
    for data in (labelled, [list(row) for row in zip(*column.values())]):
        yield "/score", {"input_data": data}


def arrays(schema: Schema, draw: Draw) -> Iterator[Tuple[str, Any]]:
    """Random tensors for the schema, in every way of writing them."""
    rows, free = draw.randint(1, 4), draw.randint(1, 3)
    named = {}
    for spec in schema.inputs:
        sizes = [rows] + [free if size == -1 else size for size in spec.shape[1:]]
        kind = KINDS[spec.type.kind]
        cells = [VALUES[kind](draw) for _ in range(int(np.prod(sizes)))]
        if spec.type == np.float32:
            cells = [VALUES["float"](draw) for _ in cells]
        named[spec.name] = np.array(cells, object).reshape(sizes).tolist()
    bodies: List[Dict[str, Any]] = []
    if len(named) == 1:
        only = next(iter(named.values()))
        bodies += [{"inputs": only}, {"instances": only}, {"input_data": only}]
    if schema.has_input_names():
        bodies += [{"inputs": named}, {"input_data": named}]
    for body in bodies:
        yield ("/score" if "input_data" in body else "/invocations"), body


if __name__ == "__main__":
    unittest.main()
