# Scorekeeper: a model-serving supervisor.
# SPDX-License-Identifier: Apache-2.0

"""The bodies that a model's routes take and give, as schemas.

Source: `mlflow_dialect.py` and `azure_input.py`, which read those bodies.
"""

from __future__ import annotations

from typing import Any, Dict, List, Optional

from . import json_schema
from .azure_dialect import KEY as AZURE_KEY
from .azure_input import LANGUAGE_FLAVORS
from .description import LANGUAGE_KEYS, Description, Spec, is_required, is_tensor
from .json_schema import Schema, any_of, array, reference

_OBJECT: Schema = {"type": "object"}
_NESTED = ("array", "object", "map", "any", "sparkml-vector")


def parts(model: Description) -> Dict[str, Schema]:
    """The schemas that the bodies refer to: a row of a table with named columns, the parameters."""
    found: Dict[str, Schema] = {}
    if _has_rows(model):
        found["Row"] = json_schema.of_named(_by_name(model.inputs or []))
    if model.params:
        found["Params"] = {"type": "object", "properties": _param_schemas(model)}
    return found


def for_invocations(model: Description) -> Schema:
    """An object with exactly one of MLflow's keys, or a language model's input itself."""
    values = _values(model)
    forms = [_keyed(key, schema, model) for key, schema in values.items()]
    if model.takes_language_keys:
        forms.append(_language_form(model))
    if len(forms) == 1:
        return forms[0]
    what = f"Exactly one of {', '.join(values)}"
    if model.takes_language_keys:
        what += ", or the model's input itself"
    return {"description": what + ".", "oneOf": forms}


def from_invocations(model: Description) -> Schema:
    """The result under `predictions`; for language models' keys the result itself."""
    wrapped: Schema = {
        "type": "object",
        "properties": {"predictions": from_score(model)},
        "required": ["predictions"],
    }
    return any_of([wrapped, from_score(model)]) if model.takes_language_keys else wrapped


def for_score(model: Description) -> Schema:
    """An object with Azure's key."""
    return _keyed(AZURE_KEY, _azure_value(model), model)


def from_score(model: Description) -> Schema:
    """The bare result. A number that is not finite is answered as null."""
    if not model.outputs:
        return {}
    if _is_named(model.outputs):
        found = json_schema.of_named(_by_name(model.outputs))
        rows = _with_null(found)
        return rows if is_tensor(model.outputs[0]) else any_of([array(rows), rows])
    schema = _with_null(json_schema.of(model.outputs[0]))
    if is_tensor(model.outputs[0]):
        return schema
    return array(schema) if len(model.outputs) == 1 else array(_OBJECT)


def _values(model: Description) -> Dict[str, Schema]:
    """What may stand under each of MLflow's keys."""
    inputs = model.inputs
    if inputs is None:
        free: Schema = {}
        rows = array(_OBJECT)
        split = _split([], needs_columns=False)
        forms = {"dataframe_split": split, "dataframe_records": rows, "instances": array(free)}
        return {**forms, "inputs": free}
    if model.is_from_type_hint:
        return {"inputs": array(json_schema.of(inputs[0]))}
    if is_tensor(inputs[0]):
        return _tensors(inputs)
    table = {"dataframe_split": _split(inputs, needs_columns=_is_named(inputs))}
    if not _is_named(inputs):
        rows = _rows(inputs)
        return {**table, "inputs": rows, "instances": rows} if rows else table
    row = reference("Row")
    forms = {**table, "dataframe_records": array(row)}
    if any(spec["type"] in _NESTED for spec in inputs):
        return {**forms, "inputs": any_of([row, array(row)])}
    either = any_of([_columns(inputs), row, array(row)])
    return {**forms, "inputs": either, "instances": array(row)}


def _tensors(inputs: List[Spec]) -> Dict[str, Schema]:
    if not _is_named(inputs):
        tensor = json_schema.of(inputs[0])
        return {"inputs": tensor, "instances": tensor}
    items = {spec["name"]: _item(spec) for spec in inputs}
    return {
        "inputs": json_schema.of_named(_by_name(inputs)),
        "instances": array(
            json_schema.with_required({"type": "object", "properties": items}, list(items))
        ),
    }


def _item(spec: Spec) -> Schema:
    shape = spec["tensor-spec"]["shape"]
    return json_schema.of_tensor(spec["tensor-spec"]["dtype"], shape[1:])


def _azure_value(model: Description) -> Schema:
    inputs = model.inputs
    if inputs is None or model.is_from_type_hint or not LANGUAGE_FLAVORS.isdisjoint(model.flavors):
        return {}
    if is_tensor(inputs[0]):
        return _tensors(inputs)["inputs"]
    forms = [_split(inputs, needs_columns=True)]
    if _is_named(inputs):
        rows: Optional[Schema] = array(array(any_of(_cells(inputs)), len(inputs)))
    else:
        rows = _rows(inputs)
    return any_of(forms + [rows]) if rows else any_of(forms)


def _split(inputs: List[Spec], needs_columns: bool) -> Schema:
    """A table in pandas' split form."""
    row = array(any_of(_cells(inputs)) if inputs else {})
    properties = {"columns": array({"type": "string"}), "index": array({}), "data": array(row)}
    table: Schema = {"type": "object", "properties": properties, "additionalProperties": False}
    return {**table, "required": ["columns", "data"] if needs_columns else ["data"]}


def _rows(inputs: List[Spec]) -> Optional[Schema]:
    """A table without names as a list of rows: an array, so all of one type or not at all."""
    cell = any_of(_cells(inputs))
    return None if "anyOf" in cell else array({**array(cell), "minItems": len(inputs)})


def _columns(inputs: List[Spec]) -> Schema:
    """A table as an object of columns."""
    columns = {spec["name"]: array(json_schema.of(spec)) for spec in inputs}
    needed = [spec["name"] for spec in inputs if is_required(spec)]
    return json_schema.with_required({"type": "object", "properties": columns}, needed)


def _language_form(model: Description) -> Schema:
    """The input's own keys and the parameters side by side."""
    inputs = _by_name(model.inputs or [])
    keys = [key for key in LANGUAGE_KEYS if model.inputs is None or key in inputs]
    form = json_schema.of_named(inputs)
    form["properties"].update(_param_schemas(model))
    return {**form, "anyOf": [{"type": "object", "required": [key]} for key in keys]}


def _keyed(key: str, value: Schema, model: Description) -> Schema:
    """A body with that key and, where the model has some, parameters."""
    properties = {key: value}
    if model.params:
        properties["params"] = reference("Params")
    return {"type": "object", "properties": properties, "required": [key]}


def _param_schemas(model: Description) -> Dict[str, Schema]:
    schemas: Dict[str, Schema] = {}
    for spec in model.params:
        schema = json_schema.of(spec)
        if spec.get("shape") is not None:
            schema = array(schema)
        if spec.get("default") is None:
            schema["nullable"] = True
        else:
            schema["default"] = spec["default"]
        schemas[spec["name"]] = schema
    return schemas


def _with_null(schema: Schema) -> Schema:
    """The schema with null for every number that may be not finite, however deep."""
    result = dict(schema)
    if result.get("type") == "number":
        result["nullable"] = True
    if "items" in result:
        result["items"] = _with_null(result["items"])
    if "properties" in result:
        result["properties"] = {
            name: _with_null(part) for name, part in result["properties"].items()
        }
    if isinstance(result.get("additionalProperties"), dict):
        result["additionalProperties"] = _with_null(result["additionalProperties"])
    return result


def _has_rows(model: Description) -> bool:
    inputs = model.inputs
    return bool(inputs) and _is_named(inputs or []) and not is_tensor((inputs or [])[0])


def _cells(inputs: List[Spec]) -> List[Schema]:
    return [json_schema.of(spec) for spec in inputs]


def _is_named(specs: List[Spec]) -> bool:
    return bool(specs) and specs[0].get("name") is not None


def _by_name(specs: List[Spec]) -> Dict[str, Any]:
    return {spec["name"]: spec for spec in specs}
