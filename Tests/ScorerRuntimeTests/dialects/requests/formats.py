# Scorekeeper: a model-serving supervisor.
# SPDX-License-Identifier: Apache-2.0

"""Every format that MLflow reads as JSON, with and without a signature."""

from __future__ import annotations

from typing import List

from ..case import Case

COLUMNS = ["sepal length (cm)", "sepal width (cm)", "petal length (cm)", "petal width (cm)"]
FLOWER = [5.1, 3.5, 1.4, 0.2]
RECORD = dict(zip(COLUMNS, FLOWER))
SPLIT = {"columns": ["a", "b"], "data": [[1.5, 2], [3, 4]]}
ROWS = [{"a": 1.5, "b": 2}, {"a": 3, "b": 4}]

CASES: List[Case] = [
    Case("split", "iris", {"dataframe_split": {"columns": COLUMNS, "data": [FLOWER] * 3}}),
    Case(
        "split, columns in another order",
        "iris",
        {"dataframe_split": {"columns": COLUMNS[::-1], "data": [FLOWER[::-1]], "index": [7]}},
    ),
    Case("records with one column more", "iris", {"dataframe_records": [{**RECORD, "more": 1}]}),
    Case("inputs by column", "iris", {"inputs": {name: [v] for name, v in RECORD.items()}}),
    Case("inputs as records", "iris", {"inputs": [RECORD, RECORD]}),
    Case("inputs as rows", "iris", {"inputs": [FLOWER, FLOWER]}, ("no-echo",)),
    Case("instances as records", "iris", {"instances": [RECORD, RECORD]}),
    Case("instances as rows", "iris", {"instances": [FLOWER]}, ("no-echo",)),
    Case("split as it is", "no signature", {"dataframe_split": SPLIT}),
    Case("split without columns", "no signature", {"dataframe_split": {"data": [[1, "x"]]}}),
    Case("split with an index", "no signature", {"dataframe_split": {**SPLIT, "index": ["r", 2]}}),
    Case("split without rows", "no signature", {"dataframe_split": {"columns": ["a"], "data": []}}),
    Case(
        "split of one column twice",
        "no signature",
        {"dataframe_split": {"columns": ["a", "a"], "data": [[1, 2]]}},
    ),
    Case("records as they are", "no signature", {"dataframe_records": ROWS}),
    Case("records with holes", "no signature", {"dataframe_records": [{"a": 1}, {"b": "x"}]}),
    Case("no records", "no signature", {"dataframe_records": []}),
    Case("records of lists", "no signature", {"dataframe_records": [[1, 2], [3, 4]]}),
    Case("records of numbers", "no signature", {"dataframe_records": [1, 2]}),
    Case("inputs as a list", "no signature", {"inputs": [[1, 2], [3, 4]]}),
    Case("inputs as a mixed list", "no signature", {"inputs": [1, 2.5, "x", None, True]}),
    Case("inputs as a ragged list", "no signature", {"inputs": [[1], [1, 2]]}),
    Case("inputs as an object", "no signature", {"inputs": {"a": [1, 2], "b": "x"}}),
    Case("inputs as records without a signature", "no signature", {"inputs": ROWS}),
    Case("inputs as a number", "no signature", {"inputs": 3}),
    Case("inputs as text", "no signature", {"inputs": "words"}),
    Case("inputs as nothing", "no signature", {"inputs": None}),
    Case("inputs as an empty list", "no signature", {"inputs": []}),
    Case("instances as a list", "no signature", {"instances": [[1.5], [2]]}),
    Case("instances as records without a signature", "no signature", {"instances": ROWS}),
    Case("instances with holes", "no signature", {"instances": [{"a": 1, "b": 2}, {"a": 3}]}),
    Case("instances as an object", "no signature", {"instances": {"a": [1, 2]}}),
    Case("instances of records and numbers", "no signature", {"instances": [{"a": 1}, 2]}),
    Case("a large integer", "no signature", {"inputs": [2**70]}),
    Case("a small and a large float", "no signature", {"inputs": [5e-324, 1.7976931348623157e308]}),
    Case("an emoji and a line separator", "no signature", {"inputs": ["\U0001f600", "\u2028"]}),
    Case("other keys beside", "no signature", {"inputs": [1], "other": 2, "input_data": [3]}),
    Case("an old form", "old forms", {"dataframe_records": [{"a": 1}, {"a": 2}]}),
    Case("an old form, with params", "old forms", {"inputs": {"a": [1]}, "params": {"b": 1}}),
    Case("an old form, wrong", "old forms", {"inputs": {"b": [1]}}, ("no-echo",)),
    Case("another method than predict", "without predict", {"inputs": [1, 2], "params": {"b": 1}}),
    Case("probabilities", "probabilities", {"inputs": [[0.5], [2.5]]}),
    Case("a model as code", "from code", {"inputs": [1, 2]}),
    Case("artifacts and a code directory", "artifacts", {"inputs": [1]}),
    Case(
        "a saved example",
        "example",
        {"dataframe_split": {"columns": ["a", "b"], "data": [[1, "x"]]}},
    ),
    Case("a saved example of an array", "array example", {"inputs": [[1, 2]]}),
]
