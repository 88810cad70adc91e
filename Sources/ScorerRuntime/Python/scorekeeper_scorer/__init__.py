# Scorekeeper: a model-serving supervisor.
# SPDX-License-Identifier: Apache-2.0

"""The Python scorer: loads one MLflow model and answers the requests of one lane.

It needs nothing but the standard library and what the model's own environment holds, and runs on
Python 3.8 and later. ``__main__`` is the way in; ``serve`` is one scorer's life; ``warm`` is the
parent that has its imports done and forks scorers.
"""
