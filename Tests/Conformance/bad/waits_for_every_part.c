// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

// Goes on with an answer only when all of it that was sent is read.
#include "raw.h"

int main(void) { return raw_live(&(struct habits){.waits_for_all = true}); }
