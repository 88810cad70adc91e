# Scorekeeper: a model-serving supervisor.
# SPDX-License-Identifier: Apache-2.0

"""The list of requests that MLflow's server, Azure's script and this runtime all answer.

`models` saves the models with the MLflow that is there; `requests` holds what is asked of them;
`differences` is the closed list of the ways in which our answers differ; `sides` asks each side.
"""
