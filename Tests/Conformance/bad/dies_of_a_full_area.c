// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

// Wants room for one byte more behind body and head.
#include <stdlib.h>

#include "raw.h"

static void answer(struct raw *lane, const struct raw_request *request) {
    if (request->what.body_length + request->what.head_length == lane->shape.area_bytes)
        abort();
    raw_echo(lane, request);
}

int main(void) { return raw_live(&(struct habits){.answer = answer}); }
