// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

// Dies when half of its answer is written.
#include <stdlib.h>
#include <string.h>

#include "raw.h"

static void die(struct raw *lane, const struct raw_request *request) {
    memcpy(raw_area(lane, request), request->body, request->what.body_length / 2);
    abort();
}

int main(void) { return raw_live(&(struct habits){.answer = die}); }
