// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

// The scorer's side for whoever imports both ends of a lane: it belongs to the module CScorerKit,
// which this one hands on.
#ifndef SCOREKEEPER_SCORER_SIDE_H
#define SCOREKEEPER_SCORER_SIDE_H

#include "scorer.h"

#endif
