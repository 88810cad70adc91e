// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

#include "attempts.h"

#define ENTRY(name) {.word = #name, .run = name},
const struct attempt attempts[] = {EACH_ATTEMPT(ENTRY)};
#undef ENTRY

const unsigned attempt_count = sizeof attempts / sizeof attempts[0];
