# Scorekeeper: a model-serving supervisor.
# SPDX-License-Identifier: Apache-2.0

"""A scorer's end of the lane, for Python programs of your own.

    import scorekeeper_kit as kit

    def answer(request):
        return kit.Answer.json({"length": len(request.body)})

    kit.attach().serve(answer)

Any CPython from 3.6 to 3.13 with the global interpreter lock; no other package. Put the folder
``support/python`` on ``PYTHONPATH``, or make one file of program and kit, which can be deployed:
``python3 -m scorekeeper_kit.bundle program.py program``.
"""

from __future__ import annotations

from .answer import Answer, Refusal
from .request import Request
from .scorer import Scorer, attach

__all__ = ["Answer", "Refusal", "Request", "Scorer", "attach"]
