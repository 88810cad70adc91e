# Scorekeeper: a model-serving supervisor.
# SPDX-License-Identifier: Apache-2.0

"""scikit-learn's estimators answer on arrays what they answer on frames, or get the frame."""

from __future__ import annotations

import contextlib
import io
import os
import random
import unittest
import warnings
from typing import Any, Dict, List

import mlflow.sklearn
import numpy as np
import pandas as pd
import runtime_path
from scorekeeper_scorer.loaded_model import LoadedModel
from scorekeeper_scorer.ways import Ways
from sklearn import cluster, ensemble, linear_model, naive_bayes, neighbors, svm, tree
from sklearn import preprocessing as prepare
from sklearn.compose import ColumnTransformer, make_column_transformer
from sklearn.decomposition import PCA
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.impute import SimpleImputer
from sklearn.pipeline import make_pipeline
from way_case import WayCase, columns, model, post

NAMES = ["a", "b", "c", "d"]
DRAW = np.random.default_rng(5)
TABLE = pd.DataFrame(DRAW.normal(size=(60, 4)), columns=NAMES)
KIND = np.where(TABLE["a"] + TABLE["b"] ** 2 > 0.5, "yes", "no")
AMOUNT = (TABLE["a"] * 3 - TABLE["c"]).to_numpy()

KNOWN: List[Any] = [
    make_pipeline(prepare.StandardScaler(), linear_model.LogisticRegression()).fit(TABLE, KIND),
    make_pipeline(prepare.StandardScaler(copy=False), svm.SVC()).fit(TABLE.copy(), KIND),
    make_pipeline(prepare.MinMaxScaler(), linear_model.Perceptron()).fit(TABLE, KIND),
    make_pipeline(PCA(2), neighbors.KNeighborsClassifier()).fit(TABLE, KIND),
    make_pipeline(prepare.RobustScaler(), prepare.Normalizer(), svm.LinearSVC()).fit(TABLE, KIND),
    linear_model.LinearRegression().fit(TABLE, AMOUNT),
    linear_model.Ridge().fit(TABLE, np.stack([AMOUNT, -AMOUNT], axis=1)),
    tree.DecisionTreeClassifier(random_state=0).fit(TABLE, KIND),
    ensemble.RandomForestClassifier(9, random_state=0).fit(TABLE, KIND),
    ensemble.ExtraTreesRegressor(9, random_state=0).fit(TABLE, AMOUNT),
    ensemble.GradientBoostingRegressor(n_estimators=9, random_state=0).fit(TABLE, AMOUNT),
    naive_bayes.GaussianNB().fit(TABLE, KIND),
    neighbors.KNeighborsRegressor().fit(TABLE, AMOUNT),
    cluster.KMeans(3, n_init=1, random_state=0).fit(TABLE),
    make_pipeline(
        make_column_transformer(
            (prepare.StandardScaler(), ["d", "b"]),
            (make_pipeline(SimpleImputer(), prepare.MinMaxScaler()), ["a"]),
        ),
        PCA(2),
        linear_model.LogisticRegression(),
    ).fit(TABLE, KIND),
]

TEXTS = pd.DataFrame(
    {
        "text": ["good thing", "bad thing", "very good", "very bad", "\u00fcbel", "bad"] * 9,
        "kind": ["a", "b", "\u00df"] * 18,
        "size": ["s", "l"] * 27,
        "n": DRAW.normal(size=54),
    }
)
MOOD = np.where(TEXTS["text"].str.contains("bad"), -1, 1)


class OwnRegression(linear_model.LinearRegression):  # type: ignore[misc]
    """An estimator that looks at the names of its columns."""

    def predict(self, table: Any) -> Any:
        """The first column under its name."""
        return table["a"].to_numpy()


MIXED = columns(n="double", text="string", size="string", kind="string")


def loaded(
    estimator: Any, method: str = "predict", dtype: str = "double", schema: Any = None
) -> LoadedModel:
    described, _ = model(len, schema or columns(**{name: dtype for name in NAMES}))
    described.pyfunc.metadata.flavors["python_function"]["predict_fn"] = method
    wrapper = mlflow.sklearn._SklearnModelWrapper(estimator)
    pyfunc = mlflow.pyfunc.PyFuncModel(described.pyfunc.metadata, wrapper, method)
    return LoadedModel("/nowhere", pyfunc)


class SklearnArrays(WayCase):
    def ways(self, chosen: LoadedModel) -> Ways:
        with warnings.catch_warnings(), contextlib.redirect_stderr(io.StringIO()):
            warnings.simplefilter("ignore")
            ways = Ways(chosen)
        self.assertEqual(ways.why_not_fast, "")
        return ways

    def bodies(self) -> List[Dict[str, Any]]:
        draw = random.Random(7)
        bodies = []
        for rows in (1, 1, 2, 9):
            data = [[draw.gauss(0, 2) for _ in NAMES] for _ in range(rows)]
            order = draw.sample(NAMES, len(NAMES))
            bodies.append({"dataframe_split": {"columns": order, "data": data}})
        return bodies + [{"inputs": {name: [1e308, -1e308] for name in NAMES}}]

    def test_known_estimators_answer_the_same_on_arrays(self) -> None:
        for estimator in KNOWN:
            chosen = loaded(estimator)
            ways = self.ways(chosen)
            self.assertIsNotNone(ways._fast._on_arrays, estimator)  # type: ignore[union-attr]
            self.assert_answered_alike(
                ways, chosen, [post("/invocations", body) for body in self.bodies()]
            )

    def test_other_methods_of_theirs_too(self) -> None:
        chosen = loaded(KNOWN[0], "predict_proba")
        ways = self.ways(chosen)
        self.assertIsNotNone(ways._fast._on_arrays)  # type: ignore[union-attr]
        self.assert_answered_alike(ways, chosen, [post("/score", body) for body in self.bodies()])

    def test_so_does_the_samples_with_numbers_of_two_types_and_names_of_classes(self) -> None:
        directory = os.path.join(runtime_path.ROOT, "Samples", "mlflow-pipeline")
        chosen = LoadedModel.load(directory)
        ways = self.ways(chosen)
        with open(os.path.join(directory, "request.json"), "rb") as file:
            request = post("/invocations", file.read())

        self.assertIsNotNone(ways._fast._on_arrays)  # type: ignore[union-attr]
        self.assert_answered_alike(ways, chosen, [request])
        self.assertEqual(ways.counts["fast"], 1)

    def test_a_pipeline_of_text_and_category_columns_gets_its_columns(self) -> None:
        for unknown in ("ignore", "error"):
            transformer = make_column_transformer(
                (TfidfVectorizer(), "text"),
                (prepare.OneHotEncoder(handle_unknown=unknown), ["kind", "size"]),
                (prepare.StandardScaler(), ["n"]),
            )
            for last in (linear_model.LogisticRegression(), svm.SVC()):
                chosen = loaded(make_pipeline(transformer, last).fit(TEXTS, MOOD), schema=MIXED)
                ways = self.ways(chosen)
                self.assertIsNotNone(ways._fast._on_arrays)  # type: ignore[union-attr]
                self.assert_answered_alike(
                    ways, chosen, [post("/invocations", body) for body in self.text_bodies()]
                )

    def text_bodies(self) -> List[Dict[str, Any]]:
        draw = random.Random(9)
        pools = {"text": ["good", "BAD bad", "", "gut \u00e4u\u00dfer", "7"]}
        pools.update(kind=["a", "\u00df", "?"], size=["s", "l", "l "])
        records = [{name: draw.choice(pool) for name, pool in pools.items()} for _ in range(30)]
        for record in records:
            record["n"] = draw.gauss(0, 3)  # type: ignore[assignment]
        groups = [records[:1], records[1:2], records[2:3], records[3:5], records[5:]]
        return [{"dataframe_records": group} for group in groups]

    def test_the_model_itself_keeps_its_names_and_nobody_is_warned(self) -> None:
        estimator = make_pipeline(prepare.StandardScaler(), linear_model.Lasso()).fit(TABLE, AMOUNT)
        ways = self.ways(loaded(estimator))
        self.assertEqual(list(estimator.feature_names_in_), NAMES)
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            answer = ways.answer(post("/invocations", self.bodies()[0]))
        self.assertEqual(answer.status, 200)

    def test_others_get_the_frame(self) -> None:
        scaled = (prepare.StandardScaler(), ["a"])
        passing = make_column_transformer(scaled, remainder="passthrough")
        own = make_column_transformer((prepare.FunctionTransformer(lambda t: t[["a"]]), ["a", "b"]))
        weighted = ColumnTransformer(
            [("x", prepare.StandardScaler(), ["a"])], transformer_weights={"x": 3.0}
        )
        with_names = prepare.StandardScaler().set_output(transform="pandas")
        without_names = linear_model.LinearRegression().fit(TABLE.to_numpy(), AMOUNT)
        others = [
            make_pipeline(passing, linear_model.Lasso()).fit(TABLE, AMOUNT),
            make_pipeline(own, linear_model.Lasso()).fit(TABLE, AMOUNT),
            make_pipeline(weighted, linear_model.Lasso()).fit(TABLE, AMOUNT),
            make_pipeline(with_names, linear_model.Lasso()).fit(TABLE, AMOUNT),
            OwnRegression().fit(TABLE, AMOUNT),
            linear_model.LinearRegression().fit(TABLE[NAMES[::-1]], AMOUNT),
            ensemble.HistGradientBoostingRegressor(max_iter=3).fit(TABLE, AMOUNT),
            without_names,
        ]
        for estimator in others:
            chosen = loaded(estimator)
            ways = self.ways(chosen)
            self.assertIsNone(ways._fast._on_arrays, estimator)  # type: ignore[union-attr]
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                self.assert_answered_alike(
                    ways, chosen, [post("/invocations", body) for body in self.bodies()]
                )
        floats = self.ways(loaded(KNOWN[4], dtype="float"))
        self.assertIsNone(floats._fast._on_arrays)  # type: ignore[union-attr]


if __name__ == "__main__":
    unittest.main()
