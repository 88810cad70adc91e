# Scorekeeper: a model-serving supervisor.
# SPDX-License-Identifier: Apache-2.0

"""What a parcel costs: the model's own package, which MLflow saves beside the model."""
