// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

// Does not know what a ping is.
#include "raw.h"

static bool begin(struct raw *lane, const struct raw_request *request) {
    if (request->what.kind == SCORER_KIND_SCORE)
        return raw_begin(lane, request);
    raw_take(lane, request);
    return false;
}

int main(void) { return raw_live(&(struct habits){.begin = begin}); }
