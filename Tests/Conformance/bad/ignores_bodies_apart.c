// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

// Waits for a long body in its area, where it never comes.
#include <unistd.h>

#include "raw.h"

static void answer(struct raw *lane, const struct raw_request *request) {
    while (request->what.flags & SCORER_FLAG_APART)
        pause();
    raw_echo(lane, request);
}

int main(void) { return raw_live(&(struct habits){.answer = answer}); }
