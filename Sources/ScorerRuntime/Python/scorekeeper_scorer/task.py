# Scorekeeper: a model-serving supervisor.
# SPDX-License-Identifier: Apache-2.0

"""What a scorer is started for, read from the words it was started with."""

from __future__ import annotations

import argparse
from typing import NamedTuple, Optional, Sequence


class Task(NamedTuple):
    """A model to serve, or a script with the folder it lies in and perhaps a model's folder."""

    model: Optional[str]
    script: Optional[str]
    source_directory: Optional[str]
    model_directory: Optional[str]

    @classmethod
    def read(cls, words: Sequence[str]) -> "Task":
        """Reads ``--model DIR`` or ``--script PATH --source-directory DIR [--model-dir PATH]``.

        Errors: leaves the process with code 2, as for every wrong command line.
        """
        parser = argparse.ArgumentParser(prog="scorekeeper_scorer serve", allow_abbrev=False)
        subject = parser.add_mutually_exclusive_group(required=True)
        subject.add_argument("--model", metavar="DIR", help="an MLflow model")
        subject.add_argument("--script", metavar="PATH", help="a script with init() and run()")
        parser.add_argument("--source-directory", metavar="DIR", help="the script's folder")
        parser.add_argument("--model-dir", metavar="PATH", help="what AZUREML_MODEL_DIR says")
        said = parser.parse_args(words)
        if said.script is not None and said.source_directory is None:
            parser.error("--script needs --source-directory")
        if said.model is not None and (said.source_directory or said.model_dir):
            parser.error("--source-directory and --model-dir go with --script")
        return cls(said.model, said.script, said.source_directory, said.model_dir)
