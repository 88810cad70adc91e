// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

// Stays when gateway and node are gone.
#include <unistd.h>

#include "raw.h"

static void stay(void) {
    for (;;)
        pause();
}

int main(void) { return raw_live(&(struct habits){.gone = stay}); }
