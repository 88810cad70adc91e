// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

// Leaves with a status that says that it failed.
#include "raw.h"

int main(void) { return raw_live(&(struct habits){.drained = 3}); }
