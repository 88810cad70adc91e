// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

// Forgets one request of five hundred.
#include "raw.h"

static void answer(struct raw *lane, const struct raw_request *request) {
    static int count;
    if (++count % 500 != 0)
        raw_echo(lane, request);
}

int main(void) { return raw_live(&(struct habits){.answer = answer}); }
