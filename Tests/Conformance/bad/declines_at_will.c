// Scorekeeper: a model-serving supervisor.
// SPDX-License-Identifier: Apache-2.0

// Declines every third request as if it had never begun it.
#include "raw.h"

static void answer(struct raw *lane, const struct raw_request *request) {
    static int count;
    if (++count % 3 == 0)
        raw_say(lane, request, SCORER_OUTCOME_DECLINED);
    else
        raw_echo(lane, request);
}

int main(void) { return raw_live(&(struct habits){.answer = answer}); }
