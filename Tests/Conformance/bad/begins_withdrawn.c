// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

// Never looks whether a request was withdrawn.
#include "raw.h"

static bool begin(struct raw *lane, const struct raw_request *request) {
    if (request->what.kind == SCORER_KIND_PING || raw_is_late(request))
        return raw_begin(lane, request);
    raw_take(lane, request);
    return true;
}

int main(void) { return raw_live(&(struct habits){.begin = begin}); }
