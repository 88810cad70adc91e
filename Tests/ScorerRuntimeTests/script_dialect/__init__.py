# Scorekeeper: a model-serving supervisor.
# SPDX-License-Identifier: Apache-2.0

"""Requests asked of scripts under Azure's scoring server and under this runtime."""
