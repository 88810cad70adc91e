# Scorekeeper: a model-serving supervisor.
# SPDX-License-Identifier: Apache-2.0

"""The curated environments build here, and scripts in them find what they promise."""

from __future__ import annotations

import json
import unittest
from pathlib import Path

import command
from harness import EndToEnd

SCRIPT = """\
import importlib
import json


def init():
    pass


def run(data):
    modules = json.loads(data)
    return {name: importlib.import_module(name).__name__ for name in modules}
"""

MODULES = {
    "minimal-python": ["json", "inference_schema.schema_decorators"],
    "sklearn": ["sklearn", "pandas", "scipy", "joblib", "skops.io", "inference_schema"],
    "xgboost-lightgbm": ["xgboost", "lightgbm", "sklearn", "inference_schema"],
    "onnxruntime": ["onnxruntime", "numpy", "inference_schema"],
    "mlflow": ["mlflow.pyfunc", "mlflow.sklearn"],
}


class Environments(EndToEnd):
    """A script in each of them, on one server; what was built before is found again."""

    def test_each_builds_and_a_script_in_it_imports_what_it_holds(self) -> None:
        folder = Path(self._folder.name) / "scripts"
        folder.mkdir()
        (folder / "score.py").write_text(SCRIPT)
        for name, modules in MODULES.items():
            with self.subTest(environment=name):
                document = Path(self._folder.name) / f"{name}.yml"
                document.write_text(
                    f"endpoint_name: {name}\n"
                    "code_configuration: {code: ./scripts, scoring_script: score.py}\n"
                    f"environment: azureml:{name}@latest\n"
                )

                self.server.run("deploy", "-f", str(document), "--no-wait")
        for name, modules in MODULES.items():
            with self.subTest(environment=name):
                self.wait_for(
                    f"'{name}'",
                    lambda: self.deployment(name)["state"] in ("serving", "failed"),
                    seconds=600,
                )
                self.assertEqual(self.deployment(name)["state"], "serving", self.deployment(name))

                status, body = self.score(name, modules, route="score")

                self.assertEqual((status, list(json.loads(body))), (200, modules))
                is_warm = self.only_instance(name)["warm"]
                self.assertEqual(is_warm, True, f"'{name}' started cold")

    def test_the_native_one_is_for_programs_and_holds_no_python(self) -> None:
        folder = Path(self._folder.name)
        (folder / "score.py").write_text(SCRIPT)
        document = folder / "bare.yml"
        document.write_text(
            "endpoint_name: bare\n"
            "code_configuration: {code: ., scoring_script: score.py}\n"
            "environment: azureml:native@latest\n"
        )

        done = command.run("check", "-f", document)

        self.assertEqual(done.code, command.BAD_INPUT, done)
        self.assertIn(f"{document}:3:14: ", done.out)
        self.assertIn("holds no Python", done.out)


if __name__ == "__main__":
    unittest.main()
