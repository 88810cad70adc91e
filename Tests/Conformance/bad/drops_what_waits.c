// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

// Leaves at the word, whatever waits.
#include "raw.h"

static bool is_done(const struct raw *lane) { return lane->is_draining; }

int main(void) { return raw_live(&(struct habits){.is_done = is_done}); }
