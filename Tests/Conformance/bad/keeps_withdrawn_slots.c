// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

// Passes over a withdrawn request without completing it.
#include "raw.h"

static bool begin(struct raw *lane, const struct raw_request *request) {
    if (!raw_is_cancelled(lane, request))
        return raw_begin(lane, request);
    raw_take(lane, request);
    return false;
}

int main(void) { return raw_live(&(struct habits){.begin = begin}); }
