# Scorekeeper: a model-serving supervisor.
# SPDX-License-Identifier: Apache-2.0

"""Makes its responses with Flask, which knows of a current request."""

from __future__ import annotations

from typing import Any

import flask


def init() -> None:
    pass


def run(data: str) -> Any:
    if data == "json":
        return flask.jsonify(own="response", method=flask.request.method)
    if data == "failed":
        return flask.Response("failed", 500)
    if data == "abort":
        flask.abort(404)
    return flask.Response("made", headers={"X-Own": "1"})
