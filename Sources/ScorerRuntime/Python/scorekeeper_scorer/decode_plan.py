# Scorekeeper: a model-serving supervisor.
# SPDX-License-Identifier: Apache-2.0

"""A signature as a plan for the decoder of C: which columns or tensors a body must hold."""

from __future__ import annotations

import json
import struct
from typing import Any, List, NamedTuple, Optional, Sequence, Tuple

import numpy as np

TABLE = 1
TENSORS = 2

# The keys that hold the rows, and how they are written under it: the numbers are those of scan.h.
DATAFRAME_SPLIT, DATAFRAME_RECORDS, INSTANCES, INPUTS, INPUT_DATA = range(1, 6)
SPLIT, RECORDS, COLUMNS, VALUES, ROWS, ARRAY, NAMED = range(1, 8)

TEXT = "str"

_TYPES = ["float64", "float32", "int64", "int32", "int16", "int8"]
_TYPES += ["uint64", "uint32", "uint16", "uint8", "bool", TEXT]
_CODES = {name: number for number, name in enumerate(_TYPES, 1)}
_COLUMN_TYPES = {
    "double": "float64",
    "float": "float32",
    "long": "int64",
    "integer": "int32",
    "boolean": "bool",
    "string": TEXT,
}
_PARTS_MAX = 512
_RANK_MAX = 8
_HEAD = struct.Struct("=II")
_PART = struct.Struct("=IIIIII8q")


class NotCovered(Exception):
    """The signature, or what stands around it, is not for the fast way; the message says why."""


class Part(NamedTuple):
    """A column, or a tensor with its shape."""

    name: Optional[str]
    dtype: str
    shape: Tuple[int, ...] = ()


class Plan(NamedTuple):
    """What the decoder is handed with each body."""

    kind: int
    parts: Tuple[Part, ...]
    written: bytes

    @property
    def block_dtype(self) -> Optional[str]:
        """The element type where all columns have one and lie in one block of memory."""
        first = self.parts[0].dtype
        if self.kind != TABLE or first == TEXT:
            return None
        return first if all(part.dtype == first for part in self.parts) else None

    @classmethod
    def of_schema(cls, schema: Any) -> "Plan":
        """The plan of MLflow's schema.

        Errors: `NotCovered`.
        """
        if schema is None or not schema.inputs:
            raise NotCovered("the model has no signature of its inputs")
        if len(schema.inputs) > _PARTS_MAX:
            raise NotCovered(f"the signature has more than {_PARTS_MAX} inputs")
        kind = TENSORS if schema.is_tensor_spec() else TABLE
        part_of = _tensor if kind == TENSORS else _column
        parts = tuple(part_of(spec) for spec in schema.inputs)
        return cls(kind, parts, _written(kind, parts))


def _column(spec: Any) -> Part:
    if spec.name is None:
        raise NotCovered("the signature's columns have no names")
    if not spec.required:
        raise NotCovered(f"the column '{spec.name}' is optional")
    dtype = _COLUMN_TYPES.get(getattr(spec.type, "name", ""))
    if dtype is None:
        raise NotCovered(f"the column '{spec.name}' has the type {spec.type}")
    return Part(str(spec.name), dtype)


def _tensor(spec: Any) -> Part:
    name = np.dtype(spec.type).name
    if name not in _CODES or name == TEXT:
        raise NotCovered(f"a tensor of the signature has the type {spec.type}")
    shape = tuple(int(size) for size in spec.shape)
    if not 1 <= len(shape) <= _RANK_MAX:
        raise NotCovered(f"a tensor of the signature has {len(shape)} dimensions")
    return Part(None if spec.name is None else str(spec.name), name, shape)


def _written(kind: int, parts: Sequence[Part]) -> bytes:
    """As `struct plan` of plan.h, which the decoder reads where it lies."""
    names = bytearray()
    first = _HEAD.size + len(parts) * _PART.size
    records: List[bytes] = []
    for part in parts:
        places: List[int] = []
        for spelling in _spellings(part.name):
            places += [first + len(names), len(spelling)]
            names += spelling
        shape = (part.shape + (0,) * _RANK_MAX)[:_RANK_MAX]
        records.append(_PART.pack(*places, _CODES[part.dtype], len(part.shape), *shape))
    return _HEAD.pack(kind, len(parts)) + b"".join(records) + bytes(names)


def _spellings(name: Optional[str]) -> Tuple[bytes, bytes]:
    """How JSON may spell the name between its quotes: in UTF-8, and escaped to ASCII."""
    if name is None:
        return b"", b""
    plain = json.dumps(name, ensure_ascii=False)[1:-1].encode("utf-8", "replace")
    return plain, json.dumps(name)[1:-1].encode("ascii")
