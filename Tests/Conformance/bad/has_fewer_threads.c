// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

// Says that it has as many threads as the lane has calls, and has one.
#include "raw.h"

static void greet(struct raw *lane) {
    struct scorer_shares threads = {
        .packet = SCORER_PACKET_THREADS, .most = lane->shape.calls, .generation = lane->generation};
    raw_send(lane, &threads, sizeof threads);
    raw_ready(lane);
}

int main(void) { return raw_live(&(struct habits){.greet = greet}); }
