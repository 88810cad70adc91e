// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

// libscorer as a package's target: its one file, compiled here.
#include "../CScorerABI/libscorer.c"
