# Scorekeeper: a model-serving supervisor.
# SPDX-License-Identifier: Apache-2.0

"""The list of requests that MLflow's server, Azure's script and this runtime all answer.

`models` saves the models with the MLflow that is there; `requests` holds what is asked of them;
`differences` and `azure_differences` are the closed list of the ways in which our answers differ;
`sides` asks each side, and `compared` asks all of them. What Azure answered is in
`azure_answers.json`, written by `Scripts/tools/record_azure.py`.
"""
