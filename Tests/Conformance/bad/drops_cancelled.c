// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

// Drops an answer that is cancelled, and its slot with it.
#include "raw.h"

int main(void) { return raw_live(&(struct habits){.drops_cancelled = true}); }
