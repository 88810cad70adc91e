# Scorekeeper: a model-serving supervisor.
# SPDX-License-Identifier: Apache-2.0

"""Takes the request and does what its query says."""

from __future__ import annotations

import base64
from typing import Any, Iterator

from azureml.contrib.services.aml_request import AMLRequest, rawhttp
from azureml.contrib.services.aml_response import AMLResponse


def init() -> None:
    pass


@rawhttp
def run(request: AMLRequest) -> Any:
    deed = request.args.get("do", "describe")
    return globals()[deed](request)


def describe(request: AMLRequest) -> Any:
    return {
        "method": request.method,
        "path": request.path,
        "full_path": request.full_path,
        "query": request.query_string.decode(),
        "args": request.args.to_dict(),
        "many": request.args.getlist("many"),
        "number": request.args.get("number", 7, type=int),
        "type": request.content_type,
        "mimetype": request.mimetype,
        "length": request.content_length,
        "is_json": request.is_json,
        "own": request.headers.get("x-own"),
        "case": request.headers.get("X-OWN"),
        "held": "x-own" in request.headers,
        "data": base64.b64encode(request.get_data()).decode(),
        "cookies": dict(request.cookies),
    }


def data(request: AMLRequest) -> Any:
    return AMLResponse(request.data, 200, {"Content-Type": "application/octet-stream"})


def picture(request: AMLRequest) -> Any:
    return AMLResponse(bytes(range(256)), 200, {"Content-Type": "image/png"})


def text(request: AMLRequest) -> Any:
    return AMLResponse(request.get_data(as_text=True), 201)


def stream(request: AMLRequest) -> Any:
    return AMLResponse(request.stream.read(3), 200)


def json(request: AMLRequest) -> Any:
    return AMLResponse(request.json, 200, json_str=True)


def forced(request: AMLRequest) -> Any:
    return request.get_json(force=True)


def silent(request: AMLRequest) -> Any:
    return [request.get_json(silent=True)]


def form(request: AMLRequest) -> Any:
    files = {
        name: [file.filename, file.mimetype, base64.b64encode(file.read()).decode()]
        for name, file in request.files.items()
    }
    return {"form": request.form.to_dict(), "files": files, "value": request.values.get("a")}


def fields(request: AMLRequest) -> Any:
    response = AMLResponse("plain", 200, {"X-Listed": "a, b", "x-own": "c"})
    response.headers["X-Set"] = "1"
    response.headers.add("X-Added", "2")
    return response


def parts(request: AMLRequest) -> Any:
    def made() -> Iterator[str]:
        for number in range(3):
            yield f"data: {number}\n\n"

    return AMLResponse(made(), 200, {"Content-Type": "text/event-stream"})


def listed(request: AMLRequest) -> Any:
    return AMLResponse(["one ", b"two"], 200, {"content-type": "text/own"})


def fail(request: AMLRequest) -> Any:
    raise RuntimeError("rawhttp fails")


def lines(request: AMLRequest) -> Any:
    return AMLResponse("x", 200, {"X-Lines": "a\nb"})


def dictionary(request: AMLRequest) -> Any:
    return AMLResponse({"one": 1, "two": 2}, 200)


def number(request: AMLRequest) -> Any:
    return AMLResponse(5, 200)
