// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

// Never looks at its socket.
#include <unistd.h>

int main(void) {
    for (;;)
        pause();
}
