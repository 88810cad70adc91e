# Scorekeeper: a model-serving supervisor.
# SPDX-License-Identifier: Apache-2.0

"""One MLflow model, loaded: what the dialects ask of it."""

from __future__ import annotations

import inspect
import io
import json
import os
from typing import Any, Dict, NamedTuple, Optional, Set

import mlflow
import mlflow.pyfunc
import mlflow.pyfunc.scoring_server as scoring
from mlflow.exceptions import MlflowException

from . import strict_json


class Parsed(NamedTuple):
    """A request's body as the model takes it."""

    data: Any
    params: Optional[Dict[str, Any]] = None
    is_unwrapped: bool = False


class LoadedModel:
    """A `mlflow.pyfunc` model with what is the same for every request looked up once."""

    def __init__(self, directory: str, pyfunc: Any) -> None:
        self.directory = directory
        self.mlflow_version: str = mlflow.__version__
        self.metadata = pyfunc.metadata
        self.input_schema = pyfunc.metadata.get_input_schema()
        self.flavors: Set[str] = set(pyfunc.metadata.flavors)
        self.shows_failures = os.environ.get("SCOREKEEPER_DEBUG_ERRORS") == "1"
        # Where MLmodel says that the model's own example lies, and in which form.
        self.example_info: Dict[str, Any] = pyfunc.metadata.saved_input_example_info or {}
        has_hint = getattr(pyfunc.metadata, "_is_signature_from_type_hint", None)
        self.takes_what_its_type_hint_says = bool(has_hint and has_hint())
        self._pyfunc = self.pyfunc = pyfunc
        self._takes_params = "params" in inspect.signature(pyfunc.predict).parameters

    @classmethod
    def load(cls, directory: str) -> "LoadedModel":
        """Loads with the MLflow of the model's own environment.

        Errors: whatever the model's code and libraries raise.
        """
        # MLflow compares every installed package with the model's requirements before it loads,
        # which takes longer than loading; this environment was built from those requirements.
        options: Dict[str, Any] = {"suppress_warnings": True}
        configuration = os.environ.get("SERVING_MODEL_CONFIG")
        if configuration:
            options["model_config"] = json.loads(configuration)
        return cls(directory, mlflow.pyfunc.load_model(directory, **options))

    @staticmethod
    def complaint(body: bytes) -> Optional[MlflowException]:
        """MLflow's own words about a body that is not JSON, or nothing if MLflow takes it."""
        try:
            scoring._decode_json_input(body)
        except MlflowException as error:
            return error
        except Exception:
            return None
        return None

    def parse(self, content: Any) -> Parsed:
        """MLflow's own reading of a JSON value: formats, casts, params.

        Errors: `MlflowException`.
        """
        if not isinstance(content, dict):
            # What it says depends on the type alone, and it reads text: give it little.
            scoring._decode_json_input(json.dumps(type(content)()))
        if hasattr(scoring, "_parse_json_data"):
            return Parsed(
                *scoring._parse_json_data(content, self._pyfunc.metadata, self.input_schema)
            )
        data, params = scoring._split_data_and_params(content)
        return Parsed(scoring.infer_and_parse_data(data, self.input_schema), params)

    def parse_csv(self, text: str) -> Parsed:
        """MLflow's own reading of CSV.

        Errors: `MlflowException`.
        """
        return Parsed(
            scoring.parse_csv_input(csv_input=io.StringIO(text), schema=self.input_schema)
        )

    def parse_parquet(self, body: bytes) -> Parsed:
        """MLflow's own reading of Parquet.

        Errors: `MlflowException`.
        """
        return Parsed(scoring.parse_parquet_input(parquet_input=io.BytesIO(body)))

    def predict(self, parsed: Parsed) -> Any:
        """The model's result, after MLflow has enforced its signature.

        Errors: `MlflowException` from MLflow, anything from the model's code.
        """
        if self._takes_params:
            return self._pyfunc.predict(parsed.data, params=parsed.params)
        return self._pyfunc.predict(parsed.data)

    @staticmethod
    def jsonable(result: Any) -> Any:
        """The result with tables turned into records and arrays into lists."""
        return scoring._get_jsonable_obj(result, pandas_orient="records")

    @staticmethod
    def encode(value: Any) -> bytes:
        """JSON with MLflow's forms for NumPy values, bytes and times.

        Errors: `TypeError` or `ValueError` when some part has no JSON form.
        """
        return strict_json.encode(value, scoring.NumpyEncoder)
