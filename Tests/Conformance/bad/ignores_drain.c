// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

// Stays when it is told to leave.
#include "raw.h"

static bool stay(const struct raw *lane) {
    (void)lane;
    return false;
}

int main(void) { return raw_live(&(struct habits){.is_done = stay}); }
