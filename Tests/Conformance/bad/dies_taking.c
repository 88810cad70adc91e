// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

// Dies of a request before it has marked it as taken.
#include <stdlib.h>

#include "raw.h"

static bool die(struct raw *lane, const struct raw_request *request) {
    if (request->what.kind == SCORER_KIND_SCORE)
        abort();
    return raw_begin(lane, request);
}

int main(void) { return raw_live(&(struct habits){.begin = die}); }
