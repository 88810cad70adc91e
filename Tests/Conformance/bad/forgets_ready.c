// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

// Says that it is ready to its first gateway only.
#include "raw.h"

static void greet(struct raw *lane) {
    static int count;
    if (++count == 1)
        raw_ready(lane);
}

int main(void) { return raw_live(&(struct habits){.greet = greet}); }
