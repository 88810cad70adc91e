# Scorekeeper: a model-serving supervisor.
# SPDX-License-Identifier: Apache-2.0

"""The runtime's own scorer keeps every sentence of `scorekeeper conformance`."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import unittest

import runtime_path
from scorer_process import support_folder

SAMPLE = os.path.join(runtime_path.ROOT, "Samples", "mlflow-iris")


class Conformance(unittest.TestCase):
    """The scorer of a model, played against."""

    def test_keeps_every_sentence_that_is_about_it(self) -> None:
        support = support_folder()
        runtime = os.path.join(support, "python", "scorekeeper_scorer", "__main__.py")
        line = [os.path.join(os.path.dirname(support), "scorekeeper"), "conformance"]
        line += ["--request-file", os.path.join(SAMPLE, "request.json"), "--output", "json"]
        line += ["--requests", "1000", "--largest", str(4 << 20), sys.executable, "--"]
        line += ["-I", "-B", runtime, "serve", "--model", SAMPLE]

        done = subprocess.run(line, stdout=subprocess.PIPE, stderr=subprocess.PIPE)

        sentences = json.loads(done.stdout)["sentences"]
        broken = [sentence for sentence in sentences if sentence["verdict"] == "broken"]
        self.assertEqual(broken, [], done.stderr)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertGreater(sum(one["verdict"] == "held" for one in sentences), 30)


if __name__ == "__main__":
    unittest.main()
