// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

// Dies of what is longer than a mebibyte.
#include <stdlib.h>

#include "raw.h"

static void answer(struct raw *lane, const struct raw_request *request) {
    if (request->what.body_length > 1u << 20)
        abort();
    raw_echo(lane, request);
}

int main(void) { return raw_live(&(struct habits){.answer = answer}); }
