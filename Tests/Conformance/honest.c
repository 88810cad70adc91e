// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

// Keeps every rule without libscorer.
#include "raw.h"

int main(void) { return raw_live(&(struct habits){.drained = 0}); }
