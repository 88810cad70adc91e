# Scorekeeper: a model-serving supervisor.
# SPDX-License-Identifier: Apache-2.0

"""Scripts with ``init()`` and ``run()``, as Azure Machine Learning's scoring server takes them.

`user_script` finds out how a script wants to be called, `inputs` makes the arguments of a request,
`results` writes what came back, `service` knows the routes; `serve_script` is all that on a lane
and `debug` all that behind a small HTTP server.

Source: azureml-inference-server-http 1.5.1, whose behaviour was observed; no text of it is here.
"""
