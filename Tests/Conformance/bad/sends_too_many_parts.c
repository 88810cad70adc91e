// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

// Writes on whether or not anybody reads.
#include "raw.h"

int main(void) { return raw_live(&(struct habits){.rushes = true}); }
