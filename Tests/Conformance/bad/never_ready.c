// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

// Attaches, and never says that it is ready.
#include "raw.h"

static void keep_silent(struct raw *lane) { (void)lane; }

int main(void) { return raw_live(&(struct habits){.greet = keep_silent}); }
