# Scorekeeper: a model-serving supervisor.
# SPDX-License-Identifier: Apache-2.0

"""What the package inference-schema knows of a decorated ``run``, where a script has imported it.

The package keeps its schemas in dictionaries of its own, by the function's module and name.
"""

from __future__ import annotations

import sys
from typing import Any, Callable, Dict, List, Tuple

Schema = Dict[str, Any]

VERSIONS = ["2.0", "3.0", "3.1"]
_FREE: Schema = {"type": "object", "example": {}}


def is_decorated(run: Callable[..., Any]) -> bool:
    """Whether ``run`` has an input or output schema."""
    util = sys.modules.get("inference_schema.schema_util")
    return util is not None and bool(util.is_schema_decorated(run))


def of(run: Callable[..., Any]) -> Tuple[Schema, Schema]:
    """The schemas of the input and the output; any object where nothing is said."""
    if not is_decorated(run):
        return _FREE, _FREE
    util = sys.modules["inference_schema.schema_util"]
    return util.get_input_schema(run), util.get_output_schema(run)


def versions(run: Callable[..., Any]) -> List[str]:
    """The versions of OpenAPI in which the schemas can be told."""
    util = sys.modules.get("inference_schema.schema_util")
    return VERSIONS if util is None else list(util.get_supported_versions(run))


def forget(module: str) -> None:
    """Drops what is known of a module's functions: it will be imported again.

    An output schema that was declared before could not be declared a second time.
    """
    util = sys.modules.get("inference_schema.schema_util")
    for name in ("__functions_schema__", "__versions__"):
        known = getattr(util, name, {})
        for function in [key for key in known if key.rpartition(".")[0] == module]:
            del known[function]
